"""Writes scenes that nobody would: drawing with odd values, reaching for the machine, and delivering what is no film."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from random import Random

from fuzz.mutation import mutate
from lectern.coder.codegen.reference import load_reference

MOST_STATEMENTS = 14
_HEAD = """# cast: films
import ctypes, gc, json, os, signal, socket, sys, threading
from manim import *
from lectern.scenekit import *
TARGETS = json.load(open("assets/targets.json"))
libc = ctypes.CDLL(None, use_errno=True)
room = ctypes.create_string_buffer(4096)
"""
_NUMBERS = (
    "0",
    "1",
    "-1",
    "2.5",
    "1e9",
    "1e308",
    "-1e-300",
    "float('nan')",
    "float('inf')",
    "10**40",
    "2**31",
    "2**63",
)
_VALUES = (
    *_NUMBERS,
    "None",
    "''",
    "'x' * 5000",
    "'\\x1b[2J\\u202e'",
    "'\\ud800'",
    "b'\\xff'",
    "[]",
    "[[]] * 9",
    "{}",
    "object()",
    "Circle()",
    "Square",
    "lambda *_, **__: 1 / 0",
    "RIGHT",
    "[float('nan')] * 3",
    "self",
    "...",
)
_PATHS = (
    "TARGETS['files'][0]",
    "TARGETS['home']",
    "TARGETS['open'] + '/x'",
    "TARGETS['unix']",
    "'/proc/self/mem'",
    "'/proc/self/root/etc/passwd'",
    "'/proc/%d/environ' % TARGETS['victim']",
    "'/proc/1/root'",
    "'/dev/shm/lectern-x'",
    "'/tmp/x'",
    "'../x'",
    "'.'",
    "'assets/targets.json'",
    "'footage.mp4'",
    "'result.json'",
    "'x' * 300",
    "'a/' * 2000",
    "'\\n\\x1b]0;x\\x07'",
)
_OUTPUTS = ("footage.mp4", "result.json", "assets", "scene.py", "job.json", "odd")
_RESULTS = (
    b'{"ok": true, "frames": 5}',
    b'{"ok": false, "error": {"type": "E", "message": "m", "line": 1}}',
    b'{"ok": true, "frames": 5, "beats": [], "findings": [{"kind": "overlap", "message": "m"}]}',
)
_RESULT_TOKENS = tuple(
    b'{ } [ ] , : " \\u001b \\ud800 1e999 -1 null true "frames": "ok": "sounds": "error": "beats":'.split(b" ")
)


def write_scene(random: Random) -> str:
    """Writes a scene's code: a class with statements of which each goes on whatever the one before it did."""
    lines = [_HEAD, f"class Hostile({random.choice(('Scene', 'Scene', 'NarratedScene', 'ThreeDScene'))}):"]
    lines.append("    def construct(self):")
    for _ in range(random.randint(1, MOST_STATEMENTS)):
        statement = _write_statement(random)
        lines += ["        try:", *(f"            {line}" for line in statement.split("\n"))]
        lines += ["        except BaseException as error:", "            print(type(error).__name__)"]
    if random.random() < 0.4:
        lines.append(f"        {random.choice(_ENDS)}")
    return "\n".join(lines) + "\n"


_ENDS = (
    "os._exit(0)",
    "os._exit(97)",
    "os.abort()",
    "sys.exit(3)",
    "os.kill(os.getpid(), 11)",
    "raise SystemExit('x' * 9000)",
)


def _write_statement(random: Random) -> str:
    ways: Sequence[tuple[int, Callable[[Random], str]]] = (
        (6, _draw),
        (5, _call_the_kernel),
        (4, _call_a_module),
        (4, _touch_files),
        (4, _deliver),
        (2, _write_to_descriptors),
        (2, _tamper),
        (1, _spend),
    )
    weights, writers = zip(*ways, strict=True)
    statement = random.choices(writers, weights)[0](random)
    if random.random() < 0.1:
        body = statement.replace("\n", "\n    ")
        return f"def work():\n    {body}\nthreading.Thread(target=work, daemon=True).start()"
    return statement


@cache
def _list_drawings() -> tuple[str, ...]:
    reference = load_reference()
    return (*reference.names, *reference.kit)


def _draw(random: Random) -> str:
    name = random.choice(_list_drawings())
    values = ", ".join(random.choices(_VALUES, k=random.randint(0, 3)))
    made = f"{name}({values})"
    return random.choice(
        (
            f"self.add({made})",
            f"self.play({made}, run_time={random.choice(_NUMBERS)})",
            f"self.play(Create({made}))",
            f"self.wait({random.choice(_NUMBERS)})",
            f"{made}.animate.shift({random.choice(_VALUES)})",
            f"self.play(Transform(Circle(), {made}))",
        )
    )


def _call_the_kernel(random: Random) -> str:
    """Any call by its number, also those of other architectures, with values and pointers that may mean something."""
    arguments = (
        *_NUMBERS[:3],
        "4096",
        "0x7fffffff",
        "room",
        "None",
        "-100",
        "TARGETS['victim']",
        "os.getpid()",
        "b'.'",
    )
    number = random.choice((random.randrange(470), random.randrange(470) | 0x40000000, 2**31, -1))
    chosen = ", ".join(random.choices(arguments, k=random.randint(0, 6)))
    return f"libc.syscall({number}{', ' if chosen else ''}{chosen})"


