"""The door for hospitals' systems: who may come in, what they are answered, and what is kept."""

import base64
import json
import threading
import time
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import func, select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases.models import Case
from caseflow.demo.messages import bars_referral
from caseflow.intake import deliveries, systems
from caseflow.intake.actions import receive_message
from caseflow.intake.models import Delivery, Message, Referral, SendingSystem, SystemSecret
from caseflow.kernel import clock as caseflow_clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.kernel.settings import change_setting
from caseflow.people.models import Person
from tests import builders
from tests.harness.client import Client

DOOR = "/fhir/$process-message"
LATER = "2026-11-20T22:40:00+00:00"


@pytest.fixture
def secret(session: Any) -> str:
    builders.team()
    _, made = systems.add_system(name="Trust PAS", ods_codes="rwe", by=None)
    session.commit()
    return made


@pytest.fixture
def post(client: Client, secret: str) -> Any:
    def post(data: bytes | str, *, shown: str = secret, **headers: str) -> Any:
        usual = {"Authorization": f"Bearer {shown}", "Content-Type": "application/fhir+json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.post(DOOR, data=data, headers=usual | named)

    return post


def message(**told: Any) -> bytes:
    return bars_referral(**({"as_json": True} | told))


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def issue(answer: Any) -> dict[str, Any]:
    """The one thing that is wrong."""
    told = json.loads(answer.data)
    assert told["resourceType"] == "OperationOutcome", told
    (found,) = told["issue"]
    return found


def code(answer: Any) -> str:
    return issue(answer)["details"]["coding"][0]["code"]


def header(answer: Any) -> dict[str, Any]:
    return json.loads(answer.data)["entry"][0]["resource"]


# --- what is answered ---


def test_a_referral_is_taken_and_answered_with_a_message(post) -> None:
    answer = post(message())
    assert answer.status_code == 200
    assert answer.content_type == "application/fhir+json; charset=utf-8"
    told = json.loads(answer.data)
    assert (told["resourceType"], told["type"]) == ("Bundle", "message")
    assert header(answer)["resourceType"] == "MessageHeader"
    assert header(answer)["eventCoding"]["code"] == "servicerequest-response"
    assert header(answer)["response"] == {"identifier": "caseflow-demo-message", "code": "ok"}
    assert (count(Referral), count(Case)) == (1, 1)


def test_what_is_asked_for_in_xml_is_answered_in_xml(post) -> None:
    for headers in ({"Content_Type": "application/fhir+xml"}, {"Accept": "text/xml"}):
        answer = post(bars_referral(), **headers)
        assert answer.status_code == 200
        assert answer.content_type.startswith("application/fhir+xml")
        bundle = ElementTree.fromstring(answer.data)
        assert bundle.tag == "{http://hl7.org/fhir}Bundle"
        (said,) = bundle.iterfind(".//{http://hl7.org/fhir}response/{http://hl7.org/fhir}code")
        assert said.get("value") == "ok"


def test_what_was_odd_about_it_is_said_and_nothing_of_it_is_lost(post) -> None:
    answer = post(message(nhs_number="9990000019", birth_date="2010-02-31"))
    entries = json.loads(answer.data)["entry"]
    assert header(answer)["response"]["details"]["reference"] == entries[1]["fullUrl"]
    issues = entries[1]["resource"]["issue"]
    assert {one["severity"] for one in issues} == {"warning"}
    assert any("birthDate" in one["diagnostics"] for one in issues)
    assert b"9990000019" not in answer.data
    assert b"2010-02-31" not in answer.data
    assert count(Referral) == 1


def test_an_answer_names_nobody_whatever_is_odd(post) -> None:
    canary = "CANARYWORD"
    odd = [
        message(given=(canary,), family=canary, birth_date=canary, postcode=canary,
                phones=(canary,), complaint=canary, note=canary, nhs_number=canary),
        f'{{"resourceType": "{canary}"'.encode(),
        f"{canary} {canary}".encode(),
        message(given=(canary,), category="validation"),
        message(given=(canary,), sender_code="RX1"),
        message(given=(canary,), status="revoked", request_url="urn:uuid:another"),
    ]  # fmt: skip
    for data in odd:
        assert canary.encode() not in post(data).data, data[:60]


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (b"", 400, "REC_BAD_REQUEST"),
        (b"hello", 400, "REC_BAD_REQUEST"),
        (b'{"resourceType": "Bundle"', 400, "REC_BAD_REQUEST"),
        (b"%PDF-1.7", 400, "REC_BAD_REQUEST"),
        (b'{"resourceType": "Patient"}', 422, "REC_UNPROCESSABLE_ENTITY"),
        (message(category="validation"), 422, "REC_UNPROCESSABLE_ENTITY"),
        (message(event="servicerequest-response"), 422, "REC_UNPROCESSABLE_ENTITY"),
        (message(status="revoked"), 422, "REC_UNPROCESSABLE_ENTITY"),
        (message(sender_code="RX1"), 403, "REC_FORBIDDEN"),
        (message(sender_code=None), 403, "REC_FORBIDDEN"),
    ],
)
def test_what_is_refused_is_answered_with_why(post, data, status, said) -> None:
    answer = post(data)
    assert (answer.status_code, code(answer)) == (status, said)
    assert issue(answer)["diagnostics"]
    assert count(Referral) == 0


