"""Natural voices for this machine: Piper's models, found in their publisher's catalogue, fetched and checked."""
