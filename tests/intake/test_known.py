"""Somebody we know is recognised while they are added; whom one may not know of is not there."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case, Conflict, NamedAccess, Restriction
from caseflow.cases.rules import Stream
from caseflow.intake import known
from caseflow.intake.known import MAY_BE_KNOWN
from caseflow.intake.models import Likeness, Referral
from caseflow.intake.quietly import MAY_BE_THEIRS
from caseflow.intake.rules import came_before
from caseflow.kernel import clock as the_clock
from caseflow.kernel.database import db
from caseflow.kernel.settings import change_setting
from caseflow.notices.models import InboxItem
from caseflow.people import actions as people
from caseflow.people import known as the_known
from caseflow.people import merges
from caseflow.people.known import identity_of
from caseflow.people.models import Person, PersonKey
from caseflow.people.queries import aliases_of
from caseflow.people.rules import BornPrecision, ContactKind
from tests import builders
from tests.casefile.counting import statements

QUICK = "/referrals/quick-add"
TYPING = "/referrals/known"
LOOK = "/referrals/quick-add/known"
BORN = date(2009, 3, 11)
TYPED: dict[str, Any] = {
    "name": "Jorden Testerton", "born-day": "11", "born-month": "3", "born-year": "2009",
    "where": "ward", "what": "assault_sharp", "aware": "agrees", "urgency": "urgent",
}  # fmt: skip
NO_BIRTHDAY = {"born-day": "", "born-month": "", "born-year": ""}


@pytest.fixture
def ana(session: Any) -> Any:
    ana = builders.worker(name="Ana Worker")
    session.commit()
    return ana


def jordan(**more: Any) -> Person:
    usual = {"first_name": "Jordan", "last_name": "Testerton", "born_on": BORN}
    return builders.person(**usual | more)


def ask(client: Any, url: str = TYPING, **typed: Any) -> Any:
    page = client.get(QUICK)
    token = page.html.xpath("//input[@name='csrf_token']/@value")[0]
    return client.post(url, data=TYPED | typed | {"csrf_token": token})


# --- the panel ---


def test_they_are_recognised_while_somebody_types_and_the_reasons_are_said(
    session: Any, sign_in: Any, ana: Any
) -> None:
    case = builders.case_at(Stage.LONG_TERM, held_by=ana, of=jordan())
    session.commit()
    said = ask(sign_in(ana)).words
    assert "This is them: Jordan Testerton" in said
    assert "Very likely the same." in said
    assert "Same date of birth" in said and "Jordan is spelt nearly like Jorden" in said
    assert "Has an open case; with Ana Worker" in said
    assert case.reference not in said


def test_half_a_name_is_enough_while_it_is_typed(session: Any, sign_in: Any, ana: Any) -> None:
    builders.received_case(of=jordan(), in_team=ana.team)
    session.commit()
    client = sign_in(ana)
    half = {"name": "Jordan Tes"} | NO_BIRTHDAY
    assert "This is them" in ask(client, **half).words
    assert "Nobody you may know of" in ask(client, **half | {"name": "Kim Som"}).words


def test_another_form_of_the_name_is_enough_without_a_birthday(
    session: Any, sign_in: Any, ana: Any
) -> None:
    builders.received_case(of=jordan(first_name="Robert"), in_team=ana.team)
    session.commit()
    said = ask(sign_in(ana), name="Bob Testerton", **NO_BIRTHDAY).words
    assert "This is them: Robert Testerton" in said
    assert "Bob is short for Robert" in said


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "Testerton Jordan"},
        {"name": "Jordan Testerton", "born-day": "3", "born-month": "11"},
        {"name": "Ghost", "phone": "07700 900123"},
        {"name": "Ghost Testerton"} | NO_BIRTHDAY,
    ],
    ids=["order", "turned", "phone", "alias"],
)
def test_they_are_found_by_each_thing_that_is_known(
    session: Any, sign_in: Any, ana: Any, typed: dict[str, str]
) -> None:
    person = jordan()
    people.add_alias(person, "Ghost Testerton")
    people.save_contact_point(person, kind=ContactKind.PHONE, value="07700900123")
    builders.received_case(of=person, in_team=ana.team)
    session.commit()
    assert "This is them: Jordan Testerton" in ask(sign_in(ana), **typed).words


def test_without_script_a_button_asks_and_what_is_typed_stays(
    session: Any, sign_in: Any, ana: Any
) -> None:
    builders.received_case(of=jordan(), in_team=ana.team)
    session.commit()
    client = sign_in(ana)
    page = ask(client, LOOK, bay="Bay 4")
    assert page.status_code == 200
    assert "This is them: Jordan Testerton" in page.words
    assert page.html.xpath("//input[@name='name']/@value") == ["Jorden Testerton"]
    assert page.html.xpath("//input[@name='bay']/@value") == ["Bay 4"]
    assert "ask your supervisor" in page.words
    assert session.scalar(select(Referral.id)) is None


def test_a_mistake_elsewhere_keeps_who_was_chosen(session: Any, sign_in: Any, ana: Any) -> None:
    case = builders.received_case(of=jordan(), in_team=ana.team)
    session.commit()
    page = ask(sign_in(ana), QUICK, them=str(case.id), urgency="")
    assert page.status_code == 422
    assert page.html.xpath("//input[@name='them'][@checked]/@value") == [str(case.id)]


def test_typing_is_no_search_and_pressing_is(session: Any, sign_in: Any, ana: Any) -> None:
    change_setting("limits", {"searched": 2}, by_id=None)
    session.commit()
    client = sign_in(ana)
    assert [ask(client).status_code for _ in range(5)] == [200] * 5
    assert [ask(client, LOOK).status_code for _ in range(3)] == [200, 200, 429]
    events = list(session.scalars(select(AuditRow.event)))
    assert events.count(Event.SEARCHED) == 2


def test_whom_the_page_showed_is_on_record(session: Any, sign_in: Any, ana: Any) -> None:
    case = builders.received_case(of=jordan(), in_team=ana.team)
    session.commit()
    ask(sign_in(ana))
    rows = session.scalars(select(AuditRow).where(AuditRow.event == Event.LISTED))
    assert str(case.id) in [one for row in rows for one in row.facts.get("cases", [])]


def test_as_many_questions_however_many_are_like_them(session: Any, ana: Any) -> None:
    like = identity_of(jordan())

    def asked() -> int:
        session.commit()
        with statements() as ran:
            known.people_like(ana, like)
        return len(ran)

    builders.received_case(of=jordan(), in_team=ana.team)
    one = asked()
    for _ in range(6):
        builders.case_at(Stage.LONG_TERM, held_by=ana, of=jordan())
    assert asked() == one


# --- whom one may not know of ---

HIDDEN = ["restricted", "conflict", "another team"]


def hide(case: Case, why: str, worker: Any) -> None:
    about = {"person_id": case.person_id, "at": the_clock.now(), "by_id": worker.id}
    if why == "restricted":
        db.session.add(Restriction(why="x", **about))
    if why == "conflict":
        db.session.add(Conflict(user_id=worker.id, **about))
    if why == "another team":
        case.team = builders.team("Away team", ())
    db.session.commit()


def masked(answer: Any) -> bytes:
    return re.sub(rb'(value|nonce|content)="[\w.\-=]{16,}"', b"", answer.data)


@pytest.mark.parametrize("url", [TYPING, LOOK])
@pytest.mark.parametrize("why", HIDDEN)
def test_who_is_hidden_is_as_absent(
    session: Any, sign_in: Any, ana: Any, why: str, url: str
) -> None:
    client = sign_in(ana)
    ask(client, url)

    def asked() -> tuple[bytes, int]:
        with statements() as ran:
            answer = ask(client, url)
        return masked(answer), len(ran)

    nobody = asked()
    case = builders.received_case(of=jordan(), in_team=ana.team)
    session.commit()
    assert b"This is them" in ask(client, url).data, "they would be found"
    hide(case, why, ana)
    assert asked() == nobody, "the page, and what was asked of the database"


@pytest.mark.parametrize("why", ["restricted", "conflict"])
def test_who_is_hidden_takes_nobodys_place(
    session: Any, ana: Any, monkeypatch: Any, why: str
) -> None:
    """However many of them share a key: whoever may be shown is still among the candidates."""
    monkeypatch.setattr(known.known, "EACH", 2)
    monkeypatch.setattr(known.known, "MOST", 2)
    shown = builders.received_case(of=jordan(), in_team=ana.team)
    for _ in range(12):
        hide(builders.received_case(of=jordan(), in_team=ana.team), why, ana)
    found = known.people_like(ana, identity_of(jordan()))
    assert [one.person.id for one in found] == [shown.person_id]


def test_who_is_on_the_list_is_shown_the_restricted(session: Any, ana: Any) -> None:
    case = builders.received_case(of=jordan(), in_team=ana.team)
    hide(case, "restricted", ana)
    like = identity_of(case.person)
    assert known.people_like(ana, like) == []
    db.session.add(
        NamedAccess(person_id=case.person_id, user_id=ana.id, at=the_clock.now(), by_id=ana.id)
    )
    session.flush()
    assert [one.person.id for one in known.people_like(ana, like)] == [case.person_id]


@pytest.mark.parametrize("why", [*HIDDEN, "absent"])
def test_nobody_can_be_chosen_who_is_hidden(session: Any, sign_in: Any, ana: Any, why: str) -> None:
    case = builders.received_case(of=jordan(), in_team=ana.team)
    hide(case, why, ana)
    them = "00000000-0000-4000-8000-000000000000" if why == "absent" else str(case.id)
    page = ask(sign_in(ana), QUICK, them=them)
    assert page.status_code == 422
    assert "The record you chose cannot be found now." in page.words
    assert session.scalar(select(Referral.id)) is None


# --- this is them ---


def test_somebody_we_know_gets_another_episode(
    session: Any, sign_in: Any, ana: Any, clock: Any
) -> None:
    clock("2026-06-01 12:00")
    old = builders.case_at(Stage.DECLINED, held_by=ana, of=jordan(postcode="LE2 0AA"))
    session.commit()
    clock("2026-07-12 12:00")
    client = sign_in(ana)
    said = ask(client).words
    assert (
        "Would be their second presentation; last closed 41 days ago; last worker Ana Worker"
    ) in said
    answer = ask(client, QUICK, them=str(old.id), postcode="LE3 9ZZ")
    assert answer.status_code == 302
    referral = session.scalars(select(Referral)).one()
    assert referral.case.person_id == old.person_id
    assert referral.case_id != old.id
    session.refresh(old.person)
    assert old.person.postcode == "LE2 0AA", "what is on record stands"
    assert [alias.name for alias in aliases_of(old.person)] == ["Jorden Testerton"]


def test_a_guessed_age_questions_no_known_birthday(session: Any, sign_in: Any, ana: Any) -> None:
    old = builders.received_case(of=jordan(), in_team=ana.team)
    session.commit()
    ask(sign_in(ana), QUICK, them=str(old.id), age="15",
        **{"born-day": "", "born-month": "", "born-year": ""})  # fmt: skip
    session.refresh(old.person)
    assert (old.person.born_on, old.person.born_precision) == (BORN, BornPrecision.DAY)
    assert not [row for row in session.scalars(select(Referral)).one().problems
                if "born" in row["what"]]  # fmt: skip


def test_seeing_them_now_never_takes_an_open_case_from_its_worker(
    session: Any, sign_in: Any, ana: Any
) -> None:
    other = builders.worker(ana.team, "Ben Worker")
    case = builders.case_at(Stage.LONG_TERM, held_by=other, of=jordan())
    session.commit()
    ask(sign_in(ana), QUICK, them=str(case.id), now="y")
    session.refresh(case)
    assert case.worker_id == other.id
    assert session.scalars(select(Referral)).one().case_id == case.id


def test_what_is_said_of_who_came_before() -> None:
    assert came_before(2, is_open=False, days_since=41, worker="Ana") == (
        "Would be their third presentation; last closed 41 days ago; last worker Ana"
    )
    assert came_before(1, is_open=True, days_since=None, worker="") == "Has an open case"
    assert came_before(11, is_open=False, days_since=1, worker="") == (
        "Would be their 12th presentation; last closed yesterday"
    )


# --- after saving ---


def saved(ana: Any, sign_in: Any, **typed: Any) -> Referral:
    assert ask(sign_in(ana), QUICK, **typed).status_code == 302
    return db.session.scalars(select(Referral)).one()


def told() -> dict[str, set[Any]]:
    found: dict[str, set[Any]] = {}
    for item in db.session.scalars(select(InboxItem)):
        found.setdefault(item.text, set()).add(item.user_id)
    return found


def test_a_conflict_is_for_the_supervisor_who_may_know_both(
    session: Any, sign_in: Any, ana: Any
) -> None:
    boss, cousin = builders.supervisor(ana.team), builders.supervisor(ana.team)
    case = builders.received_case(of=jordan(), in_team=ana.team)
    hide(case, "conflict", ana)
    hide(case, "conflict", cousin)
    saved(ana, sign_in)
    users = told()[MAY_BE_KNOWN]
    assert boss.id in users
    assert not users & {ana.id, cousin.id}


def test_another_teams_record_is_for_the_safeguarding_lead(
    session: Any, sign_in: Any, ana: Any
) -> None:
    lead = builders.user(Role.SAFEGUARDING_LEAD)
    boss = builders.supervisor(ana.team)
    hide(builders.received_case(of=jordan(), in_team=ana.team), "another team", ana)
    saved(ana, sign_in)
    assert told()[MAY_BE_KNOWN] == {lead.id}
    assert boss.id not in told()[MAY_BE_KNOWN]


def test_a_restricted_record_is_found_although_the_name_is_misspelt(
    session: Any, sign_in: Any, ana: Any
) -> None:
    lead = builders.user(Role.SAFEGUARDING_LEAD)
    hide(builders.received_case(of=jordan(), in_team=ana.team), "restricted", ana)
    saved(ana, sign_in)
    assert told() == {MAY_BE_THEIRS: {lead.id}}


def test_whom_they_saw_is_told_to_nobody(session: Any, sign_in: Any, ana: Any) -> None:
    builders.user(Role.SAFEGUARDING_LEAD)
    builders.received_case(of=jordan(), in_team=ana.team)
    session.commit()
    saved(ana, sign_in)
    assert told() == {}


def test_the_queue_notes_it_for_who_may_know_of_both(session: Any, sign_in: Any, ana: Any) -> None:
    old = builders.received_case(of=jordan(), in_team=ana.team)
    stranger = builders.worker(ana.team)
    session.commit()
    referral = saved(ana, sign_in)
    assert session.scalars(select(Likeness.case_id)).one() == referral.case_id
    assert "May be somebody we know" in sign_in(stranger).get("/referrals").words
    hide(old, "conflict", stranger)
    assert "May be somebody we know" not in sign_in(stranger).get("/referrals").words


# --- what they are found by ---


def keys(person: Person) -> set[tuple[str, str]]:
    rows = db.session.execute(
        select(PersonKey.kind, PersonKey.value).where(PersonKey.person_id == person.id)
    )
    return {(kind.value, value) for kind, value in rows}


def test_what_they_are_found_by_follows_their_record(session: Any) -> None:
    person = jordan()
    before = keys(person)
    point = people.save_contact_point(person, kind=ContactKind.PHONE, value="07700 900123")
    with_phone = keys(person)
    assert {kind for kind, _ in with_phone - before} == {"phone", "phone_end"}
    people.remove_contact_point(point)
    assert keys(person) == before
    people.change_person(person, last_name="Nameless")
    assert keys(person) != before
    people.change_person(person, last_name="Testerton")
    assert keys(person) == before


def test_no_number_or_postcode_can_be_read_in_what_they_are_found_by(session: Any) -> None:
    person = jordan(postcode="LE2 0AA", address="14 Madeup Road", nhs_number="")
    people.save_contact_point(person, kind=ContactKind.PHONE, value="07700 900123")
    values = " ".join(value for _, value in keys(person))
    assert not re.search("LE2|0AA|madeup|mtp|7700|0123", values)


def test_a_merged_record_is_found_by_its_other_name_until_it_is_taken_apart(
    session: Any, ana: Any
) -> None:
    kept, other = jordan(), jordan(first_name="Kasper", last_name="Alias")
    kept_case = builders.received_case(of=kept, in_team=ana.team)
    builders.received_case(of=other, in_team=ana.team, stream=Stream.OUTREACH)
    before = {person.id: keys(person) for person in (kept, other)}
    done = merges.merge(kept, other, by=ana.id, why="x", take=[])
    assert not keys(other), "nothing finds what is part of another record"
    assert other.id not in the_known.candidates(identity_of(other))
    assert keys(kept) > before[kept.id]
    found = known.people_like(ana, identity_of(other))
    assert [one.person.id for one in found] == [kept_case.person_id]
    merges.unmerge(done, by=ana.id, why="x")
    assert {person.id: keys(person) for person in (kept, other)} == before


def test_what_happens_to_an_absorbed_record_makes_nothing_of_it_findable(
    session: Any, ana: Any
) -> None:
    kept, other = jordan(), jordan(first_name="Kasper", last_name="Alias")
    merges.merge(kept, other, by=ana.id, why="x", take=[])
    people.change_person(other, known_as="Ghost")
    assert not keys(other)
