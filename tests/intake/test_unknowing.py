"""Whoever brings a referral learns nothing of whom we know: the same bytes as for a stranger."""

import io
import re
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases import need_to_know
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case, Conflict, Restriction
from caseflow.cases.queries import case_in_sight
from caseflow.cases.rules import Stream
from caseflow.demo.messages import bars_referral
from caseflow.intake import queries
from caseflow.intake.models import Referral
from caseflow.intake.quietly import IS_THEIRS, MAY_BE_THEIRS
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.notices.models import InboxItem
from caseflow.people import actions as people
from caseflow.people.rules import BornPrecision
from caseflow.staff.models import User
from tests import builders
from tests.casefile.counting import statements

UPLOAD = "/referrals/upload"
BORN = "2010-05-14"
NUMBERS = {"known": "9990000018", "unknown": "9990000026"}
HIDDEN = ["restricted", "conflict", "another team"]


@pytest.fixture(autouse=True)
def _no_minute_passes(request: pytest.FixtureRequest) -> None:
    """Pages that are compared say how long ago."""
    request.getfixturevalue("clock")("2026-11-24 10:00")


def known_person(why_hidden: str, worker: User, *, stream: Stream = Stream.HOSPITAL) -> Case:
    """With an open case that ``worker`` may not know of."""
    away = builders.team("Away team", ())
    person = builders.person(
        first_name="Jaden", last_name="Testerton", nhs_number=NUMBERS["known"],
        born_on=date.fromisoformat(BORN),
        born_precision=BornPrecision.DAY, address="9 CANARY Road",
    )  # fmt: skip
    team = away if why_hidden == "another team" else worker.team
    case = builders.received_case(of=person, in_team=team, stream=stream)
    now = clock.now()
    if why_hidden == "restricted":
        db.session.add(Restriction(person_id=person.id, why="x", at=now, by_id=worker.id))
    if why_hidden == "conflict":
        db.session.add(Conflict(person_id=person.id, user_id=worker.id, at=now, by_id=worker.id))
    db.session.flush()
    assert case_in_sight(worker, case.id) is None
    return case


def message(who: str, **told: Any) -> bytes:
    return bars_referral(nhs_number=NUMBERS[who], birth_date=BORN, **told)


def uploaded(me: Any, data: bytes) -> Any:
    page = me.submit(UPLOAD, files=[(io.BytesIO(data), "message.xml")])
    page.request.environ["wsgi.input"].close()
    return page


