"""T16. An emergency opening: to read, for an hour, told of at once, reviewed within three days."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from caseflow import scheduler
from caseflow.access.permissions import Permission, Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases import glass, need_to_know, openings
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import BreakGlass, Case
from caseflow.cases.openings import Wanted
from caseflow.cases.rules import GlassFinding, GlassReason
from caseflow.kernel import clock as time
from caseflow.kernel.errors import Problem
from caseflow.kernel.settings import change_setting
from caseflow.notices.models import InboxItem
from caseflow.people.rules import BornPrecision
from caseflow.staff import actions as staff
from caseflow.staff.models import User
from tests import builders

WHY = "He is at reception, bleeding, and asks for his worker by name"
FIRST, LAST = "Zephaniah", "Quillfeather"


@pytest.fixture
def now(clock):
    return clock("2026-11-24 10:00")


@pytest.fixture
def people(session, now) -> dict[str, User]:
    ours, theirs = builders.team(), builders.team("Other team", ())
    return {
        "worker": builders.worker(theirs, name="Wanda Holder"),
        "supervisor": builders.supervisor(theirs, name="Sunil Theirs"),
        "lead": builders.user(Role.SAFEGUARDING_LEAD, name="Lena Lead"),
        "governance": builders.user(Role.INFORMATION_GOVERNANCE, name="Gita Records"),
        "ana": builders.worker(ours, name="Ana Elsewhere"),
    }


@pytest.fixture
def case(people) -> Case:
    person = builders.person(first_name=FIRST, last_name=LAST)
    return builders.case_at(Stage.LONG_TERM, held_by=people["worker"], of=person)


def opened(user: User, case: Case) -> BreakGlass:
    opening = glass.break_glass(
        user, Wanted(reference=case.reference), code=GlassReason.ARRIVED, reason=WHY
    )
    assert opening is not None
    return opening


def ask(client, **fields):
    usual = {"code": GlassReason.ARRIVED.value, "reason": WHY}
    return client.submit("/emergency", **(usual | fields))


def masked(page, *words: str) -> bytes:
    """Without what is random in every page, and what was typed."""
    data = re.sub(
        rb'(nonce="|name="csrf_token"[^>]*value="|name="form_key"[^>]*value=")[^"]*', b"", page.data
    )
    for word in words:
        data = data.replace(word.encode(), b"TYPED")
    return data


def events(session, user: User) -> list[Event]:
    rows = session.scalars(select(AuditRow).where(AuditRow.actor_id == user.id))
    return [row.event for row in rows]


# --- Opening -------------------------------------------------------------------------------------


def test_a_case_opens_by_reference_and_every_page_says_so(session, sign_in, people, case) -> None:
    client = sign_in(people["ana"])
    assert client.get(f"/cases/{case.id}").status_code == 404
    assert ask(client, reference=f" {case.reference.lower()} ").location == f"/cases/{case.id}"
    for path in ("", "/person", "/needs", "/plan", "/safety", "/reviews", "/closing"):
        page = client.get(f"/cases/{case.id}{path}")
        assert page.status_code == 200, path
        assert "You opened this case in an emergency" in page.words
        assert "60 more minutes" in page.words
        assert not {"Assess", "Make one"} & {link.text for link in page.html.xpath("//main//a")}
        assert b"cf-body--glass" in page.data


def test_each_look_says_that_it_was_by_an_opening(session, sign_in, people, case) -> None:
    client = sign_in(people["ana"])
    ask(client, reference=case.reference)
    client.get(f"/cases/{case.id}")
    sign_in(people["worker"]).get(f"/cases/{case.id}")
    looks = session.scalars(select(AuditRow).where(AuditRow.event == Event.VIEWED)).all()
    assert {(row.actor_id, row.facts.get("by_glass", False)) for row in looks} == {
        (people["ana"].id, True), (people["worker"].id, False),
    }  # fmt: skip


def test_a_case_opens_by_exact_name_and_birthday(session, sign_in, people, case) -> None:
    client = sign_in(people["ana"])
    near = case.person.born_on + timedelta(days=1)
    for first, last, born in [(FIRST, LAST, near), (FIRST[:4], LAST, case.person.born_on)]:
        page = ask(client, first_name=first, last_name=last, born=born)
        assert "No case was opened" in page.words
    page = ask(client, first_name=FIRST.lower(), last_name=LAST, born=case.person.born_on)
    assert page.location == f"/cases/{case.id}"


def test_two_young_people_of_one_name_and_birthday_open_neither(people, case, session) -> None:
    twin = builders.person(first_name=FIRST, last_name=LAST, born_on=case.person.born_on)
    builders.case_at(Stage.AGREED, held_by=people["worker"], of=twin)
    wanted = Wanted("", FIRST, LAST, case.person.born_on)
    ana = people["ana"]
    assert glass.break_glass(ana, wanted, code=GlassReason.THREAT, reason=WHY) is None


def test_of_several_episodes_the_open_one_is_read(people, session, clock) -> None:
    person = builders.person(first_name=FIRST, last_name=LAST)
    builders.case_at(Stage.DECLINED, held_by=people["worker"], of=person)
    now_open = builders.case_at(Stage.AGREED, held_by=people["worker"], of=person)
    clock.forward(hours=1)
    builders.case_at(Stage.DECLINED, held_by=people["worker"], of=person)
    wanted = Wanted("", FIRST, LAST, person.born_on)
    opening = glass.break_glass(people["ana"], wanted, code=GlassReason.THREAT, reason=WHY)
    assert opening is not None
    assert opening.case is now_open


def test_a_birthday_of_which_only_the_month_is_known_opens_nothing(people, session) -> None:
    person = builders.person(first_name=FIRST, last_name=LAST, born_precision=BornPrecision.MONTH)
    builders.case_at(Stage.AGREED, held_by=people["worker"], of=person)
    wanted = Wanted("", FIRST, LAST, person.born_on)
    assert not glass.break_glass(people["ana"], wanted, code=GlassReason.THREAT, reason=WHY)


@pytest.mark.parametrize("reason", ["", "too short to say"])
def test_it_asks_for_a_reason_in_twenty_characters(sign_in, people, case, reason) -> None:
    page = ask(sign_in(people["ana"]), reference=case.reference, reason=reason)
    assert page.status_code == 422
    assert "reason" in page.errors


def test_it_asks_for_a_reference_or_for_all_of_name_and_birthday(sign_in, people) -> None:
    page = ask(sign_in(people["ana"]), first_name=FIRST, last_name=LAST)
    assert page.status_code == 422
    assert "date of birth" in page.errors[""]


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.YOUTH_WORKER, Role.SUPERVISOR)]
)
def test_no_other_role_breaks_glass(session, sign_in, case, role) -> None:
    user = builders.user(role)
    assert sign_in(user).get("/emergency").status_code == 403
    wanted = Wanted(reference=case.reference)
    assert glass.break_glass(user, wanted, code=GlassReason.THREAT, reason=WHY) is None


# --- What stands in the way looks alike ----------------------------------------------------------


def test_absent_restricted_conflict_and_visible_answer_alike(
    session, sign_in, people, case
) -> None:
    ana, worker = people["ana"], people["worker"]
    restricted = builders.case_at(Stage.AGREED, held_by=worker)
    need_to_know.restrict(restricted, by=people["lead"], why="A rival works here")
    refused = builders.case_at(Stage.AGREED, held_by=worker)
    need_to_know.set_conflict(refused, ana, by=people["supervisor"])
    own = builders.case_at(Stage.AGREED, held_by=ana)
    references = [
        "CF-2222-2222", restricted.reference, refused.reference, own.reference
    ]  # fmt: skip
    client = sign_in(ana)
    pages = [ask(client, reference=reference) for reference in references]
    assert {page.status_code for page in pages} == {200}
    assert len({masked(p, r) for p, r in zip(pages, references, strict=True)}) == 1
    headers = [
        {
            k: v
            for k, v in page.headers
            if k not in ("Content-Security-Policy", "Date", "Set-Cookie")
        }
        for page in pages
    ]
    assert all(one == headers[0] for one in headers)
    assert events(session, ana).count(Event.GLASS_REFUSED) == 4
    assert session.scalars(select(BreakGlass)).all() == []
    for record in (restricted, refused):
        assert client.get(f"/cases/{record.id}").status_code == 404


def test_the_trail_holds_no_name_that_was_asked_for(session, sign_in, people, case) -> None:
    ask(sign_in(people["ana"]), first_name=FIRST, last_name="Nobody", born=case.person.born_on)
    facts = [str(row.facts) for row in session.scalars(select(AuditRow))]
    assert not any(FIRST in words or "Nobody" in words for words in facts)


def test_five_tries_a_day(session, sign_in, people, case, clock) -> None:
    client = sign_in(people["ana"])
    for _ in range(5):
        assert ask(client, reference="CF-2222-2222").status_code == 200
    page = ask(client, reference=case.reference)
    assert page.status_code == 422
    assert "5 times today" in page.errors[""]
    clock.forward(days=1)
    assert ask(sign_in(people["ana"]), reference=case.reference).status_code == 302


# --- What it gives -------------------------------------------------------------------------------


def test_it_gives_reading_and_nothing_else(session, sign_in, people, case) -> None:
    from caseflow.access.predicates import READ_ONLY

    client = sign_in(people["ana"])
    ask(client, reference=case.reference)
    paths = ("/move", "/allocate", "/pause", "/contacts/new", "/conflict", "/who-may-know",
             "/triage", "/answer", "/risk", "/operation")  # fmt: skip
    tried = 0
    for path in paths:
        page = client.get(f"/cases/{case.id}{path}")
        if page.status_code == 404:
            continue
        tried += 1
        assert page.status_code == 403, path
        assert READ_ONLY in page.words
    assert tried >= 8
    sent = client.fill("/emergency")
    for path in ("/summary", "/take", "/resume"):
        page = client.post(f"/cases/{case.id}{path}", data={"csrf_token": sent.data["csrf_token"]})
        assert page.status_code == 403, path
    assert session.get(Case, case.id).worker_id == people["worker"].id


def test_nothing_is_printed(session, sign_in, people, case) -> None:
    from caseflow.assessments import actions as assessments

    plan = _safety_plan(assessments, case, people["worker"])
    ask(client := sign_in(people["ana"]), reference=case.reference)
    page = client.get(f"/cases/{case.id}/safety-plan/{plan.id}/print")
    assert page.status_code == 403
    assert "print" not in client.get(f"/cases/{case.id}/safety").words.lower()


def _safety_plan(assessments, case: Case, by: User):
    from caseflow.assessments.rules import PLAN_PARTS

    return assessments.save_safety_plan(
        case,
        agreed_with="Them",
        by=by, review_on=time.today() + timedelta(days=7), paper_is_safe=True,
        **dict.fromkeys(PLAN_PARTS, "Ring somebody"),
    )  # fmt: skip


def test_what_was_opened_is_found_by_search_and_in_no_list(session, sign_in, people) -> None:
    boss = builders.supervisor(people["ana"].team)
    theirs = builders.received_case(
        in_team=people["worker"].team, of=builders.person(first_name=FIRST, last_name=LAST)
    )
    client = sign_in(boss)
    assert ask(client, reference=theirs.reference).location == f"/cases/{theirs.id}"
    for path in ("/referrals", "/team", "/my-day", "/team/list?show=unallocated"):
        assert FIRST not in client.get(path).words, path
    assert theirs.reference in client.submit("/search", sought=LAST).words


def test_cover_is_stronger_than_glass(session, people, case, clock) -> None:
    from caseflow.cases import queries
    from caseflow.staff import cover

    ana, worker = people["ana"], people["worker"]
    opened(ana, case)
    assert queries.case_in_sight(ana, case.id).by_glass
    ana.team = worker.team
    session.flush()
    cover.set_cover(
        ana, worker, from_at=time.now(), until_at=time.now() + timedelta(days=1),
        by=people["supervisor"],
    )  # fmt: skip
    assert not queries.case_in_sight(ana, case.id).by_glass


# --- Who hears of it -----------------------------------------------------------------------------


def test_everybody_hears_of_it_within_a_minute_and_no_mail_names_anybody(
    app, session, sign_in, people, case, clock, mailbox
) -> None:
    began = time.now()
    ask(sign_in(people["ana"]), reference=case.reference)
    told = {
        item.user_id: item
        for item in session.scalars(select(InboxItem))
        if "Opening EO-" in item.text or "pening EO-" in item.text
    }
    expected = {people[who].id for who in ("worker", "supervisor", "governance", "ana")}
    assert set(told) == expected
    assert all(item.at == began for item in told.values())
    assert told[people["governance"].id].case_id is None
    session.commit()
    clock.forward(seconds=60)
    scheduler.tick(app, time.now())
    reached = {address for mail in mailbox.messages for address in mail.recipients}
    assert {people[who].email for who in ("worker", "supervisor", "governance", "ana")} <= reached
    opening = session.scalars(select(BreakGlass)).one()
    for mail in mailbox.messages:
        words = mail.as_string()
        hidden = (FIRST, LAST, case.reference, str(case.id), str(case.person_id), "Wanda", "Ana ")
        assert not [word for word in hidden if word in words]
        assert re.search(r"Opening EO-", words) or "due" in words
    assert opening.reference != case.reference


def test_the_link_in_the_mail_opens_after_signing_in(app, people, sign_in, client) -> None:
    assert "/sign-in" in client.get("/openings").location
    assert sign_in(people["governance"]).get("/openings").status_code == 200


def test_a_supervisor_with_a_conflict_hears_nothing_and_the_lead_does(
    session, people, case
) -> None:
    need_to_know.set_conflict(case, people["supervisor"], by=people["lead"])
    session.query(InboxItem).delete()
    opened(people["ana"], case)
    told = set(session.scalars(select(InboxItem.user_id)))
    assert people["supervisor"].id not in told
    assert people["lead"].id in told


# --- Its end -------------------------------------------------------------------------------------


def test_it_ends_after_sixty_minutes_and_not_before(session, sign_in, people, case, clock) -> None:
    client = sign_in(people["ana"])
    ask(client, reference=case.reference)
    clock.forward(minutes=59, seconds=59)
    page = client.get(f"/cases/{case.id}")
    assert "1 more minute," in page.words or "1 more minute." in page.words
    clock.forward(seconds=2)
    assert client.get(f"/cases/{case.id}").status_code == 404


def test_a_setting_makes_it_shorter_and_never_longer(session, people, case, clock) -> None:
    for chosen, minutes in ((5, 5), (30, 30), (600, 60), (0, 5), ("x", 60)):
        clock.forward(hours=5)
        change_setting("glass_minutes", chosen, by_id=None)
        opening = opened(people["ana"], case)
        assert opening.until_at - opening.at == timedelta(minutes=minutes)
        glass.stop(people["ana"], case)


def test_stop_now_ends_it(session, sign_in, people, case) -> None:
    client = sign_in(people["ana"])
    ask(client, reference=case.reference)
    client.submit(f"/cases/{case.id}", form=f"/cases/{case.id}/stop-reading")
    assert client.get(f"/cases/{case.id}").status_code == 404
    assert Event.GLASS_ENDED in events(session, people["ana"])


def test_who_left_and_is_back_within_the_hour_has_no_opening(
    session, sign_in, people, case, clock
) -> None:
    ana = people["ana"]
    opened(ana, case)
    clock.forward(minutes=1)
    staff.disable_user(ana, by=builders.user(Role.ADMINISTRATOR))
    staff.enable_user(ana)
    assert sign_in(ana).get(f"/cases/{case.id}").status_code == 404
    opened(ana, case)
    assert sign_in(ana).get(f"/cases/{case.id}").status_code == 200


def test_a_restriction_a_conflict_or_a_disabled_account_ends_it_at_once(
    session, sign_in, people, case
) -> None:
    ben, cleo = builders.worker(people["ana"].team), builders.worker(people["ana"].team)
    clients = {user: sign_in(user) for user in (people["ana"], ben, cleo)}
    for user, client in clients.items():
        opened(user, case)
        assert client.get(f"/cases/{case.id}").status_code == 200
    staff.disable_user(cleo, by=builders.user(Role.ADMINISTRATOR))
    assert clients[cleo].get(f"/cases/{case.id}").status_code == 302
    need_to_know.set_conflict(case, ben, by=people["supervisor"])
    assert clients[ben].get(f"/cases/{case.id}").status_code == 404
    assert clients[people["ana"]].get(f"/cases/{case.id}").status_code == 200
    need_to_know.restrict(case, by=people["supervisor"], why="A rival works here")
    assert clients[people["ana"]].get(f"/cases/{case.id}").status_code == 404
    need_to_know.lift(case, by=people["supervisor"], why="Over")
    assert clients[people["ana"]].get(f"/cases/{case.id}").status_code == 404


# --- The review ----------------------------------------------------------------------------------


def test_a_supervisor_reads_what_was_looked_at_and_decides(session, sign_in, people, case) -> None:
    ana = sign_in(people["ana"])
    ask(ana, reference=case.reference)
    ana.get(f"/cases/{case.id}/safety")
    opening = session.scalars(select(BreakGlass)).one()
    supervisor = sign_in(people["supervisor"])
    assert opening.reference in supervisor.get("/openings").words
    page = supervisor.get(f"/openings/{opening.id}")
    assert "Looked at safety" in page.words
    assert WHY in page.words
    supervisor.submit(
        f"/openings/{opening.id}", finding=GlassFinding.JUSTIFIED.value, note="Spoke to Ana"
    )
    session.refresh(opening)
    assert opening.finding is GlassFinding.JUSTIFIED
    assert opening.reviewed_by_id == people["supervisor"].id
    assert openings.waiting_count(people["supervisor"]) == 0


def test_information_governance_reads_the_register_and_nothing_of_the_case(
    session, sign_in, people, case
) -> None:
    opening = opened(people["ana"], case)
    reader = sign_in(people["governance"])
    for path in ("/openings", f"/openings/{opening.id}"):
        page = reader.get(path)
        assert opening.reference in page.words
        for hidden in (FIRST, LAST, case.reference, str(case.id), WHY):
            assert hidden not in page.data.decode()
    token = reader.fill("/openings", form="/sign-out").data
    sent = {**token, "finding": GlassFinding.JUSTIFIED.value, "note": "Fine"}
    reader.post(f"/openings/{opening.id}", data=sent)
    session.refresh(opening)
    assert opening.reviewed_at is None


def test_nobody_reviews_their_own(session, sign_in, people, case) -> None:
    boss = builders.supervisor(people["ana"].team)
    opening = opened(boss, case)
    assert sign_in(boss).get(f"/openings/{opening.id}").status_code == 404
    boss.team = people["worker"].team
    session.flush()
    assert "Somebody else reviews" in sign_in(boss).get(f"/openings/{opening.id}").words
    with pytest.raises(Problem, match="Somebody else"):
        glass.review(opening, by=boss, finding=GlassFinding.JUSTIFIED, note="Fine")


def test_another_teams_supervisor_does_not_know_of_it(session, sign_in, people, case) -> None:
    opening = opened(people["ana"], case)
    other = sign_in(builders.supervisor(people["ana"].team))
    assert opening.reference not in other.get("/openings").words
    assert other.get(f"/openings/{opening.id}").status_code == 404


@pytest.mark.parametrize("role", [Role.YOUTH_WORKER, Role.ADMINISTRATOR, Role.POLICE_LIAISON])
def test_the_register_is_empty_for_who_does_not_review(people, case, role) -> None:
    reader = builders.user(role, in_team=people["worker"].team)
    opening = opened(people["ana"], case)
    for somebody in (reader, people["ana"]):
        assert openings.opening_for(somebody, opening.id) is None
        assert (openings.register_for(somebody), openings.waiting_count(somebody)) == ([], 0)


def test_the_register_is_empty_for_who_left(people, case) -> None:
    opening = opened(people["ana"], case)
    staff.disable_user(people["governance"], by=builders.user(Role.ADMINISTRATOR))
    assert openings.opening_for(people["governance"], opening.id) is None


def test_after_72_hours_without_review_it_escalates_once(
    app, session, people, case, clock, mailbox
) -> None:
    opening = opened(people["ana"], case)
    session.commit()
    clock.forward(hours=71, minutes=59)
    _tick(app, session)
    assert not _late_notices(session)
    clock.forward(minutes=1)
    for _ in range(3):
        _tick(app, session)
    assert {n.user_id for n in _late_notices(session)} == {
        people["lead"].id,
        people["governance"].id,
    }
    assert len(_late_notices(session)) == 2
    session.refresh(opening)
    assert opening.is_late(time.now())
    late_mail = [m for m in mailbox.messages if "not reviewed in time" in m["Subject"]]
    assert len(late_mail) == 2
    assert not any(FIRST in m.as_string() or case.reference in m.as_string() for m in late_mail)


def _tick(app, session) -> None:
    session.commit()
    scheduler.tick(app, time.now())


def _late_notices(session) -> list[InboxItem]:
    return [n for n in session.scalars(select(InboxItem)) if "not reviewed in time" in n.text]


def test_what_is_late_stands_on_top_in_red_until_it_is_reviewed(
    session, sign_in, people, case, clock
) -> None:
    first = opened(people["ana"], case)
    clock.forward(hours=73)
    second = opened(people["ana"], case)
    page = sign_in(people["supervisor"]).get("/openings")
    lines = page.html.xpath("//li[contains(@class, 'cf-line')]")
    assert "cf-line--late" in lines[0].get("class")
    assert first.reference in lines[0].text_content()
    assert "cf-line--late" not in lines[1].get("class")
    glass.review(first, by=people["supervisor"], finding=GlassFinding.UNCLEAR, note="Asked")
    page = sign_in(people["supervisor"]).get("/openings")
    lines = page.html.xpath("//li[contains(@class, 'cf-line')]")
    assert second.reference in lines[0].text_content()


def test_one_review_stands(session, people, case) -> None:
    opening = opened(people["ana"], case)
    glass.review(opening, by=people["supervisor"], finding=GlassFinding.JUSTIFIED, note="Fine")
    with pytest.raises(Problem, match="already"):
        glass.review(opening, by=people["lead"], finding=GlassFinding.UNCLEAR, note="Hm")


def test_glass_needs_a_fresh_second_factor() -> None:
    from caseflow.access.grants import NEEDS_FRESH_FACTOR

    assert Permission.BREAK_GLASS in NEEDS_FRESH_FACTOR


def test_the_register_asks_as_much_for_many_as_for_one(session, sign_in, people, case) -> None:
    reader = sign_in(people["supervisor"])
    counted = []
    for openings_made in (1, 6):
        for _ in range(openings_made):
            opened(builders.worker(people["ana"].team), case)
        session.commit()
        with statements(session) as asked:
            assert reader.get("/openings").status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1]


@contextmanager
def statements(session) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(*parts: object) -> None:
        asked.append(str(parts[2]))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)
