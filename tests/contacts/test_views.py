from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from caseflow.audit import queries as audit
from caseflow.audit.rules import Event
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.contacts import actions, queries
from caseflow.contacts.models import Contact
from caseflow.contacts.rules import Mode, Outcome, Purpose, With, Worry
from caseflow.kernel import clock as kernel_clock
from caseflow.people import actions as people
from caseflow.people.rules import ContactKind, Safe
from caseflow.reviews import queries as due
from caseflow.staff.models import User
from tests import builders
from tests.harness.client import Client
from tests.harness.clock import StoppedClock

pytestmark = pytest.mark.usefixtures("session")
SignIn = Callable[..., Client]
TALKED = {
    "outcome": "talked",
    "talked_by": "phone",
    "minutes": "12",
    "who": ["young_person"],
    "purposes": ["housing", "family"],
    "worried": False,
}


@pytest.fixture
def ana() -> User:
    return builders.worker(name="Ana")


@pytest.fixture
def case(ana: User) -> Case:
    return builders.case_at(Stage.LONG_TERM, held_by=ana)


def new(case: Case) -> str:
    return f"/cases/{case.id}/contacts/new"


def only(case: Case) -> Contact:
    [contact] = queries.contacts_for(case)
    return contact


# --- One screen ----------------------------------------------------------------------------------


def test_no_answer_needs_two_taps(sign_in: SignIn, ana: User, case: Case) -> None:
    answer = sign_in(ana).submit(new(case), outcome="no_answer")
    assert answer.location == f"/cases/{case.id}"
    contact = only(case)
    assert (contact.outcome, contact.mode, contact.minutes) == (Outcome.NO_ANSWER, Mode.PHONE, 0)
    assert contact.people == ["young_person"]


def test_the_form_begins_with_the_way_chosen_last(sign_in: SignIn, ana: User, case: Case) -> None:
    client = sign_in(ana)
    client.submit(new(case), outcome="met", met_at="f2f_school", minutes="5", purposes=["ete"],
                  worried=False)  # fmt: skip
    filled = client.fill(new(case), outcome="no_answer")
    assert filled.data["tried_by"] == ["f2f_school"]
    assert filled.data["met_at"] == ["f2f_school"]


def test_try_again_promises_a_time(
    sign_in: SignIn, clock: StoppedClock, ana: User, case: Case
) -> None:
    clock.forward(minutes=1)
    client = sign_in(ana)
    answer = client.submit(
        new(case), outcome="no_answer", try_again="tomorrow", follow_redirects=True
    )
    assert "Contact saved. Next:" in answer.html.text_content()
    tomorrow = kernel_clock.local(kernel_clock.now()).date() + timedelta(days=1)
    at = kernel_clock.local(only(case).next_step_at or kernel_clock.now())
    assert (at.date(), f"{at:%H:%M}") == (tomorrow, "16:00")
    assert due.next_due(case) is not None


def test_a_time_of_their_own_may_be_picked(sign_in: SignIn, ana: User, case: Case) -> None:
    at = kernel_clock.now().replace(second=0, microsecond=0) + timedelta(days=3)
    sign_in(ana).submit(new(case), outcome="no_answer", try_again="pick", try_again_at=at)
    assert only(case).next_step_at == at


def test_a_talk_is_kept_whole(sign_in: SignIn, ana: User, case: Case) -> None:
    answer = sign_in(ana).submit(
        new(case),
        TALKED,
        note="Fakt: dzwonił 🙂\nمیں واپس کالج",
        their_words="میں ٹھیک ہوں",
        next_step="Ring the school",
        next_when="in_a_week",
    )
    assert answer.status_code == 302
    contact = only(case)
    assert (contact.outcome, contact.mode, contact.minutes) == (Outcome.TALKED, Mode.PHONE, 12)
    assert contact.purposes == ["housing", "family"]
    assert contact.note == "Fakt: dzwonił 🙂\nمیں واپس کالج"
    assert (contact.worry, contact.next_step) == (Worry.NONE, "Ring the school")
    assert contact.next_step_at is not None


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_asks_for_what_it_needs_and_no_more(
    sign_in: SignIn, ana: User, case: Case, outcome: Outcome
) -> None:
    answer = sign_in(ana).submit(new(case), outcome=outcome.value)
    held = {Outcome.TALKED, Outcome.MET, Outcome.THEY_GOT_IN_TOUCH}
    asked = {"minutes", "purposes", "worried"} if outcome in held else set()
    where = {Outcome.MET, Outcome.DID_NOT_ATTEND}
    assert set(answer.errors) == asked | ({"met_at"} if outcome in where else set())