def test_the_types_that_senders_really_say_are_read(post) -> None:
    for number, kind in enumerate(
        ("application/json", "text/json", "application/fhir+json; charset=utf-8; fhirVersion=4.0",
         "application/xml", "application/octet-stream", "")
    ):  # fmt: skip
        answer = post(message(note=f"No {number}"), Content_Type=kind)
        assert answer.status_code == 200, kind


@pytest.mark.parametrize("kind", ["application/pdf", "multipart/form-data; boundary=x",
                                  "application/x-www-form-urlencoded", "text/html"])  # fmt: skip
def test_other_types_are_not_taken(post, kind: str) -> None:
    assert code(post(message(), Content_Type=kind)) == "REC_UNSUPPORTED_MEDIA_TYPE"


def test_what_is_compressed_is_not_opened(post) -> None:
    answer = post(message(), Content_Encoding="gzip")
    assert (answer.status_code, code(answer)) == (415, "REC_UNSUPPORTED_MEDIA_TYPE")


def test_what_cannot_be_written_is_not_acceptable(post) -> None:
    answer = post(message(), Accept="text/csv")
    assert (answer.status_code, code(answer)) == (406, "REC_NOT_ACCEPTABLE")
    assert post(message(), Accept="text/csv, */*;q=0.1").status_code == 200


def test_nothing_else_is_behind_the_door(client: Client, session: Any) -> None:
    for answer, status in ((client.get(DOOR), 405), (client.get("/fhir/Patient"), 404)):
        assert answer.status_code == status
        assert json.loads(answer.data)["resourceType"] == "OperationOutcome"


def test_when_nobody_receives_them_the_sender_is_told_to_try_again(post, session: Any) -> None:
    builders.team().streams = ["custody"]
    session.commit()
    answer = post(message())
    assert (answer.status_code, issue(answer)["code"]) == (503, "transient")
    assert answer.headers["Retry-After"]
    builders.team().streams = ["hospital"]
    session.commit()
    assert post(message()).status_code == 200


# --- who may come in ---


@pytest.mark.parametrize(
    "shown",
    ["", "Bearer", "Bearer wrong", "Bearer cfs_", "Basic !!!", "Basic Og==", "Digest x", "Bearer é",
     "Basic " + base64.b64encode(b"a:\xff").decode()],
)  # fmt: skip
def test_without_a_secret_that_holds_nobody_comes_in(
    client: Client, secret: str, session: Any, shown: str
) -> None:
    answer = client.post(DOOR, data=message(), headers={"Authorization": shown})
    assert (answer.status_code, code(answer)) == (401, "REC_UNAUTHORIZED")
    assert "Bearer" in answer.headers["WWW-Authenticate"]
    assert (count(Delivery), count(Person)) == (0, 0)


