"""The page for the public: it tells nobody anything, takes a plea once, and cannot be drowned."""

import re
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from caseflow import scheduler
from caseflow.audit.models import AuditRow
from caseflow.cases.models import Restriction
from caseflow.intake import public
from caseflow.intake.models import PublicReferral
from caseflow.intake.rules import PublicState, Source
from caseflow.kernel import clock as kernel_clock
from caseflow.kernel.database import db
from caseflow.kernel.settings import change_setting
from caseflow.people.queries import contact_points
from caseflow.people.rules import Safe
from tests import builders
from tests.gate.test_garbage import GARBAGE
from tests.gate.world import masked

REFER, STATUS, TRAY = "/refer", "/refer/status", "/referrals/public"
CODE = re.compile(r"RF(?:-[0-9A-Z]{4}){2}")
FROM_SCHOOL: dict[str, Any] = {
    "phone": "0116 496 0111",
    "source": "school",
    "name": "Billy Example",
    "age": "15",
    "words": "He was jumped after school\nand will not come in.",
    "referrer_name": "Ms Form",
    "referrer_role": "Head of year",
    "their_phone": "07700 900123",
}
FOR_ME = {
    "phone": "07700 900456", "safe_to_text": "yes", "safe_to_call": "no", "who_else": "My brother",
    "source": "self", "name": "Jay", "age": "16", "words": "They took my phone. I am scared.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _ten(session: Any, clock: Any) -> None:
    clock("2026-11-24 10:00")


@pytest.fixture
def ana(session: Any) -> Any:
    return builders.worker(name="Ana Worker")


def written(client: Any, clock: Any, told: dict[str, Any], **more: Any) -> Any:
    """Opened, read and filled in for a minute."""
    filled = client.fill(REFER, told, **more)
    clock(kernel_clock.now() + timedelta(minutes=1))
    return filled


def sent(client: Any, clock: Any, told: dict[str, Any], **more: Any) -> str:
    page = client.send(written(client, clock, told, **more))
    assert page.status_code == 200, page.errors
    return CODE.search(page.words)[0]


def rows() -> list[PublicReferral]:
    db.session.expire_all()
    return list(db.session.scalars(select(PublicReferral).order_by(PublicReferral.at)))


def said_of(client: Any, code: str, reach: str) -> Any:
    return client.submit(STATUS, code=code, reach=reach)


def test_a_school_refers_and_sees_what_becomes_of_it_and_nothing_else(
    client, clock, sign_in, app, ana
) -> None:
    code = sent(client, clock, FROM_SCHOOL)
    page = said_of(client, code.lower().replace("-", " "), "+44 116 496 0111")
    assert "We have received it" in page.words
    me = sign_in(ana)
    assert "Billy Example" in me.get(TRAY).words
    (one,) = rows()
    answer = me.submit(f"{TRAY}/{one.id}", decision="accept")
    assert "/triage" in answer.location
    page = said_of(app.test_client(), code, "0116 496 0111")
    assert "It is being dealt with" in page.words
    assert "Billy" not in page.words
    assert "Ana" not in page.words
    (one,) = rows()
    referral = one.referral
    assert (referral.source, referral.received_at) == (Source.SCHOOL, one.at)
    assert referral.referrer_phone == "0116 496 0111"
    assert {"where": "Sender’s job", "text": "Head of year"} in referral.sender_said
    assert [point.value for point in contact_points(referral.case.person)] == ["07700 900123"]
    assert (one.told, one.code) == ({}, "")
    assert me.get(f"{TRAY}/{one.id}").status_code == 404


def test_their_own_number_keeps_what_they_said_is_safe(client, clock, ana) -> None:
    sent(client, clock, FOR_ME)
    referral = public.accept(rows()[0], by=ana)
    (point,) = contact_points(referral.case.person)
    assert (point.safe_to_text, point.safe_to_call) == (Safe.YES, Safe.NO)
    assert point.who_else == "My brother"
    assert (referral.referrer_phone, referral.knows) == ("", Safe.YES)


def test_the_answer_is_the_same_whoever_they_are(client, clock, ana) -> None:
    known = builders.person(first_name="Known", last_name="Example")
    hidden = builders.person(first_name="Hidden", last_name="Example")
    for person in (known, hidden):
        builders.received_case(of=person)
    now = kernel_clock.now()
    db.session.add(Restriction(person_id=hidden.id, why="x", at=now, by_id=ana.id))
    pages = set()
    for name in ("Known Example", "Hidden Example", "Nobody Example"):
        page = client.send(written(client, clock, FROM_SCHOOL, name=name))
        pages.add(CODE.sub("", masked(page.data).decode()))
    assert len(pages) == 1


def test_a_wrong_code_and_somebody_elses_are_the_same(client, clock, ana) -> None:
    code = sent(client, clock, FROM_SCHOOL)
    wrong = "RF-2222-2222"
    tries = [
        (code, "07700 900999"),
        (wrong, "0116 496 0111"),
        (code, "x@example.org"),
        (wrong, "?"),
    ]
    pages = set()
    for words, reach in tries:
        page = said_of(client, words, reach)
        assert page.status_code == 422, (words, reach)
        bare = masked(page.data).replace(words.encode(), b"")
        pages.add(bare.replace(f'value="{reach}"'.encode(), b""))
    assert len(pages) == 1
    assert public.progress(code=code, reach="") is None, "no e-mail given is not an e-mail"


def test_a_code_is_guessed_slowly(client, clock) -> None:
    code = sent(client, clock, FROM_SCHOOL)
    filled = client.fill(STATUS, code="RF-2222-2222", reach="0116 496 0111")
    answers = [client.send(filled).status_code for _ in range(30)]
    assert answers == [422] * 20 + [429] * 10
    assert said_of(client, code, "0116 496 0111").status_code == 429


def test_the_same_words_are_one_until_somebody_decides(client, clock, ana) -> None:
    filled = written(client, clock, FROM_SCHOOL)
    codes = {CODE.search(client.send(filled).words)[0] for _ in range(3)}
    assert len(codes) == len(rows()) == 1
    public.reject(rows()[0], by=ana, why="A joke")
    assert sent(client, clock, FROM_SCHOOL) not in codes


def test_machines_are_asked_again_and_people_lose_no_word(client, clock) -> None:
    hasty = client.send(client.fill(REFER, FROM_SCHOOL))
    assert hasty.status_code == 422
    forged = written(client, clock, FROM_SCHOOL)
    forged.data["stamped"] = forged.data["stamped"][:-1] + "x"
    trapped = written(client, clock, FROM_SCHOOL, website="https://buy.example")
    old = client.fill(REFER, FROM_SCHOOL)
    for page in (client.send(forged), client.send(trapped)):
        assert page.status_code == 422
        assert "He was jumped after school" in page.words
    clock(kernel_clock.now() + timedelta(hours=25))
    assert client.send(old).status_code in (400, 422)
    assert rows() == []


def test_somebody_too_quick_only_has_to_send_it_again(client, clock) -> None:
    again = client.fill(REFER, FROM_SCHOOL)
    assert client.send(again).status_code == 422
    clock(kernel_clock.now() + timedelta(seconds=5))
    assert client.send(again).status_code == 200


def test_it_asks_for_a_way_to_answer(client, clock) -> None:
    page = client.send(written(client, clock, FROM_SCHOOL, phone=""))
    assert "phone" in page.errors
    page = client.send(written(client, clock, {"phone": "07700 900456"}))
    assert page.errors.keys() == {"source", "name", "age", "words"}


def _flood(client: Any, clock: Any, posts: int, address: Any) -> list[int]:
    filled, answers = client.fill(REFER, FROM_SCHOOL), []
    clock(kernel_clock.now() + timedelta(seconds=5))
    for number in range(posts):
        filled.data["words"] = f"Buy {number}"
        place = {"REMOTE_ADDR": address(number)}
        answers.append(client.send(filled, environ_overrides=place).status_code)
    return answers


@pytest.mark.parametrize("posts", [260, pytest.param(1_000, marks=pytest.mark.verify("public"))])
def test_a_flood_from_many_places_is_slowed_and_breaks_nothing(client, clock, posts: int) -> None:
    answers = _flood(client, clock, posts, lambda n: f"10.1.{n // 250}.{n % 250}")
    assert (answers.count(200), answers.count(429)) == (200, posts - 200)
    assert len(rows()) == 200
    refused = select(func.count()).select_from(AuditRow).where(AuditRow.event == "refused")
    before = db.session.scalar(refused)
    clock(kernel_clock.now() + timedelta(seconds=30))
    assert set(_flood(client, clock, 10, lambda n: f"10.7.7.{n}")) == {429}
    assert db.session.scalar(refused) == before, "one line a wait, not a line a try"
    assert client.get("/sign-in").status_code == 200


@pytest.mark.parametrize("posts", [40, pytest.param(1_000, marks=pytest.mark.verify("public"))])
@pytest.mark.parametrize("address", ["10.9.9.9", "2001:db8::{:x}"])
def test_a_flood_from_one_place_leaves_room_for_others(client, clock, posts, address) -> None:
    answers = _flood(client, clock, posts, address.format)
    assert answers.count(200) == len(rows()) == 20
    elsewhere = written(client, clock, FOR_ME)
    assert client.send(elsewhere, environ_overrides={"REMOTE_ADDR": "10.8.8.8"}).status_code == 200


def test_the_tray_has_a_brim_and_says_so(client, clock) -> None:
    change_setting("public_most_waiting", 1, by_id=None)
    sent(client, clock, FROM_SCHOOL)
    page = client.send(written(client, clock, FOR_ME))
    assert public.FULL in page.words
    assert "I am scared" in page.words
    assert len(rows()) == 1


@pytest.mark.one_database
def test_no_garbage_breaks_it_and_none_is_too_long(client, clock) -> None:
    for text, place in zip(GARBAGE.values(), count(1)):
        for url in (REFER, STATUS):
            filled = client.fill(url)
            clock(kernel_clock.now() + timedelta(seconds=10))
            names = [name for name in filled.data if name != "csrf_token"]
            filled.data |= dict.fromkeys([*names, "source", "knows"], text)
            answer = client.send(
                filled, environ_overrides={"REMOTE_ADDR": f"10.2.0.{place}"}, may_break=True
            )
            assert answer.status_code < 500, text
    filled = client.fill(REFER, FROM_SCHOOL, words="x" * 40_000)
    assert client.send(filled).status_code == 413
    assert client.post(REFER, data=FROM_SCHOOL).status_code == 400, "no token, no form"
    assert rows() == []


@pytest.mark.parametrize("name", ["👩🏽‍🚀 Jay", "محمد الأمين", "Zoë Łukasz-O’Neill"])
def test_names_of_every_script_are_taken(client, clock, ana, name: str) -> None:
    sent(client, clock, FOR_ME, name=name)
    person = public.accept(rows()[0], by=ana).case.person
    assert set(name.split()) <= set(person.display_name.split())


def test_whoever_may_not_know_of_them_sees_nothing_wait(client, clock, sign_in, ana) -> None:
    hidden = builders.person(first_name="Hidden", last_name="Example")
    builders.received_case(of=hidden)
    me = sign_in(ana)
    before = masked(me.get("/referrals").data), masked(me.get(TRAY).data)
    now = kernel_clock.now()
    db.session.add(Restriction(person_id=hidden.id, why="x", at=now, by_id=ana.id))
    sent(client, clock, FROM_SCHOOL, words="It is about hidden EXAMPLE again")
    (one,) = rows()
    assert masked(me.get(TRAY).data) == before[1]
    assert b"(1)" not in me.get("/referrals").data
    assert me.get(f"{TRAY}/{one.id}").status_code == 404
    assert me.post(f"{TRAY}/{one.id}").status_code in (400, 404)


def test_what_is_not_for_us_is_kept_some_days_and_then_gone(
    client, clock, sign_in, app, ana
) -> None:
    code = sent(client, clock, FROM_SCHOOL)
    (one,) = rows()
    me = sign_in(ana)
    assert "why" in me.submit(f"{TRAY}/{one.id}", decision="reject").errors
    assert me.submit(f"{TRAY}/{one.id}", decision="reject", why="A joke").status_code == 302
    assert "We have finished with it" in said_of(client, code, "0116 496 0111").words
    assert rows()[0].state is PublicState.REJECTED
    with pytest.raises(public.Problem):
        public.accept(rows()[0], by=ana)
    db.session.rollback()
    for days, left in ((29, 1), (31, 0)):
        db.session.commit()
        scheduler.tick(app, one_at := kernel_clock.now() + timedelta(days=days))
        assert len(rows()) == left, one_at
