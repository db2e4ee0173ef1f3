"""Names, numbers and notes typed into CaseFlow are in its records and on its pages: in no log,
letter, title, address, file name, session or file beside the database."""

import json
import logging
import re
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import flask
import pytest
from flask import Flask, Response
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from caseflow import scheduler
from caseflow.contacts import actions as contacts
from caseflow.kernel import clock as time
from caseflow.kernel import logs
from caseflow.kernel.config import Settings
from tests.casefile.rich import rich_case
from tests.gate.test_garbage import LEFT_OUT, discover, filled, send, shown, turn, world
from tests.harness.client import Client

pytestmark = pytest.mark.one_database

CANARY = "CANARYQZX"
PHONE = "07700900987"
SECRET = re.compile(rf"{CANARY}|{PHONE}|7700900987|7700 900 ?987", re.IGNORECASE)
# Where the records themselves are, and what is held about what staff typed for a moment only.
SESSION_TABLES = ("sign_in", "sent_form", "audit", "outgoing", "inbox_item")


class Overheard:
    """What left the application other than as a page to the person who asked."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.titles: set[str] = set()
        self.addresses: set[str] = set()
        self.file_names: set[str] = set()
        self.shown = 0

    def answered(self, _: Flask, response: Response, **__: object) -> None:
        for name in ("Location", "Content-Disposition", "Link", "ETag", "Set-Cookie"):
            self.file_names.add(response.headers.get(name, ""))
        if response.mimetype == "text/html":
            page = response.get_data(as_text=True)
            self.shown += CANARY in page
            self.titles.update(re.findall(r"<title>(.*?)</title>", page, re.DOTALL))
            self.addresses.update(re.findall(r'\b(?:href|action|src)="([^"]*)"', page))


@pytest.fixture
def overheard(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Overheard]:
    heard = Overheard()
    handler = logging.Handler()
    handler.setFormatter(logs.Line())
    handler.emit = lambda record: heard.log.append(handler.format(record))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with flask.request_finished.connected_to(heard.answered, app):
        yield heard
    root.setLevel(level)
    root.removeHandler(handler)


def type_in_every_form(app: Flask, client: Client) -> int:
    forms = discover(app, client)
    for _, met in sorted(forms.items(), key=turn):
        if met.endpoint in LEFT_OUT or (form := shown(client, met)) is None:
            continue
        pairs = [
            (name, PHONE if name in ("value", "phone", "number") else words)
            for name, words in filled(form, f"{CANARY} words", fair=True)
        ]
        send(client, met, pairs, "a canary")
        client.get(met.page, may_break=True)
    return len(forms)


def make_it_fail(app: Flask, client: Client, case_id: object, monkeypatch) -> list[int]:
    """A mistake, a database that is away, too much, and a form that is too old."""
    page = f"/cases/{case_id}/contacts/new"
    typed = client.fill(page, note=f"{CANARY} note")
    away = OperationalError("INSERT INTO x VALUES (:n)", {"n": CANARY}, Exception(CANARY))
    statuses = []
    for problem in (ValueError(CANARY), away):
        with monkeypatch.context() as broken:
            broken.setattr(contacts, "log_contact", raising(problem))
            broken.setattr("caseflow.contacts.forms.LogContactForm.validate_on_submit",
                           lambda _: contacts.log_contact())  # fmt: skip
            statuses.append(client.send(typed, may_break=True).status_code)
    sent = typed.data | {"note": CANARY * 10_000}
    statuses.append(client.post(page, data=sent).status_code)
    foreign = {"Sec-Fetch-Site": "cross-site"}
    statuses.append(client.post(page, data=typed.data, headers=foreign).status_code)
    statuses.append(client.post(page, data={"note": f"{CANARY} note"}).status_code)
    statuses.append(client.get(f"/cases/{CANARY}?x={CANARY}").status_code)
    report = {"csp-report": {"document-uri": f"/{CANARY}", "script-sample": CANARY}}
    client.post("/csp-report", data=json.dumps(report))
    return statuses


def raising(problem: Exception):
    def fails(*_: object, **__: object) -> None:
        raise problem

    return fails


def test_what_was_typed_is_in_the_records_only(
    session, app, sign_in, settings: Settings, mailbox, overheard, clock, monkeypatch, tmp_path,
    capfd,
) -> None:  # fmt: skip
    clock("2026-11-23 10:00")
    staff = world()
    holder = next(iter(staff.values()))
    case = rich_case(holder, name=(CANARY, CANARY))
    forms = sum(type_in_every_form(app, sign_in(user)) for user in staff.values())
    session.rollback()
    case.worker = holder  # one of the forms handed it over
    session.commit()
    statuses = make_it_fail(app, sign_in(holder), case.id, monkeypatch)
    assert statuses == [500, 503, 413, 403, 400, 404]
    scheduler.tick(app, time.now() + timedelta(days=40))
    assert forms > 60
    assert len(overheard.log) > 500 and len(overheard.titles) > 40 and mailbox.messages
    assert overheard.shown > 100, "the test is blind: pages show what was typed"
    assert found_in(rows_of(session, ("contact", "person")))
    assert found_in(overheard.log) == []
    assert found_in(capfd.readouterr()) == []
    assert found_in(overheard.titles | overheard.addresses | overheard.file_names) == []
    assert found_in(letter for message in mailbox.messages for letter in words_of(message)) == []
    assert found_in(rows_of(session, SESSION_TABLES)) == []
    assert found_in(files_in(tmp_path, settings.data_dir)) == []


def found_in(texts: object) -> list[str]:
    return [words[:200] for words in texts if SECRET.search(words)]


def rows_of(session, tables: tuple[str, ...]) -> list[str]:
    session.rollback()
    found = [
        f"{name}: {row}"
        for name in tables
        for row in session.execute(text(f'SELECT * FROM "{name}"'))
    ]
    session.rollback()
    return found


def words_of(message: EmailMessage) -> Iterator[str]:
    yield from (f"{name}: {value}" for name, value in message.items())
    yield from (str(part.get_content()) for part in message.walk() if not part.is_multipart())


def files_in(*folders: Path) -> Iterator[str]:
    """Names and contents of all but the database itself."""
    for folder in folders:
        for path in folder.rglob("*"):
            yield path.name
            if path.is_file() and ".db" not in path.name and path.suffix != ".sqlite":
                yield f"{path.name}: {path.read_bytes().decode(errors='replace')}"
