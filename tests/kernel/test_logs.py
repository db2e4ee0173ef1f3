"""A log line has the keys that were agreed, on one line, and nobody's words."""

import json
import logging
import logging.config
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from caseflow.kernel import logs
from tests import builders


@pytest.fixture
def lines() -> Any:
    """Whatever is logged meanwhile, as it would be written."""
    written: list[str] = []
    handler = logging.Handler()
    handler.setFormatter(logs.Line())
    handler.emit = lambda record: written.append(handler.format(record))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(before)
    root.removeHandler(handler)


def a_record(message: str, *args: object, name: str = "library", path: str = "/lib/x.py", **extra):
    record = logging.LogRecord(name, logging.ERROR, path, 1, message, args, None)
    vars(record).update(extra)
    return json.loads(logs.Line().format(record))


def test_each_request_is_one_line_with_its_route_and_no_address(session, sign_in, lines) -> None:
    user = builders.supervisor()
    case = builders.received_case(in_team=user.team)
    me = sign_in(user)
    lines.clear()
    me.get(f"/cases/{case.id}?name=CANARY", headers={"User-Agent": "CANARY"})
    (line,) = [found for found in map(json.loads, lines) if found["event"] == "answered"]
    assert set(line) == {"time", "level", "event", "request", "user", "route", "method", "status",
                         "ms"}  # fmt: skip
    assert line["time"].endswith("+00:00")
    assert (line["route"], line["method"], line["status"]) == ("/cases/<uuid:case>", "GET", 200)
    assert line["user"] == str(user.id)
    assert "CANARY" not in "".join(lines)
    assert str(case.id) not in "".join(lines)


def test_the_line_and_the_audit_row_name_the_same_request(session, sign_in, lines) -> None:
    me = sign_in(builders.worker())
    lines.clear()
    me.get("/account")
    (line,) = [found for found in map(json.loads, lines) if found["event"] == "answered"]
    known = session.execute(text("SELECT request_id FROM audit ORDER BY seq DESC LIMIT 1"))
    assert line["request"].replace("-", "") in str(known.scalar()).replace("-", "")


def test_an_address_that_is_none_has_no_route(session, client, lines) -> None:
    client.get("/CANARY")
    client.open("/sign-in", method="CANARY1")
    found = [line for line in map(json.loads, lines) if line["event"] == "answered"]
    assert "route" not in found[0] and found[0]["status"] == 404
    assert "CANARY" not in "".join(lines)


def test_a_librarys_words_stay_without_what_was_put_in() -> None:
    assert a_record("cannot save %s", "CANARY")["event"] == "library: cannot save %s"
    assert a_record("cannot save CANARY")["event"] == "library"
    assert a_record("Worker is gone", name="gunicorn.error")["event"] == (
        "gunicorn.error: Worker is gone"
    )


def test_our_own_words_are_whole_and_stay_on_one_line() -> None:
    ours = str(Path(logs.__file__))
    line = a_record("told %s\r\nand 1", 3, path=ours)
    assert line["event"] == "told 3\r\nand 1"
    written = logs.Line().format(
        logging.LogRecord("caseflow", 30, ours, 1, "a\r\nb\u2028c\x1b[0m", (), None)
    )
    assert len(written.splitlines()) == 1
    assert written.isprintable()


def test_nothing_but_the_agreed_keys_is_written() -> None:
    line = a_record("x", note="CANARY", request="r", ms=3, where=["a:1 b"])
    assert set(line) <= set(logs.KEYS)
    assert "CANARY" not in json.dumps(line)


def test_an_error_is_its_kind_and_its_place(lines) -> None:
    def fails(name: str) -> None:
        raise ValueError(name)

    try:
        fails("CANARY")
    except ValueError as error:
        logging.getLogger("apscheduler.executors").exception("Job %s raised", "CANARY")
        logs.note_mistake(error)
    first, second = map(json.loads, lines)
    assert (first["error"], second["error"]) == ("ValueError", "ValueError")
    assert first["where"][-1].endswith(" fails") and second["where"] == first["where"]
    assert "CANARY" not in "".join(lines)


def test_warnings_go_the_same_way(lines) -> None:
    logging.captureWarnings(True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("CANARY", stacklevel=1)
    finally:
        logging.captureWarnings(False)
    assert lines and "CANARY" not in "".join(lines)


def free_port() -> int:
    with socket.create_server(("localhost", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture
def served(command: Callable[..., Any], tmp_path: Path) -> Any:
    """``caseflow serve`` as it really runs, and its log when it has ended."""
    port = free_port()
    here = {"CASEFLOW_BASE_URL": f"http://localhost:{port}", "CASEFLOW_DATA_DIR": str(tmp_path)}
    assert command("init", "--demo", **here).code == 0
    log = (tmp_path / "log").open("wb")
    server = subprocess.Popen(
        [Path(sys.executable).with_name("caseflow"), "serve", "--port", str(port),
         "--workers", "1"],
        cwd=Path(__file__).parents[2], stdout=log, stderr=subprocess.STDOUT,
        env={**os.environ, **here},
    )  # fmt: skip
    yield port, tmp_path / "log", server
    server.kill()
    server.wait()
    log.close()


def test_the_server_logs_no_address_and_names_no_version(served) -> None:
    port, log, server = served
    answer = _when_ready(f"http://localhost:{port}/healthz?name=CANARY")
    assert not any(mark.isdigit() for mark in answer.headers.get("Server", ""))
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://localhost:{port}/CANARY")
    assert refused.value.headers["X-Content-Type-Options"] == "nosniff"
    refused.value.close()
    server.send_signal(signal.SIGTERM)
    server.wait(30)
    written = log.read_text().splitlines()
    found = [json.loads(line) for line in written]
    assert [line["status"] for line in found if line["event"] == "answered"][-2:] == [200, 404]
    assert all(set(line) <= set(logs.KEYS) for line in found)
    assert "CANARY" not in "".join(written)


def _when_ready(address: str) -> Any:
    patience = threading.Event()
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer
        except urllib.error.URLError:
            patience.wait(0.1)
    raise AssertionError("the server did not start")