def test_nothing_chosen_is_asked_for(sign_in: SignIn, ana: User, case: Case) -> None:
    answer = sign_in(ana).submit(new(case))
    assert answer.status_code == 422
    assert answer.errors == {"outcome": "Select what happened"}
    assert answer.title.startswith("Error: Log a contact")


def test_a_second_worker_is_a_colleague(sign_in: SignIn, ana: User, case: Case) -> None:
    bo = builders.worker(ana.team, name="Bo")
    stranger = builders.worker(builders.team("Another team"))
    client = sign_in(ana)
    met = TALKED | {"outcome": "met", "met_at": "f2f_home"}
    refused = client.submit(new(case), met | {"second_worker": str(stranger.id)})
    assert set(refused.errors) == {"second_worker"}
    client.submit(new(case), met | {"second_worker": str(bo.id)})
    assert only(case).second_worker is bo


def test_the_purposes_say_when_each_was_last(
    sign_in: SignIn, clock: StoppedClock, ana: User
) -> None:
    clock("2027-03-01 10:00")
    case = builders.case_at(Stage.LONG_TERM, held_by=ana)
    client = sign_in(ana)
    client.submit(new(case), TALKED)
    assert "Housing · last 1 Mar" in client.get(new(case)).words


# --- Bad input -----------------------------------------------------------------------------------


def test_a_note_of_5001_characters_stays_in_the_box(sign_in: SignIn, ana: User, case: Case) -> None:
    note = "ż" * 5_001
    answer = sign_in(ana).submit(new(case), TALKED, note=note)
    assert answer.status_code == 422
    assert answer.errors == {"note": "Note must be 5,000 characters or fewer. You have 1 too many"}
    assert answer.html.xpath("//textarea[@name='note']")[0].text.strip() == note
    assert answer.html.xpath("//input[@name='minutes']/@value") == ["12"]
    assert not queries.contacts_for(case)


def test_what_the_action_refuses_is_said_at_its_field_with_everything_typed(
    sign_in: SignIn, ana: User, case: Case
) -> None:
    answer = sign_in(ana).submit(
        new(case), TALKED, worried=True, worry="noted", their_words="I am scared"
    )
    assert answer.errors == {"note": "Write in the note what worries you."}
    assert "I am scared" in answer.words
    assert not queries.contacts_for(case)


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        (("31", "2", "2027", "10:00"), "The time of the contact must be a real date"),
        (("1", "3", "2099", "10:00"), "The time of the contact must be today or in the past"),
        (("", "3", "2027", "10:00"), "The time of the contact must include a day"),
        (
            ("1", "3", "2020", "10:00"),
            "The contact is more than a day before the referral. Check the date.",
        ),
        (
            ("1", "3", "2024", "half ten"),
            "The time of the contact must have a time like 16:00 or 4pm",
        ),
    ],
)
def test_an_impossible_time_is_said_at_the_field(
    sign_in: SignIn, ana: User, case: Case, boxes: tuple[str, ...], message: str
) -> None:
    names = ("day", "month", "year", "time")
    given = {f"happened_at-{name}": box for name, box in zip(names, boxes, strict=True)}
    client = sign_in(ana)
    filled = client.fill(new(case), outcome="no_answer", note="Rang twice")
    filled.data |= given
    answer = client.send(filled)
    assert answer.errors == {"happened_at": message}
    assert "Rang twice" in answer.words
    assert answer.html.xpath("//details[@open]//input[@id='happened_at-day']")


def test_a_meeting_without_them_is_without_them(sign_in: SignIn, ana: User, case: Case) -> None:
    answer = sign_in(ana).submit(new(case), TALKED, talked_by="multi_agency")
    assert set(answer.errors) == {"who"}


