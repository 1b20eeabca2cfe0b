"""The TeX broker when its programs are taken over: nothing outlives its run, reaches others or spoils a formula."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from unit.renderer.sandbox.tex.broker_rig import DRAWS_A_PAGE, WRITES_A_PAGE, BrokerRig, wait_until

from lectern.renderer.sandbox.messages import TypesettingEnded
from lectern.renderer.sandbox.tex.protocol import TexRequest, encode_frame

pytestmark = pytest.mark.slow

FORKS = """
import os, signal, sys, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGXCPU):
    signal.signal(number, signal.SIG_IGN)
started = 0
for _ in range(400):
    try:
        pid = os.fork()
    except OSError:
        continue
    if pid == 0:
        try:
            os.setsid()
        except OSError:
            pass
        try:
            if os.fork():
                os._exit(0)
        except OSError:
            pass
        time.sleep(1000)
        os._exit(0)
    started += 1
"""
FAILURES = {
    "computes without end": "while True: pass",
    "crashes": "import os; os.abort()",
    "takes all memory": "x = bytearray(900 << 20); y = bytearray(900 << 20)",
    "fills its folder": 'for i in range(99): open(str(i), "wb").write(bytes(1 << 20))',
    "writes a log that a full disk cuts": 'open("page.log", "w").write("! Undefined control sequence.\\\\n"); raise SystemExit(1)',
    "cannot write": """
