"""A real broker process with stand-ins for its programs, which do what a taken-over LaTeX would."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from lectern.renderer.sandbox.child_processes import start_program
from lectern.renderer.sandbox.layers.job_users import JobUsers
from lectern.renderer.sandbox.message_socket import MessageSocket
from lectern.renderer.sandbox.messages import ServeTex
from lectern.renderer.sandbox.tex.broker_confinement import BrokerSetup
from lectern.renderer.sandbox.tex.protocol import HEADER_BYTES, TexReply, TexRequest, decode_length, encode_frame
from lectern.renderer.sandbox.tex.typesetting import SYSTEM_PROGRAMS

PYTHON = os.path.realpath(sys.executable)
WRITES_A_PAGE = """
open("page.log", "w").write("Output written on page.dvi (1 page, 200 bytes).\\n")
open("page.dvi", "w").write("dvi")
"""
DRAWS_A_PAGE = 'open("page.svg", "w").write("<svg></svg>\\n")'


class BrokerRig:
    """A broker below `home`. With `namespaces` false it is confined as in a pod that has none.

    `installed`: it runs the LaTeX of this machine, not the stand-ins.
    """

    def __init__(
        self, home: Path, *, namespaces: bool = True, max_landlock_abi: int = 99, installed: bool = False
    ) -> None:
        self.folders = {name: home / name for name in ("programs", "cache", "scratch", "stage")}
        for folder in self.folders.values():
            folder.mkdir()
        self.write_program("latex", WRITES_A_PAGE)
        self.write_program("dvisvgm", DRAWS_A_PAGE)
        self._users = JobUsers(1)
        self.setup = BrokerSetup(
            cache=str(self.folders["cache"]),
            scratch=str(self.folders["scratch"]),
            stage=str(self.folders["stage"]),
            slots=2,
            uid=self._users.ids[0] if self._users.ids else None,
            reachable=False,  # the folders of a test belong to its user alone
            namespaces=namespaces,
            max_landlock_abi=max_landlock_abi,
            programs=SYSTEM_PROGRAMS if installed else (str(self.folders["programs"]), sys.base_prefix),
        )
        self.process: subprocess.Popen[bytes]
        self.socket: MessageSocket
        self.start()

    def start(self) -> None:
        self.process, self.socket = start_program("tex.broker", self.setup)

    def write_program(self, name: str, code: str) -> None:
        path = self.folders["programs"] / name
        path.write_text(f"#!{PYTHON} -ISB\n{code}\n")
        path.chmod(0o755)

    def connect(self) -> tuple[int, int]:
        """Connects as a job: returns the pipe for requests and the one for replies."""
        broker_requests, requests = os.pipe()
        replies, broker_replies = os.pipe()
        self.socket.send(ServeTex(id=1), [broker_requests, broker_replies])
        os.close(broker_requests)
        os.close(broker_replies)
        return requests, replies

    def ask(self, source: str = "x") -> TexReply:
        return self.send(TexRequest(source=source))

    def send(self, request: TexRequest) -> TexReply:
        requests, replies = self.connect()
        try:
            os.write(requests, encode_frame(request))
            length = decode_length(_read(replies, HEADER_BYTES))
            return msgspec.msgpack.decode(_read(replies, length), type=TexReply)
        finally:
            os.close(requests)
            os.close(replies)

    def find_programs(self) -> list[int]:
        """Finds what still runs of the stand-ins, on the whole machine."""
        marker = f"{self.folders['programs']}/".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    command = (entry / "cmdline").read_bytes()
                except OSError:
                    continue
                if marker in command:
                    found.append(int(entry.name))
        return found

    def close(self) -> None:
        self.socket.close()
        self.process.kill()
        self.process.wait()
        self._users.close()


def wait_until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def _read(fd: int, count: int) -> bytes:
    data = b""
    while len(data) < count:
        assert select.select([fd], [], [], 60)[0], "the broker did not answer"
        piece = os.read(fd, count - len(data))
        assert piece, "the broker hung up"
        data += piece
    return data
