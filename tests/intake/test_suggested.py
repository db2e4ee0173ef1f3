"""Who could best take a case: reasons in words, and nothing said that the reader may not know."""

import uuid
from datetime import time as hour

import pytest

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases import keeping_apart, need_to_know
from caseflow.cases.lifecycle import Stage
from caseflow.cases.load import load_of
from caseflow.cases.rules import Risk
from caseflow.cases.suggesting import Candidate, Wanted, suggest
from caseflow.intake import actions as intake
from caseflow.intake.codes import IndexReason
from caseflow.intake.suggested import suggestions, wanted_by
from caseflow.kernel import clock as time
from caseflow.people import actions as people
from caseflow.people.rules import FlagKind, FlagLevel, FlagSource, Safe
from caseflow.staff import rota
from caseflow.staff.profiles import set_profile
from caseflow.staff.rules import Skill
from tests import builders


@pytest.fixture
def boss(session):
    return builders.supervisor(name="Bo Boss")


@pytest.fixture
def team(boss):
    return [builders.worker(boss.team, f"{name} Worker") for name in ("Ana", "Ben", "Cy")]


@pytest.fixture
def case(boss):
    return builders.received_case(in_team=boss.team)


def names(case, reader):
    return [one.name.split()[0] for one in suggestions(case, reader)]


def test_least_load_comes_first_and_names_settle_the_rest(session, boss, team, case):
    builders.case_at(Stage.LONG_TERM, held_by=team[0])
    assert names(case, boss) == ["Ben", "Bo", "Cy", "Ana"]


def test_language_shift_and_skill_are_worth_load_and_are_said(session, clock, boss, team, case):
    clock("2026-11-24 10:00")
    ana, _, cy = team
    for _ in range(3):
        builders.case_at(Stage.LONG_TERM, held_by=ana)
    set_profile(ana, skills=[Skill.MENTAL_HEALTH], languages=["somali", " "], by=boss)
    rota.set_shifts(
        cy, first=time.today(), last=time.today(), weekdays=range(7),
        starts=hour(9), ends=hour(19),
        by=boss,
    )  # fmt: skip
    case.person.language, case.person.needs_interpreter = "Somali", Safe.YES
    first, second = suggestions(case, boss)[:2]
    assert (first.name, second.name) == ("Ana Worker", "Cy Worker")
    assert first.words == "3 cases. Load 6 of 30. Not on shift now. Speaks Somali"
    assert second.words == "0 cases. Load 0 of 30. On shift now"
    people.set_flag(
        case.person, by=boss, kind=FlagKind.SELF_HARM, level=FlagLevel.CAUTION,
        source=FlagSource.OBSERVED,
    )  # fmt: skip
    assert suggestions(case, boss)[0].words.endswith("Skilled in self-harm and mental health")


def test_what_the_police_said_asks_for_no_skill_of_who_may_not_read_it(session, boss, case):
    people.set_flag(
        case.person, by=boss, kind=FlagKind.EXPLOITATION_CRIMINAL, level=FlagLevel.CAUTION,
        source=FlagSource.POLICE,
    )  # fmt: skip
    lead = builders.user(Role.SAFEGUARDING_LEAD)
    assert Skill.EXPLOITATION not in wanted_by(case, boss).skills
    assert Skill.EXPLOITATION in wanted_by(case, lead).skills


def test_a_reason_at_referral_asks_for_its_skill(session, boss, team):
    referral = intake.add_referral(
        by=team[0], name="Some Body", what=IndexReason.EXPLOITATION, age=12
    )
    asked = wanted_by(referral.case, boss).skills
    assert set(asked) == {Skill.EXPLOITATION, Skill.CHILDREN}
    set_profile(team[2], skills=[Skill.CHILDREN], languages=[], by=boss)
    assert names(referral.case, boss)[0] == "Cy"


def test_who_has_a_conflict_is_not_there_and_a_concern_comes_last(session, boss, team, case):
    ana, ben, cy = team
    need_to_know.set_conflict(case, cy, by=boss)
    rival = builders.case_at(Stage.LONG_TERM, held_by=ana)
    for _ in range(12):
        builders.case_at(Stage.LONG_TERM, held_by=ben)
    assert names(case, boss) == ["Bo", "Ana", "Ben"]
    keeping_apart.keep_apart(case, rival, by=boss, why="x")
    assert names(case, boss) == ["Bo", "Ben", "Ana"]
    lead = builders.user(Role.SAFEGUARDING_LEAD)
    need_to_know.restrict(rival, by=lead, why="x")
    assert [one.has_concern for one in suggestions(case, boss)] == [False] * 3


def test_somebody_who_holds_too_much_comes_after_everybody_else() -> None:
    full = Candidate(
        uuid.uuid4(), "Full", load_of([(Stage.LONG_TERM, Risk.HIGH, 10)]),
        is_on_shift=True, languages=("Somali",),
    )  # fmt: skip
    free = Candidate(uuid.uuid4(), "Free", load_of([]), is_on_shift=False)
    assert [one.name for one in suggest([full, free], Wanted({}, "somali"))] == ["Free", "Full"]


def test_triage_shows_it_to_a_supervisor_and_to_no_worker(session, sign_in, boss, team, case):
    page = sign_in(boss).get(f"/cases/{case.id}/triage")
    assert "Who could take it" in page.words
    assert "0 cases. Load 0 of 30" in page.words
    assert "Who could take it" not in sign_in(team[0]).get(f"/cases/{case.id}/triage").words


def test_a_supervisor_says_what_a_worker_is_good_at(session, sign_in, boss, team):
    url = f"/team/workers/{team[0].id}/profile"
    page = sign_in(boss).submit(url, languages="somali, Gujarati, Somali", skills=["send"])
    assert page.status_code == 302
    shown = sign_in(boss).get(url)
    assert shown.html.xpath("//input[@name='languages']/@value") == ["Somali, Gujarati"]
    row = session.query(AuditRow).filter_by(event=Event.WORKER_PROFILE_SET).one()
    assert row.facts == {"user": str(team[0].id), "skills": ["send"], "languages": 2}
    away = builders.supervisor(builders.team("Away", ()))
    assert sign_in(away).get(url).status_code == 404
    assert sign_in(team[0]).get(url).status_code == 403