open("page.log", "w").write("! I can't write on file `page.aux'.\\\\nNo pages of output.\\\\n")
raise SystemExit(1)""",
    "exits without a word": "raise SystemExit(1)",
}


@pytest.fixture(params=[True, False], ids=["namespaces", "no-namespaces"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BrokerRig]:
    rig = BrokerRig(tmp_path, namespaces=request.param, max_landlock_abi=99 if request.param else 1)
    yield rig
    rig.close()


def test_an_honest_formula_is_typeset_and_kept(rig: BrokerRig) -> None:
    first = rig.ask()
    assert first.svg == b"<svg></svg>\n", first
    rig.write_program("latex", "raise SystemExit(1)")
    assert rig.ask() == first


def test_a_program_that_forks_hundreds_and_exits_leaves_none_behind(rig: BrokerRig) -> None:
    rig.write_program("latex", FORKS + 'print(started, "started", flush=True); sys.exit(3)')
    reply = rig.ask()
    assert rig.find_programs() == []
    assert reply.error.startswith("latex exited with status 3")
    started = int(reply.error.split(": ")[1].split()[0])
    assert started <= 16
    assert (started > 0) == rig.setup.namespaces, "without namespaces a program may start none at all"


def test_a_program_that_will_not_end_is_gone_once_its_job_has_hung_up(rig: BrokerRig) -> None:
    rig.write_program("latex", FORKS + "time.sleep(1000)")
    requests, replies = rig.connect()
    os.write(requests, encode_frame(TexRequest(source="x")))
    wait_until(rig.find_programs)
    os.close(requests)
    os.close(replies)
    wait_until(lambda: not rig.find_programs())
    rig.write_program("latex", WRITES_A_PAGE)
    assert rig.ask().svg


@pytest.mark.parametrize("end", ["hangs up", "is killed"])
def test_a_program_that_will_not_end_is_gone_once_the_broker_is(rig: BrokerRig, end: str) -> None:
    rig.write_program("latex", FORKS + "time.sleep(1000)")
    requests, _ = rig.connect()
    os.write(requests, encode_frame(TexRequest(source="x")))
    wait_until(rig.find_programs)
    if end == "hangs up":
        rig.socket.close()
    else:
        rig.process.send_signal(signal.SIGKILL)
    rig.process.wait(30)
    wait_until(lambda: not rig.find_programs())


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_that_may_be_the_machines_is_not_remembered(rig: BrokerRig, failure: str) -> None:
    rig.write_program("latex", FAILURES[failure].replace("\\\\n", "\\n"))
    reply = rig.ask()
    assert reply.error
    assert not reply.verdict
    assert [entry for slot in rig.folders["scratch"].iterdir() for entry in slot.iterdir()] == []
    rig.write_program("latex", WRITES_A_PAGE)
    assert rig.ask().svg, "the same formula is simply tried again"


def test_what_tex_said_about_the_source_is_remembered(rig: BrokerRig) -> None:
    log = "! Undefined control sequence.\nl.3 \\foo\n\nNo pages of output.\n"
    rig.write_program("latex", f"open('page.log', 'w').write({log!r}); raise SystemExit(1)")
    assert rig.ask().error == "Undefined control sequence. (at \\foo)"
    rig.write_program("latex", WRITES_A_PAGE)
    assert rig.ask().error == "Undefined control sequence. (at \\foo)"


def test_half_a_request_is_no_work(rig: BrokerRig) -> None:
    """A job that waits for an answer is not idle: it must not wait for one that it never asked for."""
    requests, _ = rig.connect()
    os.write(requests, encode_frame(TexRequest(source="x"))[:-1])
    assert rig.socket.receive() == (TypesettingEnded(id=1), [])


def test_a_program_that_prints_a_line_without_end_holds_nobody_up(rig: BrokerRig) -> None:
    rig.write_program("dvisvgm", f'{DRAWS_A_PAGE}\nprint("WARNING: " + "font " * 200_000)')
    assert rig.ask().svg


def test_what_a_refusal_says_is_short(rig: BrokerRig) -> None:
    """Refusals are remembered, each for as long as 255 others do not come."""
    rig.write_program(
        "latex", "open('page.log', 'w').write('! ' + 'x' * 900_000 + '\\nNo pages of output.\\n'); raise SystemExit(1)"
    )
    assert 0 < len(rig.ask().error) <= 2000
    assert len(rig.send(TexRequest(source="x", compiler="\x01" * 60_000)).error) < 500


def test_a_program_that_fills_its_folder_is_stopped_and_named(rig: BrokerRig) -> None:
    rig.write_program("latex", 'i = 0\nwhile True:\n    open(str(i), "wb").write(bytes(4 << 20)); i += 1')
    assert "wrote more than 32 MB" in rig.ask().error or "No space left" in rig.ask().error


def test_a_program_cannot_reach_other_processes_of_its_user(rig: BrokerRig) -> None:
    """Without namespaces and with the first Landlock, only the list of system calls stands before them."""
    victim = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    targets = (victim.pid, rig.process.pid, os.getpid())
    rig.write_program(
        "latex",
        f"""
import fcntl, os, resource, signal, socket, sys
attempts = []
for pid in {targets!r}:
    attempts += [
        lambda pid=pid: os.kill(pid, 9),
        lambda pid=pid: os.killpg(os.getpgid(pid), 9),
        lambda pid=pid: signal.pidfd_send_signal(os.pidfd_open(pid), 9),
        lambda pid=pid: resource.prlimit(pid, resource.RLIMIT_CPU, (0, 0)),
        lambda pid=pid: os.setpriority(os.PRIO_PROCESS, pid, 19),
        lambda pid=pid: os.sched_setaffinity(pid, [0]),
        lambda pid=pid: fcntl.fcntl(0, fcntl.F_SETOWN, pid),
    ]
attempts += [os.setsid, os.setpgrp, lambda: socket.socket(), lambda: os.symlink("/", "x"), lambda: os.mkdir("x", 0)]
done = 0
for attempt in attempts:
    try:
        attempt()
        done += 1
    except OSError:
        pass
print(done, "done", flush=True)
sys.exit(3)
""",
    )
    try:
        reply = rig.ask()
        assert reply.error == "latex exited with status 3: 0 done"
        assert victim.poll() is None
        assert rig.process.poll() is None
    finally:
        victim.kill()
        victim.communicate()
