from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from caseflow.access.permissions import Role
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.rules import NeedDomain
from caseflow.kernel import clock as time
from caseflow.people import actions as people
from caseflow.people.rules import ConsentMethod, ConsentPurpose, Decision, GivenBy
from caseflow.plans import actions, queries
from caseflow.plans.rules import OnwardStatus, Owner
from caseflow.services import actions as services
from caseflow.services.models import Service
from caseflow.staff.models import User
from tests import builders

D, S = NeedDomain, OnwardStatus


@pytest.fixture
def worker(session: Session) -> User:
    return builders.worker()


@pytest.fixture
def case(worker: User) -> Case:
    return builders.case_at(Stage.LONG_TERM, held_by=worker)


@pytest.fixture
def mentoring(worker: User) -> Service:
    return services.add_service(
        by=worker, agency="Made-up Trust", name="Mentoring", domains=[D.PEERS, D.EDUCATION],
        youngest=11, oldest=18, verified_on=time.today(),
    )  # fmt: skip


def agreed_to_share(case: Case, by: User, agency: str) -> None:
    people.record_consent(
        case.person, by=by, purpose=ConsentPurpose.SHARE, decision=Decision.GIVEN, agency=agency,
        given_by=GivenBy.YOUNG_PERSON, method=ConsentMethod.SPOKEN, competence_note="Clear",
    )  # fmt: skip


def test_an_empty_plan_says_what_would_be_here(case, worker, sign_in) -> None:
    words = sign_in(worker).get(f"/cases/{case.id}/plan").words
    assert "Up to 3 goals in their own words" in words
    assert "What will be done, who does it and by when" in words
    assert "a referral made is not yet help" in words


def test_a_goal_is_set_rated_and_ended(case, worker, sign_in) -> None:
    client = sign_in(worker)
    client.submit(f"/cases/{case.id}/goals/new", their_words="كلية من جديد 🎓", rating="2")
    (goal,) = queries.live_goals(case)
    client.submit(f"/cases/{case.id}/goals/{goal.id}/rate", rating="6")
    page = client.get(f"/cases/{case.id}/plan")
    assert "كلية من جديد 🎓" in page.words
    assert "2 to 6 of 10" in page.words
    client.submit(f"/cases/{case.id}/plan", form=f"/cases/{case.id}/goals/{goal.id}/end")
    assert queries.live_goals(case) == []
    client.submit(f"/cases/{case.id}/plan", form=f"/cases/{case.id}/goals/{goal.id}/resume")
    assert queries.live_goals(case) == [goal]


def test_a_fourth_goal_comes_back_with_its_words(case, worker, sign_in) -> None:
    for number in range(3):
        actions.add_goal(case, by=worker, their_words=f"Goal {number}")
    client = sign_in(worker)
    assert "Add a goal" not in client.get(f"/cases/{case.id}/plan").words
    answer = client.submit(f"/cases/{case.id}/goals/new", their_words="One more")
    assert answer.status_code == 422
    assert "3 goals at a time" in answer.errors["their_words"]
    assert answer.html.xpath("//textarea")[0].value.strip() == "One more"


def test_an_action_is_added_done_and_taken_back(case, worker, sign_in) -> None:
    goal = actions.add_goal(case, by=worker, their_words="College")
    client, tomorrow = sign_in(worker), time.today() + timedelta(days=1)
    client.submit(
        f"/cases/{case.id}/actions/new", what="Ring the tutor", owner="worker", due_on=tomorrow,
        goal=str(goal.id),
    )  # fmt: skip
    (action,) = queries.actions_of(case)
    assert (action.owner, action.due_on, action.goal_id) == (Owner.WORKER, tomorrow, goal.id)
    done = f"/cases/{case.id}/actions/{action.id}"
    client.submit(f"/cases/{case.id}/plan", form=f"{done}/done")
    assert action.done_at is not None
    client.submit(f"/cases/{case.id}/plan", form=f"{done}/reopen")
    assert action.done_at is None