@pytest.mark.parametrize("name", ["outcome", "talked_by", "who", "purposes", "worry", "next_when"])
def test_a_word_that_is_not_on_the_list_is_refused(
    sign_in: SignIn, ana: User, case: Case, name: str
) -> None:
    answer = sign_in(ana).submit(new(case), TALKED | {"worried": True, name: "' OR 1=1 --"})
    assert answer.status_code == 422
    assert name in answer.errors


def test_pressed_twice_it_is_logged_once(sign_in: SignIn, ana: User, case: Case) -> None:
    client = sign_in(ana)
    filled = client.fill(new(case), TALKED)
    first, second = client.send(filled), client.send(filled)
    assert (first.status_code, second.location) == (302, first.location)
    only(case)


# --- Warnings and states -------------------------------------------------------------------------


def test_a_text_where_none_is_safe_is_warned_of(sign_in: SignIn, ana: User, case: Case) -> None:
    client = sign_in(ana)
    warning = "No number or handle is known to be safe to text"
    assert warning in client.get(new(case)).words
    people.save_contact_point(
        case.person, kind=ContactKind.PHONE, value="07700 900123", safe_to_text=Safe.YES
    )
    assert warning not in client.get(new(case)).words


def test_the_move_that_followed_is_said(sign_in: SignIn, ana: User) -> None:
    case = builders.case_at(Stage.ATTEMPTING, held_by=ana)
    answer = sign_in(ana).submit(new(case), TALKED, follow_redirects=True)
    assert "The case is now at “Approached”." in answer.html.text_content()
    assert case.stage is Stage.APPROACHED


def test_a_closed_case_asks_for_no_next_step_and_takes_a_follow_up(
    sign_in: SignIn, ana: User
) -> None:
    case = builders.case_at(Stage.COMPLETED, held_by=ana)
    client = sign_in(ana)
    page = client.get(new(case))
    assert "This case is closed" in page.words
    assert not page.html.xpath("//*[@name='next_when' or @name='try_again']")
    assert client.submit(new(case), outcome="no_answer").status_code == 302
    assert only(case).purposes == ["follow_up"]
    refused = client.submit(new(case), TALKED | {"purposes": ["mentoring"]})
    assert set(refused.errors) == {"purposes"}
    rang = TALKED | {"outcome": "they_got_in_touch", "purposes": ["practical"]}
    assert client.submit(new(case), rang).status_code == 302


def test_a_late_entry_says_so(sign_in: SignIn, clock: StoppedClock, ana: User, case: Case) -> None:
    happened = kernel_clock.now()
    clock.forward(days=2, minutes=1)
    client = sign_in(ana)
    client.submit(new(case), outcome="no_answer", happened_at=happened)
    shown = client.get(f"/cases/{case.id}/contacts/{only(case).id}")
    assert "Written up late" in shown.words


# --- Reading and withdrawing ---------------------------------------------------------------------


def logged(case: Case, by: User, **given: Any) -> Contact:
    usual: dict[str, Any] = {
        "by": by,
        "happened_at": kernel_clock.now(),
        "outcome": Outcome.TALKED,
        "mode": Mode.PHONE,
        "people": [With.YOUNG_PERSON],
        "purposes": [Purpose.HOUSING],
        "minutes": 10,
        "note": "<script>alert(1)</script> said he is fine",
    }
    return actions.log_contact(case, **(usual | given))


def test_a_contact_can_be_read_and_what_was_typed_is_only_text(
    sign_in: SignIn, ana: User, case: Case
) -> None:
    contact = logged(case, ana)
    page = sign_in(ana).get(f"/cases/{case.id}/contacts/{contact.id}")
    assert "<script>alert(1)</script> said he is fine" in page.words
    assert b"<script>alert(1)" not in page.data
    assert case.person.last_name not in page.title
    assert audit.looks_at(case.id)[0].event is Event.VIEWED


def test_a_withdrawn_entry_stays_to_be_read_struck_through(
    sign_in: SignIn, ana: User, case: Case
) -> None:
    contact = logged(case, ana)
    client = sign_in(ana)
    page = f"/cases/{case.id}/contacts/{contact.id}"
    assert client.submit(f"{page}/withdraw", reason="").errors == {
        "reason": "Enter why it is withdrawn"
    }
    assert client.submit(f"{page}/withdraw", reason="Wrong person").status_code == 302
    shown = client.get(page)
    assert shown.html.xpath("//h1/del")
    assert "Wrong person" in shown.words
    assert "said he is fine" in shown.words
    assert "Withdraw this entry" not in shown.words
    again = client.submit(f"{page}/withdraw", reason="Once more")
    assert "withdrawn already" in str(again.errors)


