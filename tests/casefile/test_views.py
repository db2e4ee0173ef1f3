"""The page about one case: what it says to whom."""

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.casefile.looking import in_words, looks_in_words
from caseflow.cases.lifecycle import Stage
from caseflow.contacts.actions import log_contact
from caseflow.contacts.rules import Mode, Outcome
from caseflow.kernel import clock as kernel_clock
from caseflow.people import actions as people
from tests import builders
from tests.casefile.counting import statements
from tests.casefile.rich import rich_case

PAGES = ("", "/looks", "/move", "/answer", "/allocate", "/pause", "/reopen")


def matters(page) -> dict[str, str]:
    rows = page.html.xpath("//*[@class='cf-matter']")
    return {
        row.xpath("dt")[0].text_content(): " ".join(row.xpath("dd")[0].text_content().split())
        for row in rows
    }


def masked(data: bytes) -> bytes:
    return re.sub(rb'nonce="[^"]*"|value="[^"]*"', b"", data)


def test_what_matters_now_is_said(session, sign_in, clock) -> None:
    clock("2026-11-03 10:00")
    case = rich_case(builders.worker(name="Ana"))
    clock("2026-11-04 09:00")
    page = sign_in(case.worker).get(f"/cases/{case.id}")
    said = matters(page)
    assert said["Risk"].startswith("Medium Look again by Tue 1 Dec, 10:00")
    assert said["Safety plan"] == "In date Look again by Tue 1 Dec"
    assert "Ring the college with him Thu 5 Nov, 10:00 (tomorrow)" in said["Next"]
    assert said["Agreement"] == "Wants support Young person, spoken, Tue 3 Nov"
    assert "Youth Hub" in said["Who else helps"]
    for words in ("Trauma or surgical ward", "Leicester Royal Infirmary, Ward 17",
                  "Stabbing or cutting. Kitchen knife", "Needed closing"):  # fmt: skip
        assert words in page.words


def test_what_is_out_of_date_is_said(session, sign_in, clock) -> None:
    clock("2026-11-03 10:00")
    case = rich_case(builders.worker())
    clock("2026-12-10 09:00")
    said = matters(sign_in(case.worker).get(f"/cases/{case.id}"))
    assert said["Safety plan"].startswith("Out of date")
    assert "Was to be looked at again by" in said["Risk"]
    assert "Late" in said["Next"]


def test_a_bare_case_says_what_is_missing(session, sign_in) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    said = matters(sign_in(case.worker).get(f"/cases/{case.id}"))
    assert (said["Risk"], said["Safety plan"]) == ("Not assessed yet", "None yet")
    assert said["Who else helps"] == "Nobody yet"


@pytest.mark.parametrize("stage", Stage)
def test_the_page_opens_at_every_stage(session, sign_in, stage) -> None:
    case = builders.case_at(stage) if stage not in (Stage.TRIAGED, Stage.WITHDRAWN) else None
    if case is None:
        case = builders.received_case()
        case.stage = stage
    page = sign_in(builders.supervisor()).get(f"/cases/{case.id}")
    assert page.status_code == 200
    assert stage.label in page.words


@pytest.mark.parametrize(
    ("stage", "worker_sees", "supervisor_sees"),
    [
        (Stage.RECEIVED, "Triage this referral", "Triage this referral"),
        (Stage.ELIGIBLE, "Take this case", "Choose a worker"),
        (Stage.ATTEMPTING, "Log a contact", "Log a contact"),
        (Stage.APPROACHED, "Record their answer", "Record their answer"),
        (Stage.AGREED, "Start support", "Start support"),
        (Stage.LONG_TERM, "Log a contact", "Log a contact"),
        (Stage.COMPLETED, "Record a follow-up", "Record a follow-up"),
        (Stage.INELIGIBLE, "", ""),
        (Stage.DECEASED, "", ""),
    ],
)
def test_one_main_action_for_each_reader(
    session, sign_in, stage, worker_sees, supervisor_sees
) -> None:
    ana = builders.worker()
    case = builders.case_at(stage, held_by=ana)
    for user, words in ((ana, worker_sees), (builders.supervisor(), supervisor_sees)):
        page = sign_in(user).get(f"/cases/{case.id}")
        found = page.html.xpath("//*[contains(@class, 'cf-thumb--page')]")
        assert [" ".join(f.text_content().split()) for f in found] == ([words] if words else [])


def test_a_review_that_is_due_is_the_main_action(session, sign_in, clock) -> None:
    clock("2026-11-03 10:00")
    case = builders.case_at(Stage.LONG_TERM)
    clock.forward(days=28)
    page = sign_in(case.worker).get(f"/cases/{case.id}")
    assert "Hold the review" in page.words


@pytest.mark.parametrize("path", PAGES)
def test_another_teams_case_reads_like_no_case(session, sign_in, path) -> None:
    theirs = builders.case_at(
        Stage.APPROACHED, held_by=builders.worker(builders.team("Other team", ()))
    )
    me = sign_in(builders.supervisor())
    foreign, absent = (
        me.get(f"/cases/{theirs.id}{path}"), me.get(f"/cases/{uuid.uuid4()}{path}")
    )  # fmt: skip
    assert foreign.status_code == absent.status_code == 404
    assert masked(foreign.data) == masked(absent.data)


@pytest.mark.parametrize("path", ["", "/looks", "/move", "/answer", "/allocate", "/pause"])
def test_no_title_carries_a_name(session, sign_in, path) -> None:
    case = builders.case_at(Stage.APPROACHED, of=builders.person(first_name="Zebedee"))
    page = sign_in(builders.supervisor()).get(f"/cases/{case.id}{path}")
    assert page.status_code == 200
    assert "Zebedee" in page.words
    assert "Zebedee" not in page.title
    assert "McTest" not in page.title


