"""Linux calls with which a process confines itself for good: Landlock, seccomp, namespaces and capabilities."""