def test_an_entry_is_found_only_under_its_own_case(sign_in: SignIn, ana: User, case: Case) -> None:
    contact = logged(case, ana)
    other = builders.case_at(Stage.LONG_TERM, held_by=ana)
    assert sign_in(ana).get(f"/cases/{other.id}/contacts/{contact.id}").status_code == 404


# --- Who may -------------------------------------------------------------------------------------


def test_another_team_sees_what_it_sees_of_a_case_that_never_was(
    sign_in: SignIn, ana: User, case: Case
) -> None:
    contact = logged(case, ana)
    stranger = sign_in(builders.worker(builders.team("Another team")))
    absent = "00000000-0000-4000-8000-000000000000"
    for path in ("contacts/new", f"contacts/{contact.id}", f"contacts/{contact.id}/withdraw"):
        there, nowhere = (stranger.get(f"/cases/{id_}/{path}") for id_ in (case.id, absent))
        assert (there.status_code, nowhere.status_code) == (404, 404)
        assert there.words == nowhere.words


def test_a_colleague_may_read_but_not_write(sign_in: SignIn, ana: User, case: Case) -> None:
    contact = logged(case, ana)
    colleague = sign_in(builders.worker(ana.team))
    page = colleague.get(f"/cases/{case.id}/contacts/{contact.id}")
    assert page.status_code == 200
    assert "Withdraw this entry" not in page.words
    refused = colleague.get(new(case))
    assert refused.status_code == 403
    assert "the worker who holds it" in refused.words


def test_the_supervisor_writes_and_withdraws_for_the_team(
    sign_in: SignIn, ana: User, case: Case
) -> None:
    lead = sign_in(builders.supervisor(ana.team))
    assert lead.submit(new(case), outcome="no_answer").status_code == 302
    contact = only(case)
    url = f"/cases/{case.id}/contacts/{contact.id}/withdraw"
    assert lead.submit(url, reason="Twice").status_code == 302


# --- In a browser --------------------------------------------------------------------------------


def test_only_what_the_outcome_needs_is_on_the_screen(
    ana: User,
    case: Case,
    page: Page,
    browser_sign_in: Callable[..., None],
    axe: Callable[[Page], None],
) -> None:
    browser_sign_in(page, ana)
    page.goto(new(case))
    expect(page.get_by_label("Minutes")).to_have_count(0)
    expect(page.locator("#note")).to_be_hidden()
    axe(page)
    page.get_by_label("No answer").check()
    expect(page.get_by_text("Try again?")).to_be_visible()
    expect(page.locator("#minutes")).to_be_hidden()
    page.get_by_label("Talked").check()
    expect(page.get_by_text("Try again?")).to_be_hidden()
    page.get_by_label("How long?").fill("1")
    page.get_by_label("Safety planning").check()
    page.locator("#note").fill("Their words: ٹھیک ہے")
    page.get_by_role("group", name="Any worry about safety?").get_by_label("Yes").check()
    expect(page.get_by_text("Tell your safeguarding lead today")).to_be_visible()
    axe(page)
    page.get_by_role("group", name="Any worry about safety?").get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Save contact").click()
    expect(page.get_by_text("Contact saved.")).to_be_visible()
    axe(page)


def test_a_mistake_leads_to_its_field_with_everything_still_there(
    ana: User,
    case: Case,
    page: Page,
    browser_sign_in: Callable[..., None],
    axe: Callable[[Page], None],
) -> None:
    browser_sign_in(page, ana)
    page.goto(new(case))
    page.get_by_label("Met", exact=True).check()
    page.locator("#note").fill("Fact: at his gran's")
    page.get_by_role("button", name="Save contact").click()
    page.get_by_role("link", name="Enter how many minutes it took").click()
    expect(page.locator("#minutes")).to_be_focused()
    expect(page.locator("#note")).to_have_value("Fact: at his gran's")
    axe(page)
