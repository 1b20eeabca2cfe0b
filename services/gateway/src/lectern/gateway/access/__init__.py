"""Who may use the API and how much: keys, sessions, owners, share links, quotas, rates, and the audit of changes."""