def masked(page: bytes) -> bytes:
    page = re.sub(rb'nonce="[^"]+"', b"", page)
    page = re.sub(rb'name="(csrf_token|form_key)"[^>]*value="[^"]+"', b"", page)
    return re.sub(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", b"ID", page)


def told(user: User) -> list[str]:
    return list(db.session.scalars(select(InboxItem.text).filter_by(user_id=user.id)))


@pytest.fixture
def ana(session: Any) -> User:
    return builders.worker(name="Ana Worker")


@pytest.mark.parametrize("why_hidden", HIDDEN)
def test_a_message_about_somebody_known_answers_like_one_about_a_stranger(
    sign_in: Any, ana: User, why_hidden: str
) -> None:
    case = known_person(why_hidden, ana)
    me = sign_in(ana)
    known, unknown = message("known"), message("unknown", request_url=_focus(1))
    pages = [uploaded(me, data) for data in (known, unknown)]
    assert {page.status_code for page in pages} == {200}
    assert masked(pages[0].data) == masked(pages[1].data)
    assert case.reference not in pages[0].text
    assert len(queries.referrals_of(db.session.get(Case, case.id))) == 1  # type: ignore[arg-type]


def _focus(number: int) -> str:
    return f"urn:uuid:00000000-0000-4000-8000-{number:012d}"


@pytest.mark.parametrize("why_hidden", HIDDEN)
def test_a_replay_an_update_and_another_patient_all_answer_alike(
    sign_in: Any, ana: User, why_hidden: str
) -> None:
    known_person(why_hidden, ana)
    me = sign_in(ana)
    first = masked(uploaded(me, message("known")).data)
    later = "2026-11-20T23:40:00+00:00"
    replay = uploaded(me, message("known"))
    update = uploaded(me, message("known", last_updated=later, complaint="Worse now"))
    parked = uploaded(me, message("unknown", last_updated=later))
    assert [masked(page.data) for page in (replay, update, parked)] == [first] * 3


@pytest.mark.parametrize("why_hidden", HIDDEN)
def test_withdrawing_what_we_have_and_what_we_never_had_answer_alike(
    sign_in: Any, ana: User, why_hidden: str
) -> None:
    known_person(why_hidden, ana)
    me = sign_in(ana)
    uploaded(me, message("known"))
    gone = {"status": "revoked", "reason": "update", "last_updated": "2026-11-20T23:50:00+00:00"}
    known = uploaded(me, message("known", **gone))
    unknown = uploaded(me, message("unknown", request_url=_focus(2), **gone))
    assert masked(known.data) == masked(unknown.data)
    assert db.session.scalars(select(Referral)).one().withdrawn_at is not None


def test_a_new_episode_of_a_restricted_person_is_restricted_from_its_first_second(
    sign_in: Any, ana: User
) -> None:
    known_person("restricted", ana, stream=Stream.CUSTODY)
    lead = builders.user(Role.SAFEGUARDING_LEAD)
    me = sign_in(ana)
    before = masked(me.get("/referrals").data)
    uploaded(me, message("known"))
    new = db.session.scalars(select(Case).where(Case.stream == Stream.HOSPITAL)).one()
    assert masked(me.get("/referrals").data) == before
    there, nowhere = me.get(f"/cases/{new.id}"), me.get(f"/cases/{uuid.uuid4()}")
    assert there.status_code == nowhere.status_code == 404
    assert masked(there.data) == masked(nowhere.data)
    assert told(ana) == []
    assert told(lead) == [IS_THEIRS]
    assert sign_in(lead).get(f"/cases/{new.id}").status_code == 200


def test_nobody_with_a_conflict_is_told(session: Any, sign_in: Any, ana: User) -> None:
    case = known_person("restricted", ana)
    uncle, holder = builders.user(Role.SAFEGUARDING_LEAD), builders.worker(case.team)
    case.worker = holder
    for somebody in (uncle, holder):
        db.session.add(
            Conflict(person_id=case.person_id, user_id=somebody.id, at=clock.now(), by_id=ana.id)
        )
    uploaded(sign_in(ana), message("known"))
    assert told(uncle) == told(holder) == []


BY_HAND = {
    "age": "16", "where": "emergency", "what": "assault_sharp", "aware": "agrees",
    "urgency": "now", "later": "yes",
}  # fmt: skip


@pytest.mark.parametrize("why_hidden", HIDDEN)
def test_adding_somebody_known_by_hand_looks_like_adding_a_stranger(
    session: Any, sign_in: Any, ana: User, why_hidden: str
) -> None:
    known_person(why_hidden, ana)
    me, seen = sign_in(ana), []
    for name in ("Jaden Testerton", "Jaxon Strangeman"):
        before = set(session.scalars(select(Case.id)))
        answer = me.submit("/referrals/quick-add", BY_HAND | {"name": name})
        new = session.scalars(select(Case).where(Case.id.not_in(before))).one()
        pages = [me.get("/referrals").data, me.get(f"/cases/{new.id}/triage").data]
        assert b"9 CANARY" not in b"".join(pages)
        pages = [page.replace(name.encode(), b"NAME") for page in pages]
        pages = [page.replace(new.reference.encode(), b"REF") for page in pages]
        seen.append((answer.status_code, answer.location, [masked(page) for page in pages]))
        new.stage = Stage.INELIGIBLE  # so that the next one waits alone
        new.received_at = clock.now().replace(year=2020)
    assert seen[0] == seen[1]


def test_who_may_know_is_told_of_a_referral_by_the_same_name(sign_in: Any, ana: User) -> None:
    known_person("restricted", ana)
    lead = builders.user(Role.SAFEGUARDING_LEAD)
    me = sign_in(ana)
    me.submit("/referrals/quick-add", BY_HAND | {"name": "Jaden Testerton"})
    me.submit("/referrals/quick-add", BY_HAND | {"name": "Jaxon Strangeman"})
    assert told(lead) == [MAY_BE_THEIRS]
    assert told(ana) == []


def test_a_referral_about_somebody_restricted_takes_as_many_questions_as_another(
    sign_in: Any, ana: User
) -> None:
    known_person("restricted", ana)
    me = sign_in(ana)
    uploaded(me, b"no message")
    counted = {}
    for who, data in {
        "known": message("known"),
        "unknown": message("unknown", request_url=_focus(3)),
    }.items():
        with statements() as said:
            uploaded(me, data)
        counted[who] = len(said)
    assert max(counted.values()) < 2 * min(counted.values()), counted


def test_a_triage_to_confirm_is_listed_for_who_may_know_of_it(session: Any, ana: User) -> None:
    boss, away = builders.supervisor(ana.team), builders.supervisor(builders.team("Away", ()))
    first, second = builders.received_case(), builders.received_case()
    for days, case in ((2, first), (1, second)):
        cases.triage(
            case, by=ana, is_eligible=True, code="eligible", reason="", rules_said="",
            is_confirmed=False, confirm_by=clock.today() + timedelta(days=days),
        )  # fmt: skip
    listed = queries.to_confirm(boss)
    assert [line.case for line in listed] == [second, first]
    assert all(line.triage and line.triage.case_id == line.case.id for line in listed)
    assert queries.to_confirm(away) == queries.to_confirm(ana) == []
    need_to_know.set_conflict(first, boss, by=ana)
    assert [line.case for line in queries.to_confirm(boss)] == [second]


def test_who_might_be_the_same_is_shown_and_on_record(
    session: Any, sign_in: Any, ana: User
) -> None:
    born = date.fromisoformat(BORN)
    new, known = (
        builders.received_case(of=builders.person(first_name=first, last_name=last, born_on=born))
        for first, last in (("Jaden", "Testerton"), ("Kofi", "Elsewhere"))
    )
    away = builders.received_case(
        in_team=builders.team("Away", ()),
        of=builders.person(first_name="Jaden", last_name="Testerton", born_on=born),
    )
    people.add_alias(known.person, "Jaden Testerton")
    page = sign_in(ana).get(f"/cases/{new.id}/triage")
    assert known.reference in page.words
    assert away.reference not in page.words
    looks = session.scalars(select(AuditRow).where(AuditRow.event == Event.VIEWED))
    assert [row.facts["cases"] for row in looks] == [[str(known.id)]]
