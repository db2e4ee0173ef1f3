"""Moving a case on, through the screens."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.access.grants import GRANTS, Relation
from caseflow.access.permissions import Permission, Role
from caseflow.casefile import actions
from caseflow.casefile.rules import StartWith
from caseflow.cases import actions as cases
from caseflow.cases import queries as case_queries
from caseflow.cases.lifecycle import Stage
from caseflow.contacts.actions import log_contact
from caseflow.contacts.rules import Mode, Outcome
from caseflow.kernel import clock as kernel_clock
from caseflow.kernel.errors import Problem
from caseflow.people import queries as people
from caseflow.people.models import Consent
from caseflow.people.rules import ConsentMethod, ConsentPurpose, GivenBy
from caseflow.reviews.models import DueItem
from caseflow.reviews.rules import DueKind, DueState
from tests import builders


def choices(page) -> list[str]:
    return [box.get("value") for box in page.html.xpath("//input[@name='stage']")]


def last_reason(case) -> str:
    return case_queries.stage_changes(case)[-1].reason


def aged(years: int):
    return builders.person(born_on=builders.born(years))


# --- their answer ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start_with", "stage"),
    [("brief", Stage.BRIEF), ("long_term", Stage.LONG_TERM), ("later", Stage.AGREED)],
)
def test_a_yes_is_a_consent_and_the_stage(session, sign_in, start_with, stage) -> None:
    case = builders.case_at(Stage.APPROACHED)
    answer = sign_in(case.worker).submit(
        f"/cases/{case.id}/answer",
        answer="agreed", given_by="young_person", method="spoken", start_with=start_with,
    )  # fmt: skip
    assert answer.location == f"/cases/{case.id}"
    assert case.stage is stage
    consent = people.consent_in_force(case.person, ConsentPurpose.SUPPORT)
    assert (consent.given_by, consent.method) == (GivenBy.YOUNG_PERSON, ConsentMethod.SPOKEN)
    assert builders.stages_of(case)[-1] is stage


def test_at_14_it_is_written_down_why_they_could_decide(session, sign_in) -> None:
    case = builders.case_at(Stage.APPROACHED, of=aged(14))
    ana = sign_in(case.worker)
    yes = {"answer": "agreed", "given_by": "young_person", "method": "spoken",
           "start_with": "brief"}  # fmt: skip
    refused = ana.submit(f"/cases/{case.id}/answer", yes)
    assert refused.status_code == 422
    assert refused.errors.keys() == {"competence_note"}
    assert case.stage is Stage.APPROACHED
    ana.submit(f"/cases/{case.id}/answer", yes, competence_note="Weighed it up, said it back")
    assert case.stage is Stage.BRIEF
    consent = people.consent_in_force(case.person, ConsentPurpose.SUPPORT)
    assert consent.competence_note == "Weighed it up, said it back"


def test_a_parents_yes_needs_no_such_note(session, sign_in) -> None:
    case = builders.case_at(Stage.APPROACHED, of=aged(14))
    sign_in(case.worker).submit(
        f"/cases/{case.id}/answer",
        answer="agreed", given_by="parent", method="written", start_with="later",
    )  # fmt: skip
    assert case.stage is Stage.AGREED


@pytest.mark.parametrize(("years", "asked"), [(12, False), (13, True), (15, True), (16, False)])
def test_the_question_is_asked_from_13_to_15(session, sign_in, years, asked) -> None:
    case = builders.case_at(Stage.APPROACHED, of=aged(years))
    page = sign_in(case.worker).get(f"/cases/{case.id}/answer")
    assert bool(page.html.xpath("//textarea[@name='competence_note']")) is asked
    assert ("Under 13" in page.words) is (years < 13)


def test_a_no_is_kept_in_their_words(session, sign_in) -> None:
    case = builders.case_at(Stage.APPROACHED)
    sign_in(case.worker).submit(
        f"/cases/{case.id}/answer",
        answer="declined", declined_for="now", words="Not while my nan is ill", left_leaflet=True,
    )  # fmt: skip
    assert case.stage is Stage.DECLINED
    assert last_reason(case) == (
        "No for now; may be asked again. A leaflet or number was left. Not while my nan is ill"
    )
    assert session.scalars(select(Consent)).all() == []


def test_not_yet_moves_nothing_and_asks_again(session, sign_in, clock) -> None:
    clock("2026-11-24 10:00")
    case = builders.case_at(Stage.APPROACHED)
    ana = sign_in(case.worker)
    again = kernel_clock.now() + timedelta(days=2)
    ana.submit(f"/cases/{case.id}/answer", answer="not_yet", ask_again_at=again)
    assert case.stage is Stage.APPROACHED
    item = session.scalars(select(DueItem).where(DueItem.kind == DueKind.NEXT_STEP)).one()
    assert (item.due_at, item.what) == (again, "Ask again about support")
    ana.submit(
        f"/cases/{case.id}/answer",
        answer="agreed", given_by="young_person", method="phone", start_with="later",
    )  # fmt: skip
    assert item.state is DueState.DONE


def test_what_was_typed_comes_back(session, sign_in) -> None:
    case = builders.case_at(Stage.APPROACHED)
    page = sign_in(case.worker).submit(
        f"/cases/{case.id}/answer", answer="declined", words="Leave me be"
    )
    assert page.status_code == 422
    assert page.errors.keys() == {"declined_for", "left_leaflet"}
    assert "Leave me be" in page.html.xpath("//textarea[@name='words']")[0].text_content()


def test_an_answer_is_asked_for_only_once_approached(session, sign_in) -> None:
    case = builders.case_at(Stage.ATTEMPTING)
    assert sign_in(case.worker).get(f"/cases/{case.id}/answer").location == f"/cases/{case.id}"


def test_the_same_answer_sent_twice_counts_once(session, sign_in) -> None:
    case = builders.case_at(Stage.APPROACHED)
    ana = sign_in(case.worker)
    filled = ana.fill(
        f"/cases/{case.id}/answer",
        answer="agreed", given_by="young_person", method="spoken", start_with="later",
    )  # fmt: skip
    assert ana.send(filled).location == ana.send(filled).location
    assert len(session.scalars(select(Consent)).all()) == 1


def test_a_person_who_did_not_understand_is_refused_by_the_action_too(session) -> None:
    case = builders.case_at(Stage.APPROACHED, of=aged(13))
    with pytest.raises(Problem, match="Gillick"):
        actions.record_agreement(
            case, by=case.worker, given_by=GivenBy.YOUNG_PERSON, method=ConsentMethod.SPOKEN,
            start_with=StartWith.BRIEF,
        )  # fmt: skip


# --- other moves ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "offered", "not_yet"),
    [
        (Stage.ELIGIBLE, {"transferred", "deceased", "moved", "no_longer_safe", "withdrawn"},
         {"Trying to reach"}),
        (Stage.ATTEMPTING, {"transferred", "deceased", "moved", "no_longer_safe", "withdrawn"},
         {"Approached", "Unable to contact"}),
        (Stage.APPROACHED, {"transferred", "deceased", "moved", "no_longer_safe", "withdrawn"},
         {"Unable to contact"}),
        (Stage.AGREED, {"brief", "long_term"}, set()),
        (Stage.BRIEF, {"long_term"}, set()),
        (Stage.LONG_TERM, set(), set()),
        (Stage.RECEIVED, set(), set()),
    ],
)  # fmt: skip
def test_only_what_is_possible_is_offered(session, sign_in, stage, offered, not_yet) -> None:
    case = builders.case_at(stage)
    page = sign_in(builders.supervisor()).get(f"/cases/{case.id}/move")
    assert set(choices(page)) == offered
    blocked = page.html.xpath("//ul[@class='cf-blocked']//strong")
    assert {words.text_content() for words in blocked} == not_yet


def test_a_worker_is_not_offered_what_only_a_supervisor_may(session, sign_in) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    page = sign_in(case.worker).get(f"/cases/{case.id}/move")
    assert choices(page) == []
    assert "End support" in page.words


def test_the_words_say_what_stands_in_the_way(session, sign_in, clock) -> None:
    clock("2026-11-01 10:00")
    case = builders.case_at(Stage.ATTEMPTING)
    log_contact(
        case, by=case.worker, happened_at=kernel_clock.now(), outcome=Outcome.NO_ANSWER,
        mode=Mode.PHONE,
    )  # fmt: skip
    clock.forward(days=3)
    page = sign_in(case.worker).get(f"/cases/{case.id}/move")
    assert "So far 1 by 1 over 3 days." in page.words
    assert "A voicemail is not an approach." in page.words


def test_three_tries_two_ways_a_fortnight_and_it_is_offered(session, sign_in, clock) -> None:
    clock("2026-11-01 10:00")
    case = builders.case_at(Stage.ATTEMPTING)
    for mode in (Mode.PHONE, Mode.F2F_HOME, Mode.PHONE):
        log_contact(
            case, by=case.worker, happened_at=kernel_clock.now(), outcome=Outcome.NO_ANSWER,
            mode=mode,
        )  # fmt: skip
        clock.forward(days=7)
    ana = sign_in(case.worker)
    refused = ana.submit(f"/cases/{case.id}/move", stage="unable_to_contact")
    assert refused.errors == {"reason": "Enter a reason"}
    ana.submit(f"/cases/{case.id}/move", stage="unable_to_contact", reason="Number is dead")
    assert (case.stage, last_reason(case)) == (Stage.UNABLE_TO_CONTACT, "Number is dead")


def test_a_move_needs_its_own_permission_beside_the_pages(session, sign_in, monkeypatch) -> None:
    """Withdrawing is a triage: whoever may move and not triage is not offered it."""
    case = builders.case_at(Stage.ATTEMPTING)
    client = sign_in(case.worker)
    assert "withdrawn" in choices(client.get(f"/cases/{case.id}/move"))
    filled = client.fill(f"/cases/{case.id}/move", stage="withdrawn", reason="Sent twice")
    monkeypatch.setitem(GRANTS, Permission.TRIAGE, {Role.SUPERVISOR: Relation.TEAM})
    assert "withdrawn" not in choices(client.get(f"/cases/{case.id}/move"))
    assert client.send(filled).status_code == 422


def test_a_move_that_is_not_offered_is_refused(session, sign_in) -> None:
    case = builders.case_at(Stage.ATTEMPTING)
    page = sign_in(case.worker).submit(f"/cases/{case.id}/move", stage="completed", reason="x")
    assert page.status_code == 422
    assert case.stage is Stage.ATTEMPTING


def test_a_move_from_an_old_page_is_refused_and_keeps_the_words(session, sign_in) -> None:
    case = builders.case_at(Stage.BRIEF)
    ana = sign_in(case.worker)
    filled = ana.fill(f"/cases/{case.id}/move", stage="long_term", reason="Needs longer")
    cases.pause(case, reason="Remand")
    answer = ana.send(filled)
    assert answer.status_code == 409
    assert "Needs longer" in answer.words
    assert case.stage is Stage.BRIEF


@pytest.mark.parametrize("stage", [Stage.DECLINED, Stage.UNABLE_TO_CONTACT])
def test_a_no_may_be_taken_up_again_with_a_reason(session, sign_in, stage) -> None:
    case = builders.case_at(stage)
    ana = sign_in(case.worker)
    assert "Try again" in ana.get(f"/cases/{case.id}").words
    assert ana.submit(f"/cases/{case.id}/reopen").errors.keys() == {"reason"}
    ana.submit(f"/cases/{case.id}/reopen", reason="His aunt rang")
    assert (case.stage, case.ended_at) == (Stage.ATTEMPTING, None)
    assert last_reason(case) == "His aunt rang"


@pytest.mark.parametrize("stage", [Stage.COMPLETED, Stage.INELIGIBLE, Stage.LONG_TERM])
def test_nothing_else_is_taken_up_again(session, sign_in, stage) -> None:
    case = builders.case_at(stage)
    answer = sign_in(builders.supervisor()).get(f"/cases/{case.id}/reopen")
    assert answer.location == f"/cases/{case.id}"


def test_a_closed_case_refuses_to_move(session, sign_in) -> None:
    case = builders.case_at(Stage.COMPLETED)
    answer = sign_in(case.worker).get(f"/cases/{case.id}/move")
    assert answer.status_code == 403
    assert "This case is closed" in answer.words


def test_a_colleague_may_look_and_not_move(session, sign_in) -> None:
    case = builders.case_at(Stage.APPROACHED)
    colleague = sign_in(builders.worker())
    page = colleague.get(f"/cases/{case.id}")
    assert page.status_code == 200
    assert "Record their answer" not in page.words
    for path in ("move", "answer", "allocate", "pause"):
        assert colleague.get(f"/cases/{case.id}/{path}").status_code == 403


# --- who holds it ---------------------------------------------------------------------------------


def test_whoever_has_most_room_comes_first(session, sign_in) -> None:
    busy, free = builders.worker(name="Busy"), builders.worker(name="Free")
    builders.case_at(Stage.LONG_TERM, held_by=busy)
    case = builders.case_at(Stage.ELIGIBLE, held_by=busy)
    lead = builders.supervisor(name="Lead")
    page = sign_in(lead).get(f"/cases/{case.id}/allocate")
    names = [label.text for label in page.html.xpath("//label[contains(@class, 'radios')]")]
    assert names == ["Free", "Lead", "Busy"]
    assert "1 case. Load 2 of 30" in page.words
    sign_in(lead).submit(f"/cases/{case.id}/allocate", worker=str(free.id), reason="Speaks Somali")
    assert case.worker.id == free.id


def test_two_supervisors_at_once(session, sign_in) -> None:
    one, two = builders.worker(), builders.worker()
    case = builders.case_at(Stage.ELIGIBLE, held_by=one)
    lead = sign_in(builders.supervisor())
    late = lead.fill(f"/cases/{case.id}/allocate", worker=str(two.id), reason="For her")
    lead.submit(f"/cases/{case.id}/allocate", worker=str(one.id))
    answer = lead.send(late)
    assert answer.status_code == 409
    assert "Somebody changed this case" in answer.words
    assert case.worker.id == one.id


def test_nobody_of_another_team_can_be_chosen(session, sign_in) -> None:
    case = builders.case_at(Stage.ELIGIBLE)
    foreigner = builders.worker(builders.team("Other team", ()))
    page = sign_in(builders.supervisor()).submit(
        f"/cases/{case.id}/allocate", worker=str(foreigner.id)
    )
    assert page.status_code == 422
    assert case.worker is None


def test_a_worker_takes_what_nobody_holds(session, sign_in) -> None:
    case = builders.case_at(Stage.ELIGIBLE)
    ana = builders.worker()
    client = sign_in(ana)
    client.submit(f"/cases/{case.id}", form=f"/cases/{case.id}/take")
    assert case.worker.id == ana.id
    page = sign_in(builders.worker()).get(f"/cases/{case.id}")
    assert "Take this case" not in page.words


def test_what_somebody_holds_is_not_taken(session) -> None:
    case = builders.case_at(Stage.ATTEMPTING)
    with pytest.raises(Problem, match="already"):
        actions.take(case, by=builders.worker())


# --- the pause ------------------------------------------------------------------------------------


def test_pause_and_take_up_again(session, sign_in) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    ana = sign_in(case.worker)
    assert ana.submit(f"/cases/{case.id}/pause").errors.keys() == {"reason"}
    ana.submit(f"/cases/{case.id}/pause", reason="On remand")
    page = ana.get(f"/cases/{case.id}")
    assert "The clock stands still" in page.words
    assert "On remand" in page.words
    assert ana.get(f"/cases/{case.id}/pause").location == f"/cases/{case.id}"
    ana.submit(f"/cases/{case.id}", form=f"/cases/{case.id}/resume")
    assert case.paused_at is None
    with pytest.raises(Problem):
        actions.resume(case)


@pytest.mark.parametrize("role", [Role.SAFEGUARDING_LEAD])
def test_the_safeguarding_lead_reads_and_moves_nothing(session, sign_in, role) -> None:
    case = builders.case_at(Stage.APPROACHED)
    lead = sign_in(builders.user(role))
    assert lead.get(f"/cases/{case.id}").status_code == 200
    assert lead.get(f"/cases/{case.id}/answer").status_code == 403


def test_words_typed_while_somebody_else_was_quicker_stay_in_the_form(session, sign_in) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    me = sign_in(case.worker)
    late = me.fill(f"/cases/{case.id}/pause", reason="He is on remand in Glen Parva")
    cases.pause(case, reason="Remand")
    answer = me.send(late)
    assert answer.status_code == 409
    assert "He is on remand in Glen Parva" in answer.html.xpath("//textarea/text()")[0]
    assert case.pause_reason == "Remand"


def test_a_no_that_comes_too_late_keeps_its_words(session, sign_in) -> None:
    case = builders.case_at(Stage.APPROACHED)
    me = sign_in(case.worker)
    said = {"answer": "declined", "declined_for": "now", "words": "Leave me alone"}
    late = me.fill(f"/cases/{case.id}/answer", left_leaflet=True, **said)
    cases.move(case, Stage.AGREED, by=case.worker, reason="Moved", facts=builders.ALL)
    answer = me.send(late)
    assert answer.status_code == 409
    assert "Leave me alone" in "".join(answer.html.xpath("//textarea/text()"))