_CALLS = [
    "os.fork",
    "os.forkpty",
    "os.system",
    "os.popen",
    "os.execv",
    "os.posix_spawn",
    "os.kill",
    "os.killpg",
    "os.setuid",
    "os.setsid",
    "os.nice",
    "os.chroot",
    "os.memfd_create",
    "os.pidfd_open",
    "os.openpty",
    "os.mknod",
    "os.link",
    "os.symlink",
    "os.setxattr",
    "os.sched_setaffinity",
    "os.eventfd",
    "os.splice",
    "os.truncate",
    "os.ftruncate",
    "os.posix_fallocate",
    "os.lockf",
    "os.fchdir",
    "os.closerange",
    "os.dup2",
    "os.sendfile",
    "os.copy_file_range",
    "os.unlink",
    "signal.signal",
    "signal.pthread_kill",
    "signal.setitimer",
    "signal.alarm",
    "signal.pidfd_send_signal",
    "socket.socket",
    "socket.socketpair",
    "socket.create_connection",
    "socket.getaddrinfo",
    "socket.fromfd",
    "gc.get_objects",
    "gc.set_threshold",
    "sys.setrecursionlimit",
    "sys.settrace",
    "sys.setswitchinterval",
    "sys.addaudithook",
    "ctypes.string_at",
    "ctypes.memset",
    "ctypes.CDLL",
    "exec",
    "eval",
    "compile",
    "open",
    "__import__",
    "vars",
]


def _call_a_module(random: Random) -> str:
    values = (
        *_VALUES,
        *_PATHS,
        "[os.getpid()]",
        "TARGETS['victim']",
        "TARGETS['agent']",
        "('127.0.0.1', TARGETS['tcp'])",
    )
    chosen = ", ".join(random.choices(values, k=random.randint(0, 3)))
    return f"print(str({random.choice(_CALLS)}({chosen}))[:300])"


def _touch_files(random: Random) -> str:
    path, other = random.choice(_PATHS), random.choice(_PATHS)
    return random.choice(
        (
            f"print(open({path}, errors='replace').read(500))",
            f"open({path}, 'ab').write(b'x' * 1000)",
            f"print(os.listdir({path}))",
            f"os.rename({path}, {other})",
            f"os.symlink({path}, {other})",
            f"os.link({path}, {other})",
            f"os.makedirs({path})",
            f"os.unlink({path})",
            f"os.chmod({path}, 0)",
            f"self.add(ImageMobject({path}))",
            f"self.add(SVGMobject({path}))",
        )
    )


def _deliver(random: Random) -> str:
    name = random.choice(_OUTPUTS)
    result = mutate(random, _RESULTS, _RESULT_TOKENS, 3000)
    edits = "".join(
        f"data[{random.randrange(1900)}:{random.randrange(1900)}] = {random.randbytes(random.randint(0, 9))!r}\n"
        for _ in range(random.randint(0, 3))
    )
    return random.choice(
        (
            f"film('footage.mp4', frames={random.choice((5, 5, 4, 0, 50))})\nopen('result.json', 'wb').write({_RESULTS[0]!r})",
            f"data = bytearray(film('footage.mp4'))\n{edits}open('footage.mp4', 'wb').write(data)",
            f"open('result.json', 'wb').write({result!r})\nos._exit(0)",
            f"open({name!r}, 'wb').write({random.randbytes(200)!r})",
            f"open({name!r}, 'wb').truncate(2**{random.randrange(10, 45)})",
            f"os.mkfifo({name!r})",
            f"os.rename({name!r}, {random.choice(_OUTPUTS)!r})",
            f"os.symlink({random.choice(_PATHS)}, {name!r})",
            f"os.mkdir({name!r})",
        )
    )


def _write_to_descriptors(random: Random) -> str:
    said = (
        '{"frames": 3, "of": 5}\n',
        '{"frames": -1, "of": 5}\n' * 200,
        "\udcff",
        '{"event": "forged", "level": "error"}\n',
        "\x1b]52;c;eA==\x07\n",
        "[" * 5000,
        "ESC" * 3000,
    )
    text = random.choice(said).encode("utf-8", "surrogateescape")
    return f"os.write({random.randrange(12)}, {text!r})"


def _tamper(random: Random) -> str:
    return random.choice(
        (
            "sys.modules.clear()",
            "Scene.play = None",
            "json.dumps = lambda *_, **__: '{}'",
            "for each in gc.get_objects()[::97]: each.clear()",
            "import lectern.scenekit.job as job; job.run = None",
            "import builtins; builtins.open = builtins.len = None",
            "config.frame_rate = 0",
            f"ctypes.memset(id({random.choice(('None', '0', 'Scene', 'sys'))}), 0, 16)",
            "import atexit; atexit.register(os._exit, 0)",
            "sys.stdout.close()",
            "sys.excepthook = sys.unraisablehook = print",
            "threading.excepthook = None",
        )
    )


def _spend(random: Random) -> str:
    return random.choice(
        (
            "while True: pass",
            "hoard = []\nwhile True: hoard.append(bytearray(1 << 26))",
            "for _ in range(5000): threading.Thread(target=threading.Event().wait, daemon=True).start()",
            "threading.Event().wait()",
            "while True: print('x' * 9999)",
            "for n in range(10**6): open(str(n), 'w')",
            "f = open('big', 'wb')\nwhile True: f.write(bytes(1 << 20))",
        )
    )