def test_names_in_any_script_run_their_own_way(session, sign_in) -> None:
    case = builders.case_at(
        Stage.ATTEMPTING, of=builders.person(first_name="محمد", last_name="علي")
    )
    log_contact(
        case, by=case.worker, happened_at=kernel_clock.now(), outcome=Outcome.NO_ANSWER,
        mode=Mode.PHONE, note="قال إنه سيتصل <script>alert(1)</script> 🙂",
    )  # fmt: skip
    page = sign_in(case.worker).get(f"/cases/{case.id}")
    note = page.html.xpath("//p[contains(@class, 'cf-entry__text') and @dir='auto']")
    assert any("قال إنه سيتصل <script>" in n.text_content() for n in note)


def test_the_number_of_queries_does_not_grow_with_the_case(session, sign_in) -> None:
    case = rich_case(builders.worker())
    ana = sign_in(case.worker)
    ana.get(f"/cases/{case.id}")
    with statements() as few:
        ana.get(f"/cases/{case.id}")
    for n in range(25):
        log_contact(
            case, by=case.worker, happened_at=kernel_clock.now(), outcome=Outcome.NO_ANSWER,
            mode=Mode.PHONE, next_step=f"Try {n}",
            next_step_at=kernel_clock.now() + timedelta(days=n + 1),
        )  # fmt: skip
    session.commit()
    with statements() as many:
        assert ana.get(f"/cases/{case.id}").status_code == 200
    assert len(many) <= len(few)


def test_narrowing_and_paging_remember_each_other(session, sign_in) -> None:
    case = builders.case_at(Stage.ATTEMPTING)
    for n in range(31):
        log_contact(
            case, by=case.worker, happened_at=kernel_clock.now(), outcome=Outcome.NO_ANSWER,
            mode=Mode.PHONE, note=f"try {n}",
        )  # fmt: skip
    ana = sign_in(case.worker)
    page = ana.get(f"/cases/{case.id}?show=contacts")
    following = page.html.xpath("//a[@rel='next']")[0].get("href")
    assert "show=contacts" in following
    second = ana.get(following)
    assert len(second.html.xpath("//*[contains(@class, 'moj-timeline__item')]")) == 1
    for odd in ("?page=0", "?page=-1", "?page=99999999999", "?page=x", "?show=zzz&page=2"):
        assert ana.get(f"/cases/{case.id}{odd}").status_code == 200


# --- who has looked -------------------------------------------------------------------------------


def test_looks_and_changes_are_told_as_sentences(session, sign_in, clock) -> None:
    clock("2026-11-24 10:00")
    case = builders.case_at(Stage.APPROACHED, held_by=builders.worker(name="Ana"))
    ben = sign_in(builders.worker(name="Ben"))
    for _ in range(3):
        ben.get(f"/cases/{case.id}")
    sign_in(case.worker).submit(
        f"/cases/{case.id}/answer",
        answer="agreed", given_by="young_person", method="spoken", start_with="brief",
    )  # fmt: skip
    page = sign_in(case.worker).get(f"/cases/{case.id}/looks")
    assert "Ben looked at the overview, 3 times" in page.words
    assert "Ana moved the case to “Brief support”" in page.words
    assert "Ana looked at recording their answer" in page.words


def test_looking_is_on_record(session, sign_in) -> None:
    case = builders.case_at(Stage.APPROACHED)
    sign_in(case.worker).get(f"/cases/{case.id}")
    row = session.scalars(select(AuditRow).where(AuditRow.event == Event.VIEWED)).one()
    assert (row.case_id, row.actor_id) == (case.id, case.worker_id)


@pytest.mark.parametrize("event", Event)
def test_every_event_has_its_words(event: Event) -> None:
    words = in_words(event, "casefile.show", {})
    assert words
    assert words[0].islower()
    assert "_" not in words


def test_a_day_is_ours_and_nobody_is_caseflow(session) -> None:
    row = AuditRow(
        at=kernel_clock.start_of(kernel_clock.today()) - timedelta(minutes=1),
        event=Event.REMINDER_TOLD, endpoint="command", facts={}, actor_id=None,
    )  # fmt: skip
    [(day, looks)] = looks_in_words([row], {None: ""})
    assert day == kernel_clock.today() - timedelta(days=1)
    assert (looks[0].who, looks[0].is_change) == ("CaseFlow itself", True)


def test_the_name_is_theirs_as_they_like_it(session, sign_in) -> None:
    case = builders.case_at(Stage.AGREED, of=builders.person(first_name="William", last_name="X"))
    people.change_person(case.person, known_as="Bilal")
    page = sign_in(case.worker).get(f"/cases/{case.id}")
    assert page.html.xpath("//h1")[0].text_content().split() == ["Bilal", "X"]


def test_the_safeguarding_lead_decides_who_may_know_and_nothing_else(session, sign_in) -> None:
    case = builders.case_at(Stage.APPROACHED)
    page = sign_in(builders.user(Role.SAFEGUARDING_LEAD)).get(f"/cases/{case.id}")
    doors = page.html.xpath("//ul[@class='cf-can']//a")
    assert [door.text_content() for door in doors] == [
        "Who may know of them",
        "I know somebody in this story",
    ]
    assert page.html.xpath("//*[contains(@class, 'cf-thumb--page')]") == []