def test_an_action_in_the_past_is_a_message_at_its_field(case, worker, sign_in) -> None:
    answer = sign_in(worker).submit(
        f"/cases/{case.id}/actions/new", what="Ring", owner="worker",
        due_on=time.today() - timedelta(days=1),
    )  # fmt: skip
    assert answer.errors == {"due_on": "The day it is due must be today or in the future"}
    assert answer.html.xpath("//textarea")[0].value.strip() == "Ring"


def test_a_double_click_adds_one_goal(case, worker, sign_in) -> None:
    client = sign_in(worker)
    filled = client.fill(f"/cases/{case.id}/goals/new", their_words="Sleep")
    assert client.send(filled).location == client.send(filled).location
    assert len(queries.live_goals(case)) == 1


def test_suggestions_come_by_need_and_age(case, worker, mentoring, sign_in) -> None:
    services.add_service(
        by=worker, agency="Adult Trust", name="Grown up", domains=[D.PEERS],
        youngest=18, oldest=25,
    )  # fmt: skip
    client = sign_in(worker)
    page = client.get(f"/cases/{case.id}/onward/new?need=peers")
    assert "Peers and community, at 16: 1 service" in page.words
    assert "Mentoring" in page.words
    assert "For other ages (1)" in page.words
    none = client.get(f"/cases/{case.id}/onward/new?need=legal")
    assert "No service in the directory helps with this" in none.words
    assert client.get(f"/cases/{case.id}/onward/new?need=").errors == {"need": "Select the need"}
    assert client.get(f"/cases/{case.id}/onward/new?need=x").status_code == 422


def test_a_referral_goes_out_and_comes_home(case, worker, mentoring, sign_in) -> None:
    client = sign_in(worker)
    form = f"/cases/{case.id}/onward/new/{mentoring.id}?need=peers"
    assert "No agreement to share with Made-up Trust" in client.get(form).words
    assert client.submit(form, method="Phone").location == f"/cases/{case.id}/plan"
    (onward,) = queries.onward_of(case)
    assert (onward.domain, onward.method) == (D.PEERS, "Phone")
    assert "No agreement to share recorded" in client.get(f"/cases/{case.id}/plan").words

    agreed_to_share(case, worker, "Made-up Trust")
    client.submit(f"/cases/{case.id}/onward/{onward.id}", status="attended_first")
    page = client.get(f"/cases/{case.id}/plan")
    assert "Attended the first appointment" in page.words
    assert "No agreement" not in page.words


def test_a_refusal_without_a_reason_comes_back(case, worker, mentoring, sign_in) -> None:
    onward = actions.refer_onward(case, by=worker, service=mentoring, domain=D.PEERS)
    answer = sign_in(worker).submit(f"/cases/{case.id}/onward/{onward.id}", status="refused")
    assert answer.errors == {"reason": "Enter why they refused"}


def test_a_stale_status_page_shows_the_news_and_keeps_the_words(
    case, worker, mentoring, sign_in
) -> None:
    onward = actions.refer_onward(case, by=worker, service=mentoring, domain=D.PEERS)
    client = sign_in(worker)
    mine = client.fill(f"/cases/{case.id}/onward/{onward.id}", status="refused", reason="Full")
    actions.change_status(onward, by=worker, status=S.ACCEPTED)
    answer = client.send(mine)
    assert answer.status_code == 409
    assert "“Accepted” since you opened the page" in answer.errors[""]
    assert answer.html.xpath("//textarea[@id='reason']")[0].value.strip() == "Full"
    mine.data["was"] = answer.html.xpath("//input[@name='was']/@value")[0]
    assert client.send(mine).status_code == 302
    assert onward.status is S.REFUSED


def test_silence_for_28_days_shows(case, worker, mentoring, sign_in, clock) -> None:
    actions.refer_onward(case, by=worker, service=mentoring, domain=D.PEERS)
    clock.forward(days=30)
    assert "No news for 30 days" in sign_in(worker).get(f"/cases/{case.id}/plan").words


# --- who may -------------------------------------------------------------------------------

FORMS = ("goals/new", "actions/new", "onward/new")


