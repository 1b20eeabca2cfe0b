"""`lectern keys`: an operator's keys, over a real event log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from unit.cli.command import invoke_in_thread, invoke_lectern

from lectern.cli.exit_status import CommandExit
from lectern.cli.keys import parse_duration
from lectern.contracts.api_keys import Quotas, hash_secret
from lectern.contracts.topology import API_KEYS
from lectern.worker import Connections, JetStreamKeyValueStore, decode_key, read_keys


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.mark.slow
async def test_a_key_is_created_listed_rotated_and_revoked(home: Path, connections: Connections, nats_url: str) -> None:
    where = {"LECTERN_NATS_URL": nats_url}
    bucket = JetStreamKeyValueStore(connections.nats, API_KEYS)
    created = await invoke_in_thread(
        "keys", "create", "laptop", "--owner", "school", "--scope", "read", "--videos-per-day", "5", home=home, **where
    )
    assert created.status == 0, created.err
    token = created.out.strip()
    [key] = await read_keys(bucket)
    assert (key.owner, key.name, key.scopes, key.quotas) == ("school", "laptop", ("read",), Quotas(videos_per_day=5))
    assert key.hash == hash_secret(token.rpartition("_")[2])

    listed = await invoke_in_thread("keys", "list", home=home, **where)
    assert key.id in listed.out
    shown = await invoke_in_thread("keys", "list", "--json", home=home, **where)
    assert json.loads(shown.out)["owner"] == "school"
    assert key.hash not in shown.out, "a hash is of no use to anybody either"

    rotated = await invoke_in_thread("keys", "rotate", key.id, "--overlap", "0", home=home, **where)
    assert rotated.out.strip() not in ("", token)
    assert rotated.out.split("_")[1] == key.id
    assert (await invoke_in_thread("keys", "revoke", key.id, home=home, **where)).status == 0
    entry = await bucket.get(key.id)
    assert entry
    revoked = decode_key(entry.value)
    assert revoked
    assert revoked.revoked_at
    assert "revoked" in (await invoke_in_thread("keys", "list", home=home, **where)).out
    unknown = await invoke_in_thread("keys", "revoke", "0" * 16, home=home, **where)
    assert (unknown.status, "No key has the id" in unknown.err) == (2, True)
    pasted = await invoke_in_thread("keys", "revoke", token, home=home, **where)
    assert pasted.status == 2
    assert token not in pasted.err, "a secret that was typed by mistake is not repeated"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["create", "--owner", "a.b"], "is no owner"),
        (["create", "--owner", "../x"], "is no owner"),
        (["create", "--scope", "root"], "is no scope"),
        (["create", "--expires", "soon"], "is no length of time"),
        (["create", "--videos-per-day", "-1"], "Invalid value"),
    ],
)
def test_what_is_no_key_is_refused(home: Path, args: list[str], message: str) -> None:
    result = invoke_lectern("keys", *args, home=home)
    assert result.status == 2
    assert message in result.err


@pytest.mark.parametrize(
    ("text", "seconds"), [("30m", 1800), ("12h", 43_200), ("90d", 7_776_000), ("2y", 63_072_000), ("0", 0)]
)
def test_a_length_of_time_is_written_short(text: str, seconds: int) -> None:
    assert parse_duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "5", "-1d", "1.5h", "9999999d", "٣d"])
def test_other_lengths_of_time_are_refused(text: str) -> None:
    with pytest.raises(CommandExit):
        parse_duration(text)
