"""Attacks by kind, a few of each: those whose success is seen at once, so that every layer can be tried alone."""

from __future__ import annotations

from collections.abc import Iterator

from hostile.layers.settings import LAYERS, Setting

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

CLAIMS = {
    "seccomp": ("processes", "network", "kernel"),
    "landlock": ("files", "the next job", "network"),
    "namespaces": ("files", "the next job", "processes", "network"),
    "tmpfs": ("disk",),
    "uid": ("the next job",),
    "rlimits": ("memory, threads", "disk"),
    "inheritance": ("inheritance",),
    "watcher": ("time", "memory, threads", "disk"),
    "output": ("deliveries",),
}
"""The kinds of attack that docs/security.md says each layer has a part in stopping."""

SAMPLE = ("read_host_secrets", "network_tcp", "raw_system_calls", "read_environment", "output_padded")
"""Of the kinds that a layer claims nothing of: attacks that leave no trace, so that one pool can take them all."""


def list_attacks(setting: Setting) -> Iterator[str]:
    """Lists what is tried in a setting: everything, or where one layer is in question what it claims, and a sample."""
    layer = next((each for each in LAYERS if setting.name.endswith(f" {each}")), None)
    for kind, names in ATTACKS.items():
        yield from names if layer is None or kind in CLAIMS[layer] else (name for name in names if name in SAMPLE)
