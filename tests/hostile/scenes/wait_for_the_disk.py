"""Has the disk read without end: waiting for it must not pass for a busy machine, which would have the scene tried again."""

# ends: cpu idle
# limits: cpu_seconds=3 idle_seconds=3 wall_seconds=600

import ctypes
import mmap
import os
import time

from manim import Scene

libc = ctypes.CDLL(None, use_errno=True)
PAGEOUT = 21


def find_large_files():
    for folder, _, names in os.walk("/usr/lib"):
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.islink(path) and os.path.getsize(path) > 10 << 20:
                yield path


def read_past_the_cache(path, page):
    try:
        fd = os.open(path, os.O_RDONLY | os.O_DIRECT)
    except OSError:
        return
    print("ESCAPED the cache", flush=True)
    for at in range(0, os.path.getsize(path) - 4096, 4096):
        os.lseek(fd, at, os.SEEK_SET)
        os.readv(fd, [page])
    os.close(fd)


def read_after_dropping_the_cache(path):
    fd = os.open(path, os.O_RDONLY)
    size = os.fstat(fd).st_size
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    for at in range(0, size, 1 << 16):
        os.pread(fd, 16, at)
    os.close(fd)


def write_through():
    try:
        fd = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_SYNC)
        print("ESCAPED to the disk itself", flush=True)
    except OSError:
        fd = os.open("log", os.O_WRONLY | os.O_CREAT)
    for _ in range(1000):
        os.pwrite(fd, b"x", 0)
        os.fsync(fd)
        os.fdatasync(fd)
    os.close(fd)


class Hostile(Scene):
    def construct(self):
        page = mmap.mmap(-1, 4096)
        if libc.madvise(ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(page))), 4096, PAGEOUT) == 0:
            print("ESCAPED memory", flush=True)
        files = list(find_large_files())
        while True:
            for path in files:
                read_past_the_cache(path, page)
                read_after_dropping_the_cache(path)
            write_through()
            time.sleep(0.001)