@pytest.mark.parametrize("page", ["plan", *FORMS])
def test_another_team_does_not_learn_that_the_case_exists(case, sign_in, page) -> None:
    stranger = builders.worker(builders.team("Custody team", ()))
    assert sign_in(stranger).get(f"/cases/{case.id}/{page}").status_code == 404


def test_a_colleague_reads_and_does_not_write(case, worker, sign_in) -> None:
    actions.add_goal(case, by=worker, their_words="College")
    actions.add_action(case, by=worker, what="Ring", owner=Owner.WORKER)
    client = sign_in(builders.worker(worker.team))
    page = client.get(f"/cases/{case.id}/plan")
    assert "College" in page.words
    assert not page.html.xpath("//main//form")
    for form in FORMS:
        assert client.get(f"/cases/{case.id}/{form}").status_code == 403


@pytest.mark.parametrize("role", [Role.PROGRAMME_MANAGER, Role.POLICE_LIAISON, Role.ADMINISTRATOR])
def test_other_roles_do_not_get_in(case, sign_in, role) -> None:
    answer = sign_in(builders.user(role)).get(f"/cases/{case.id}/plan")
    assert answer.status_code in (403, 404)


def test_a_closed_case_refuses_every_form_and_shows_no_button(worker, sign_in) -> None:
    closed = builders.case_at(Stage.COMPLETED, held_by=worker)
    client = sign_in(worker)
    for form in FORMS:
        refused = client.get(f"/cases/{closed.id}/{form}")
        assert refused.status_code == 403
        assert "closed" in refused.words
    assert not client.get(f"/cases/{closed.id}/plan").html.xpath("//main//form")


def test_records_of_another_case_are_not_found(case, worker, mentoring, sign_in) -> None:
    other = builders.case_at(Stage.LONG_TERM, held_by=worker)
    goal = actions.add_goal(case, by=worker, their_words="College")
    onward = actions.refer_onward(case, by=worker, service=mentoring, domain=D.PEERS)
    client = sign_in(worker)
    assert client.get(f"/cases/{other.id}/goals/{goal.id}/rate").status_code == 404
    assert client.get(f"/cases/{other.id}/onward/{onward.id}").status_code == 404


# --- in a browser --------------------------------------------------------------------------


def test_the_plan_is_made_on_a_phone_and_on_a_laptop(
    session, case, worker, mentoring, page, browser_sign_in, axe
) -> None:
    browser_sign_in(page, worker)
    page.goto(f"/cases/{case.id}/plan")
    axe(page)
    page.get_by_role("button", name="Add a goal").click()
    axe(page)
    page.get_by_label("The goal, in their words").fill("I want college back")
    page.get_by_label("3", exact=True).check()
    page.get_by_role("button", name="Save the goal").click()
    page.get_by_role("paragraph").filter(has_text="3 of 10").wait_for()
    page.get_by_role("button", name="Rate today").click()
    page.get_by_label("7", exact=True).check()
    axe(page)
    page.get_by_role("button", name="Save the rating").click()
    page.get_by_role("paragraph").filter(has_text="3 to 7 of 10").wait_for()
    page.get_by_role("button", name="Add an action").click()
    page.get_by_label("What will be done?").fill("Ring the tutor")
    page.get_by_label("Family").check()
    axe(page)
    page.get_by_role("button", name="Save the action").click()
    page.get_by_text("Ring the tutor").first.wait_for()
    page.get_by_role("button", name="Refer to a service").click()
    page.get_by_label("For which need?").select_option("education")
    page.get_by_role("button", name="Show who can help").click()
    axe(page)
    page.get_by_role("button", name="Refer to Mentoring").click()
    axe(page)
    page.get_by_role("button", name="Save the referral").click()
    page.get_by_role("button", name="What happened").click()
    axe(page)
    page.get_by_label("Refused").check()
    page.get_by_label("Why did they refuse?").fill("Full until June")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Full until June").wait_for()
    axe(page)
    page.get_by_role("button", name="Done").click()
    page.get_by_text("It is kept under “Done”").wait_for()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
