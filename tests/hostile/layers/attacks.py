"""Attacks by kind, a few of each: those whose success is seen at once, so that every layer can be tried alone."""

from __future__ import annotations

ATTACKS = {
    "files": ("read_host_secrets", "walk_the_host", "change_host_files"),
    "the next job": ("read_other_jobs_files", "tamper_with_packages"),
    "processes": ("fork_raw", "exec_a_program", "daemonise", "kill_others"),
    "network": ("network_tcp", "network_unix"),
    "kernel": ("raw_system_calls", "io_uring", "mounts_of_its_own"),
    "inheritance": ("read_environment", "read_agent_environment", "tamper_with_descriptors"),
    "time": ("endless_loop", "endless_sleep"),
    "memory, threads": ("memory_bomb", "threads_without_end"),
    "disk": ("disk_flood_one_file", "inode_flood"),
    "deliveries": ("output_symlink", "output_padded", "output_of_two_films", "result_with_control_characters"),
}
"""TeX is left out: it has a confinement of its own, which the renderer's unit tests try layer by layer."""