def test_a_session_is_no_way_in_and_none_is_looked_at(session, sign_in, secret: str) -> None:
    me = sign_in(builders.user(Role.ADMINISTRATOR))
    assert me.post(DOOR, data=message()).status_code == 401
    answer = me.post(DOOR, data=message(), headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    kept = session.scalars(select(AuditRow).where(AuditRow.event == Event.REFERRAL_RECEIVED)).one()
    assert kept.actor_id is None
    assert kept.session_id.startswith("system ")


def test_basic_shows_a_secret_too(client: Client, secret: str) -> None:
    shown = base64.b64encode(f"anything:{secret}".encode()).decode()
    answer = client.post(DOOR, data=message(), headers={"Authorization": f"Basic {shown}"})
    assert answer.status_code == 200


def test_a_page_of_anybodys_may_not_send_without_it(client: Client, secret: str) -> None:
    from_elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert client.post(DOOR, data=message(), headers=from_elsewhere).status_code == 401


def test_the_secret_is_nowhere_kept(post, secret: str, session: Any) -> None:
    post(message())
    for table in (SendingSystem, SystemSecret, AuditRow, Delivery):
        for row in session.scalars(select(table)):
            assert secret not in str(vars(row))


def test_a_new_secret_lets_the_old_one_hold_for_a_week(post, secret, session, clock) -> None:
    system = session.scalars(select(SendingSystem)).one()
    new = systems.new_secret(system)
    session.commit()
    assert post(message()).status_code == 200
    assert post(message(), shown=new).status_code == 200
    clock.forward(days=6, hours=23)
    assert post(message()).status_code == 200
    clock.forward(hours=2)
    assert post(message()).status_code == 401
    assert post(message(), shown=new).status_code == 200


def test_a_third_secret_gives_the_first_no_longer_life(secret, session, clock) -> None:
    system = session.scalars(select(SendingSystem)).one()
    systems.new_secret(system)
    clock.forward(days=6)
    systems.new_secret(system)
    clock.forward(days=2)
    assert systems.system_showing(secret) is None


def test_a_system_that_is_revoked_is_out_at_once(post, secret: str, session: Any) -> None:
    system = session.scalars(select(SendingSystem)).one()
    new = systems.new_secret(system)
    systems.revoke_system(system)
    session.commit()
    assert post(message()).status_code == 401
    assert post(message(), shown=new).status_code == 401
    with pytest.raises(Problem, match="revoked"):
        systems.new_secret(system)


def test_a_system_speaks_for_its_own_organisations_only(post, session: Any) -> None:
    other = session.scalars(select(SendingSystem)).one()
    assert post(message(sender_code="RX1")).status_code == 403
    systems.change_system(other, name="Trust PAS", ods_codes="RWE, rx1")
    session.commit()
    assert post(message(sender_code="RX1")).status_code == 200


def test_nor_may_it_change_or_withdraw_what_another_sent(post, session: Any) -> None:
    receive_message(message(sender_code="RX1", complaint="Theirs"), name="a")
    session.commit()
    for told in ({"complaint": "Mine"}, {"status": "revoked"}):
        assert post(message(sender_code="RX1", last_updated=LATER, **told)).status_code == 403
    referral = session.scalars(select(Referral)).one()
    assert "Theirs" in referral.reason
    assert referral.withdrawn_at is None


def test_wrong_secrets_are_on_record_but_fill_nothing(client, secret, session) -> None:
    for _ in range(60):
        client.post(DOOR, data=b"x", headers={"Authorization": "Bearer wrong"})
    kept = session.scalars(select(AuditRow).where(AuditRow.event == Event.REFUSED)).all()
    assert 0 < len(kept) <= 20


# --- how often ---


def test_more_than_allowed_within_a_minute_have_to_wait(post, session, clock) -> None:
    change_setting("messages_a_minute", 3, by_id=None)
    _, other = systems.add_system(name="Another", ods_codes="RX1", by=None)
    session.commit()
    for number in range(3):
        assert post(message(note=f"No {number}")).status_code == 200
    held = post(message(note="One more"))
    assert (held.status_code, code(held)) == (429, "REC_TOO_MANY_REQUESTS")
    assert 0 < int(held.headers["Retry-After"]) <= 60
    assert post(message(sender_code="RX1"), shown=other).status_code == 200
    clock.forward(seconds=int(held.headers["Retry-After"]))
    assert post(message(note="One more")).status_code == 200


# --- once ---


def test_the_same_message_again_is_answered_as_the_first_time(post, clock) -> None:
    first = post(message(birth_date="2010-02-31"))
    clock.forward(hours=5)
    again = post(message(birth_date="2010-02-31"))
    assert again.data == first.data
    assert (count(Referral), count(Delivery)) == (1, 1)


def test_what_was_brought_by_hand_before_is_one_referral(post) -> None:
    receive_message(message(), name="by hand")
    assert post(message()).status_code == 200
    assert (count(Referral), count(Message), count(Delivery)) == (1, 1, 2)


def test_a_withdrawal_that_overtakes_its_referral_counts_when_that_comes(post, session) -> None:
    withdrawal = message(status="revoked", last_updated=LATER)
    early = post(withdrawal)
    assert (early.status_code, issue(early)["code"]) == (422, "not-found")
    assert post(message()).status_code == 200
    assert session.scalars(select(Referral)).one().withdrawn_because == "revoked"
    assert post(withdrawal).status_code == 200


def test_another_systems_withdrawal_that_overtakes_does_not_count(post, session) -> None:
    _, other = systems.add_system(name="Another", ods_codes="RX1", by=None)
    session.commit()
    assert post(message(status="revoked", last_updated=LATER), shown=other).status_code == 403
    assert post(message()).status_code == 200
    assert session.scalars(select(Referral)).one().withdrawn_at is None


def test_five_hundred_of_the_same_at_once_are_one_referral(app: Flask, secret: str) -> None:
    change_setting("messages_a_minute", 1000, by_id=None)
    db.session.commit()
    data, start, found = message(), threading.Barrier(500), []

    def send() -> None:
        client = app.test_client()
        start.wait()
        answer = client.post(
            DOOR,
            data=data,
            headers={"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
        )
        found.append((answer.status_code, answer.data))

    threads = [threading.Thread(target=send) for _ in range(500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in found} == {200}
    assert len(found) == 500
    assert len(set(found)) == 1
    tables = (Referral, Case, Person, Message, Delivery)
    assert [count(table) for table in tables] == [1, 1, 1, 1, 1]


# --- bombs: security.md R36, R40, R41, T10 ---


def deep(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


def xml(inside: str) -> bytes:
    return f'<Bundle xmlns="http://hl7.org/fhir">{inside}</Bundle>'.encode()


BOMBS: dict[str, bytes] = {
    "33 deep": deep(33),
    "990 deep": deep(990),
    "100,000 deep": deep(100_000),
    "lists 990 deep": b"[" * 990 + b"]" * 990,
    "lists 1,000,000 deep": b"[" * 1_000_000,
    "wide": b'{"a":[' + b"1," * 900_000 + b"1]}",
    "wide objects": b'{"a":[' + b'{"b":1},' * 200_000 + b"1]}",
    "5,001 elements": b'{"a":[' + b"1," * 5_000 + b"1]}",
    "a long text": b'{"a":"' + b"x" * 70_000 + b'"}',
    "a long name": b'{"' + b"x" * 2_000_000 + b'":1}',
    "no number": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "infinity in digits": b'{"a":1e999}',
    "a very long exponent": b'{"a":1e' + b"9" * 100_000 + b"}",
    "5,000 digits": b'{"a":' + b"9" * 5_000 + b"}",
    "a million digits": b'{"a":' + b"9" * 1_000_000 + b"}",
    "beyond 2^53": b'{"a":9007199254740993}',
    "a name twice": b'{"resourceType":"Bundle","type":"a","type":"b"}',
    "half a surrogate": b'{"a":"\\ud800"}',
    "half a surrogate as name": b'{"\\udfff":1}',
    "a surrogate in bytes": b'{"a":"\xed\xa0\x80"}',
    "NUL in JSON": b'{"a":"\\u0000"}',
    "NUL in bytes": b'{"a":"\x00"}',
    "not UTF-8": b'{"a":"\xff\xfe"}',
    "UTF-32": '{"a":1}'.encode("utf-32"),
    "gzip": b"\x1f\x8b\x08" + b"\x00" * 100,
    "zip": b"PK\x03\x04" + b"\x00" * 100,
    "spaces": b" " * 2_000_000,
    "quotes": b'"' * 1_000_000,
    "backslashes": b'{"a":"' + b"\\" * 1_000_000,
    "a DTD": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "a billion laughs": b'<!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "' + b"&b;" * 1000
    + b'">]><a>' + b"&c;" * 1000 + b"</a>",
    "an outer entity": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "an outer DTD": b'<!DOCTYPE a SYSTEM "http://localhost:1/a.dtd"><a/>',
    "XML 33 deep": xml("<a>" * 40 + "</a>" * 40),
    "XML 100,000 deep": xml("<a>" * 100_000),
    "XML wide": xml("<a/>" * 400_000),
    "XML attributes": xml("<a " + " ".join(f'b{n}="1"' for n in range(50_000)) + "/>"),
    "an XML attribute, long": xml(f'<a value="{"x" * 1_500_000}"/>'),
    "XML comments": xml("<!-- x -->" * 150_000),
    "XML instructions": xml("<?a b?>" * 150_000),
    "XML words": xml("words " * 300_000),
    "XML character": xml("&#0;"),
    "XML namespaces": xml("".join(f'<a xmlns="urn:{n}"/>' for n in range(50_000))),
    "XHTML": xml('<text><div xmlns="http://www.w3.org/1999/xhtml">' + "<p>x</p>" * 100_000),
    "an encoding nobody has": b'<?xml version="1.0" encoding="utf-7"?><a/>',
    "a message, cut short": message()[:3_000],
    "a message of nothing": b'{"resourceType":"Bundle","type":"message","entry":[]}',
    "entries without end": b'{"resourceType":"Bundle","type":"message","entry":['
    + b'{"resource":{"resourceType":"Patient"}},' * 2_000 + b"{}]}",
    "2 MiB": b"{" + b" " * (2 * 1024 * 1024 - 2) + b"}",
    "more than 2 MiB": b"{" + b" " * (2 * 1024 * 1024) + b"}",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_a_second(post, session: Any, name: str) -> None:
    began = time.process_time()
    answer = post(BOMBS[name], Content_Type="application/octet-stream")
    took = time.process_time() - began  # ours alone, however busy the machine is
    assert 400 <= answer.status_code < 500
    assert json.loads(answer.data)["resourceType"] == "OperationOutcome"
    assert took < 1
    assert count(Referral) == 0


def test_a_reference_is_never_followed_out_of_the_message(post) -> None:
    data = json.loads(message())
    for entry in data["entry"]:
        if entry["resource"]["resourceType"] == "ServiceRequest":
            entry["resource"]["subject"] = {"reference": "http://localhost:1/Patient/1"}
    assert post(json.dumps(data)).status_code == 200


# --- what is kept ---


def test_every_message_is_kept_whole_and_sealed(post, session: Any) -> None:
    taken, refused = message(), b'{"resourceType": "Patient", "name": "Somebody"}'
    post(taken)
    post(refused)
    kept = {row.outcome: row for row in session.scalars(select(Delivery))}
    assert kept["created"].raw == taken
    assert kept["refused"].raw == refused
    assert b"Somebody" not in kept["refused"].raw_sealed
    assert b"Jaden" not in kept["created"].raw_sealed
    assert kept["created"].referral_id is not None


def test_what_was_refused_is_kept_for_thirty_days(post, session: Any, clock) -> None:
    post(b"hello")
    post(message())
    clock.forward(days=29)
    deliveries.forget_refused(caseflow_clock.now())
    assert count(Delivery) == 2
    clock.forward(days=2)
    deliveries.forget_refused(caseflow_clock.now())
    assert [row.outcome for row in session.scalars(select(Delivery))] == ["created"]


def test_what_was_refused_is_on_record_without_a_word_of_it(post, session: Any) -> None:
    post(b"hello Jaden")
    row = session.scalars(select(AuditRow).where(AuditRow.event == Event.MESSAGE_REFUSED)).one()
    assert row.facts["why"] == "malformed"
    assert "Jaden" not in str(row.facts)
