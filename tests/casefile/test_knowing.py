"""Restricted records, conflicts of interest and cover: who may know, and who learns nothing."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.caseload.queries import day_of
from caseflow.cases import actions as cases
from caseflow.cases import glass, knowers, need_to_know, queries
from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case, Conflict, NamedAccess, Restriction
from caseflow.cases.openings import Wanted
from caseflow.cases.rules import GlassFinding, GlassReason
from caseflow.kernel import clock as time
from caseflow.kernel.errors import Problem
from caseflow.notices.models import InboxItem, Outgoing
from caseflow.reviews.queries import due_for_worker
from caseflow.reviews.untold import untold
from caseflow.staff import actions as staff_actions
from caseflow.staff import cover
from caseflow.staff.models import User
from tests import builders

NAME = "Zephaniah Quillfeather"
ABSENT = "/cases/00000000-0000-4000-8000-000000000000"


@pytest.fixture
def boss(session, clock) -> User:
    clock("2026-11-24 10:00")
    return builders.supervisor(name="Sunil Boss")


@pytest.fixture
def ana(boss) -> User:
    return builders.worker(boss.team, name="Ana Holder")


@pytest.fixture
def ben(boss) -> User:
    return builders.worker(boss.team, name="Ben Colleague")


@pytest.fixture
def lead(session) -> User:
    return builders.user(Role.SAFEGUARDING_LEAD, name="Lena Lead")


@pytest.fixture
def case(ana) -> Case:
    first, last = NAME.split()
    person = builders.person(first_name=first, last_name=last)
    return builders.case_at(Stage.LONG_TERM, held_by=ana, of=person)


def sees(user: User, case: Case) -> bool:
    return queries.case_in_sight(user, case.id) is not None


def restrict(case: Case, by: User, *names: User) -> Restriction:
    return need_to_know.restrict(case, by=by, why="A rival works in the team", names=names)


def told(session, user: User) -> list[str]:
    return list(session.scalars(select(InboxItem.text).where(InboxItem.user_id == user.id)))


def events(session, case: Case) -> list[Event]:
    return list(session.scalars(select(AuditRow.event).where(AuditRow.case_id == case.id)))


# --- Restricting ---------------------------------------------------------------------------------


def test_a_restricted_record_is_known_to_few(session, case, boss, ana, ben, lead) -> None:
    other_boss = builders.supervisor(boss.team)
    restrict(case, boss)
    assert [sees(u, case) for u in (boss, ana, lead, ben, other_boss)] == [
        True, True, True, False, False,
    ]  # fmt: skip
    need_to_know.name(case, ben, by=boss)
    assert sees(ben, case)
    assert {Event.RECORD_RESTRICTED, Event.NAMED} <= set(events(session, case))


def test_only_who_is_on_its_list_counts_as_one_of_its_people(
    session, case, boss, ana, lead
) -> None:
    """What a team may do with its cases, they may with this one; who else may know, may not."""
    restrict(case, boss)
    found = {user: queries.case_in_sight(user, case.id).is_named for user in (boss, ana, lead)}
    assert found == {boss: True, ana: False, lead: False}
    session.execute(update(Restriction).values(lifted_at=time.now()))
    assert queries.case_in_sight(boss, case.id).is_named is False
    assert knowers.names_of(case)  # nobody took them off the list


def test_somebody_of_another_team_is_told_and_reviews_when_on_the_list(
    session, sign_in, case, boss, ana
) -> None:
    away = builders.team("Away", ())
    reader, chief = builders.worker(away), builders.supervisor(away)
    opening = glass.break_glass(
        reader, Wanted(reference=case.reference), code=GlassReason.THREAT, reason="x" * 30
    )
    restrict(case, boss, chief)
    page = sign_in(chief).submit(
        f"/openings/{opening.id}", finding=GlassFinding.JUSTIFIED.value, note="Spoke to them"
    )
    assert page.status_code == 302
    session.refresh(opening)
    assert opening.reviewed_by_id == chief.id


def test_who_is_asked_whether_they_may_know_of_it_answers_as_the_lists_do(
    case, boss, ana, ben, lead
) -> None:
    restrict(case, boss)
    need_to_know.set_conflict(case, ana, by=boss)
    everybody = (boss, ana, ben, lead)
    assert [knowers.may_know(user, case) for user in everybody] == [True, False, False, True]
    assert knowers.leads_who_may_know(case) == [boss]
    need_to_know.set_conflict(case, boss, by=lead)
    assert knowers.leads_who_may_know(case) == [lead]
    second = builders.user(Role.SAFEGUARDING_LEAD)
    need_to_know.set_conflict(case, lead, by=boss)
    assert knowers.safeguarding_leads_for(case) == [second]


def test_an_episode_with_another_team_is_not_listed_beside_theirs(sign_in, case, boss, ana) -> None:
    away = builders.case_at(
        Stage.DECLINED, held_by=builders.worker(builders.team("Away", ())), of=case.person
    )
    ours = builders.case_at(Stage.DECLINED, held_by=ana, of=case.person)
    assert [one.id for one in queries.other_episodes(case, ana)] == [ours.id]
    page = sign_in(ana).get(f"/cases/{case.id}")
    assert ours.reference in page.words
    assert away.reference not in page.words


def test_it_holds_for_every_episode_of_theirs(session, case, boss, ana, ben) -> None:
    earlier = builders.case_at(Stage.DECLINED, held_by=ben, of=case.person)
    third = builders.case_at(Stage.DECLINED, held_by=ana, of=case.person)
    restrict(case, boss)
    assert sees(boss, earlier)
    assert not sees(ben, third)
    assert sees(ben, earlier)  # held by them


def test_the_list_is_made_on_the_screen_and_its_people_stay(
    session, sign_in, case, boss, ben
) -> None:
    client = sign_in(boss)
    client.submit(
        f"/cases/{case.id}/who-may-know/restrict",
        why="A rival works in the team",
        names={str(ben.id)},
    )
    page = client.get(f"/cases/{case.id}")
    assert "Restricted record" in page.words
    assert {named.user_id for named in knowers.names_of(case)} == {boss.id, ben.id}
    assert "Restricted record" in sign_in(ben).get(f"/cases/{case.id}").words
    named = next(named for named in knowers.names_of(case) if named.user_id == ben.id)
    where = f"/cases/{case.id}/who-may-know"
    client.submit(where, form=f"{where}/{named.id}/remove")
    assert sign_in(ben).get(f"/cases/{case.id}").status_code == 404
    client.submit(f"{where}/name", user=str(ben.id))
    assert sees(ben, case)
    client.submit(f"{where}/lift", why="They left the area")
    assert "Restricted record" not in client.get(f"/cases/{case.id}").words
    lifted = session.scalars(select(Restriction)).one()
    assert (lifted.lifted_by_id, lifted.lifted_why) == (boss.id, "They left the area")
    assert knowers.names_of(case) == []


def test_a_record_is_restricted_once_and_again_after_it_was_lifted(case, boss) -> None:
    restrict(case, boss)
    with pytest.raises(Problem, match="already"):
        restrict(case, boss)
    need_to_know.lift(case, by=boss, why="Over")
    with pytest.raises(Problem, match="not restricted"):
        need_to_know.lift(case, by=boss, why="Over")
    restrict(case, boss)


def test_a_worker_does_not_restrict(sign_in, case, ana) -> None:
    client = sign_in(ana)
    for path in ("", "/restrict", "/lift", "/name", "/conflict"):
        assert client.get(f"/cases/{case.id}/who-may-know{path}").status_code == 403


def test_whoever_has_a_conflict_cannot_be_named(case, boss, ben, sign_in) -> None:
    need_to_know.set_conflict(case, ben, by=boss)
    with pytest.raises(Problem, match="cannot be named"):
        restrict(case, boss, ben)
    restrict(builders.case_at(Stage.AGREED, held_by=case.worker), boss, ben)
    page = sign_in(boss).get(f"/cases/{case.id}/who-may-know/restrict")
    assert ben.name not in page.words


def test_nobody_outside_case_work_is_named(case, boss) -> None:
    restrict(case, boss)
    with pytest.raises(Problem, match="does not work with cases"):
        need_to_know.name(case, builders.user(Role.ADMINISTRATOR), by=boss)


def test_a_restricted_case_may_be_given_to_a_worker_who_then_sees_it(case, boss, ana, ben) -> None:
    restrict(case, boss)
    cases.allocate(case, ben, by=boss)
    assert sees(ben, case)
    assert not sees(ana, case)


def test_a_record_is_never_left_with_nobody(session, sign_in, boss) -> None:
    case = builders.received_case(in_team=boss.team)
    restrict(case, boss)
    named = knowers.names_of(case)[0]
    where = f"/cases/{case.id}/who-may-know"
    page = sign_in(boss).submit(where, form=f"{where}/{named.id}/remove")
    assert page.status_code == 422
    assert "Nobody would be left" in page.errors[""]
    session.expire_all()
    assert sees(boss, case)
    with pytest.raises(Problem, match="Nobody would be left"):
        need_to_know.set_conflict(case, boss, by=boss)


def test_the_last_supervisor_may_leave_when_a_lead_remains(session, boss, lead) -> None:
    case = builders.received_case(in_team=boss.team)
    restrict(case, boss)
    need_to_know.unname(case, knowers.names_of(case)[0])
    assert not sees(boss, case)
    assert sees(lead, case)


# --- A record that is not theirs looks like none -------------------------------------------------


def masked(page) -> bytes:
    return re.sub(
        rb'(nonce="|name="csrf_token"[^>]*value="|name="form_key"[^>]*value=")[^"]*', b"", page.data
    )


def test_foreign_restricted_conflict_and_absent_answer_alike(
    session, sign_in, case, boss, ana, ben
) -> None:
    foreign = builders.case_at(Stage.AGREED, held_by=builders.worker(builders.team("Other", ())))
    refused = builders.case_at(Stage.AGREED, held_by=ana)
    need_to_know.set_conflict(refused, ben, by=boss)
    restrict(case, boss)
    client = sign_in(ben)
    for path in ("", "/who-may-know", "/conflict", "/person", "/looks", "/move"):
        pages = [
            client.get(f"{where}{path}")
            for where in (ABSENT, *(f"/cases/{c.id}" for c in (foreign, refused, case)))
        ]
        assert {page.status_code for page in pages} == {404}
        assert len({masked(page) for page in pages}) == 1, path


@pytest.mark.parametrize("hidden_by", ["restriction", "conflict"])
def test_a_hidden_record_is_in_no_list_no_count_and_no_hint(
    session, sign_in, case, boss, ana, ben, lead, hidden_by
) -> None:
    """Every page about many cases reads as it does when the record is not there at all."""
    reader = builders.supervisor(boss.team, name="Reader")
    builders.case_at(Stage.LONG_TERM, held_by=ana, of=builders.person(last_name="Quillfeather"))
    clock_back = time.now() - timedelta(days=40)
    with time.at(clock_back):
        overdue = builders.case_at(Stage.ATTEMPTING, held_by=ana, of=case.person)
        waiting = builders.received_case(of=case.person, in_team=boss.team)
    hidden = [case, overdue, waiting]
    if hidden_by == "restriction":
        restrict(case, boss)
    else:
        need_to_know.set_conflict(case, reader, by=boss)
    session.query(InboxItem).delete()
    client = sign_in(reader)
    lists = ["/team", "/my-day", "/referrals", f"/team/workers/{ana.id}", "/inbox", "/openings",
             *(f"/team/list?show={which}" for which in
               ("unallocated", "overdue", "quiet", "sign_off", "due"))]  # fmt: skip
    with_it = {path: _numbers(client.get(path)) for path in lists}
    found = client.submit("/search", sought="Quillfeather")
    assert "1 case" in found.words
    assert "Somebody else has this name" not in found.words
    for path in lists:
        page = client.get(path).data.decode()
        for one in hidden:
            assert "Zephaniah" not in page, path
            assert one.reference not in page
            assert str(one.id) not in page
    _erase(session, hidden)
    without = {path: _numbers(client.get(path)) for path in lists}
    assert with_it == without


def _numbers(page) -> str:
    assert page.status_code == 200
    return page.words


def _erase(session, hidden: list[Case]) -> None:
    """As if it had never been: to another team, and to nobody."""
    other = builders.team("Elsewhere", ())
    for one in hidden:
        one.team, one.worker = other, None
    session.flush()


def test_nothing_tells_that_somebody_hidden_has_the_same_name(
    sign_in, case, boss, ana, ben
) -> None:
    first, last = NAME.split()
    other = builders.case_at(
        Stage.AGREED, held_by=ana, of=builders.person(first_name=first, last_name=last)
    )
    client = sign_in(ben)
    warning = "Somebody else has"
    assert warning in client.submit("/search", sought=last).words
    assert warning in client.get(f"/cases/{other.id}").words
    restrict(case, boss)
    assert warning not in client.submit("/search", sought=last).words
    assert warning not in client.get(f"/cases/{other.id}").words


def test_no_reminder_tells_of_what_may_not_be_known(session, case, boss, ana, ben, lead) -> None:
    other_boss = builders.supervisor(boss.team)
    restrict(case, boss)
    late = time.now() + timedelta(days=60)
    with time.at(late):
        reached = {telling.recipient_id for telling in untold(late) if telling.case_id == case.id}
    assert {ana.id, boss.id, lead.id} <= reached
    assert not reached & {ben.id, other_boss.id}
    need_to_know.set_conflict(case, boss, by=lead)
    with time.at(late):
        reached = {telling.recipient_id for telling in untold(late) if telling.case_id == case.id}
    assert boss.id not in reached


def test_no_reminder_reaches_who_has_a_conflict(session, case, boss, ana, ben, lead) -> None:
    covers(ben, ana, boss, days=30)
    late = time.now() + timedelta(days=28)
    with time.at(late):
        before = {telling.recipient_id for telling in untold(late) if telling.case_id == case.id}
    assert {boss.id, ben.id} <= before
    for somebody in (boss, ben):
        need_to_know.set_conflict(case, somebody, by=lead)
    with time.at(late):
        after = {telling.recipient_id for telling in untold(late) if telling.case_id == case.id}
    assert not after & {boss.id, ben.id}
    assert {ana.id, lead.id} <= after


def test_the_inbox_forgets_what_left_its_owners_sight(
    session, sign_in, case, boss, ana, ben
) -> None:
    from caseflow.notices.actions import put_in_inbox

    put_in_inbox(ben, cause="x", text="Review: tomorrow", case_id=case.id)
    client = sign_in(ben)
    assert case.reference in client.get("/inbox").words
    restrict(case, boss)
    page = client.get("/inbox")
    assert case.reference not in page.words
    assert str(case.id) not in page.data.decode()
    assert "Zephaniah" not in page.words


# --- Conflicts of interest -----------------------------------------------------------------------


def test_a_worker_says_so_and_the_record_is_gone(session, sign_in, case, boss, ana, ben) -> None:
    client = sign_in(ana)
    assert client.submit(f"/cases/{case.id}/conflict").location == "/"
    assert client.get(f"/cases/{case.id}").status_code == 404
    session.refresh(case)
    assert case.worker_id is None
    assert case.team_id == boss.team_id
    words = told(session, boss)
    assert any("Choose another worker" in text for text in words)
    assert not any(word in text for text in words for word in ("Ana", "Zephaniah", case.reference))
    letters = session.scalars(select(Outgoing).where(Outgoing.user_id == boss.id)).all()
    assert letters
    assert not any(
        word in letter.body + letter.subject
        for letter in letters
        for word in ("Ana", "Zephaniah", case.reference)
    )
    assert {Event.CONFLICT_SET, Event.HANDED_BACK} <= set(events(session, case))
    assert "With nobody" in sign_in(boss).get("/team/list?show=unallocated").words


@pytest.mark.parametrize("role", [Role.YOUTH_WORKER, Role.SUPERVISOR, Role.SAFEGUARDING_LEAD])
def test_a_conflict_beats_every_grant(session, case, boss, lead, role) -> None:
    somebody = builders.user(role, in_team=boss.team)
    restrict(case, boss)
    if role is not Role.SAFEGUARDING_LEAD:
        need_to_know.name(case, somebody, by=boss)
    assert sees(somebody, case)
    need_to_know.set_conflict(case, somebody, by=lead if somebody is not lead else boss)
    session.add(
        NamedAccess(person_id=case.person_id, user_id=somebody.id, at=time.now(), by_id=boss.id)
    )
    case.worker = somebody
    session.flush()
    assert not sees(somebody, case)


def test_a_supervisor_who_takes_themselves_off_the_list_is_led_away(
    session, sign_in, case, boss, lead
) -> None:
    restrict(case, boss)
    where = f"/cases/{case.id}/who-may-know"
    own = knowers.names_of(case)[0]
    assert sign_in(boss).submit(where, form=f"{where}/{own.id}/remove").location == "/"


def test_nobody_with_a_conflict_is_offered_or_given_the_case(
    session, sign_in, case, boss, ben
) -> None:
    need_to_know.set_conflict(case, ben, by=boss)
    page = sign_in(boss).get(f"/cases/{case.id}/allocate")
    assert "Ben Colleague" not in page.words
    with pytest.raises(Problem, match="cannot hold this case"):
        cases.allocate(case, ben, by=boss)


def test_only_somebody_else_ends_a_conflict_and_says_why(
    session, sign_in, case, boss, ben, lead
) -> None:
    conflict = need_to_know.set_conflict(case, ben, by=ben)
    with pytest.raises(Problem, match="Somebody else"):
        need_to_know.remove_conflict(case, conflict, by=ben, why="It is fine")
    where = f"/cases/{case.id}/conflicts/{conflict.id}/remove"
    assert sign_in(ben).get(where).status_code == 404
    assert sign_in(boss).submit(where, why="").status_code == 422
    sign_in(boss).submit(where, why="They have moved away")
    session.refresh(conflict)
    assert (conflict.removed_by_id, conflict.removed_why) == (boss.id, "They have moved away")
    assert sees(ben, case)


def test_the_last_supervisors_conflict_reaches_the_safeguarding_lead(
    session, case, boss, lead
) -> None:
    need_to_know.set_conflict(case, boss, by=boss)
    assert any("No supervisor of the team" in text for text in told(session, lead))


def test_another_supervisor_is_told_before_the_lead_is(session, case, boss, lead) -> None:
    second = builders.supervisor(boss.team)
    need_to_know.set_conflict(case, boss, by=boss)
    assert told(session, second)
    assert not any("No supervisor" in text for text in told(session, lead))


def test_a_conflict_is_set_on_the_screen_for_somebody_else(
    session, sign_in, case, boss, ben
) -> None:
    client = sign_in(boss)
    client.submit(f"/cases/{case.id}/who-may-know/conflict", user=str(ben.id))
    assert session.scalars(select(Conflict.user_id)).all() == [ben.id]
    assert "Ben Colleague" in client.get(f"/cases/{case.id}/who-may-know").words
    page = client.get(f"/cases/{case.id}/who-may-know/conflict")
    assert "Ben Colleague" not in page.words


# --- Cover ---------------------------------------------------------------------------------------


def covers(user: User, of: User, by: User, days: int = 3) -> cover.Cover:
    until = time.now() + timedelta(days=days)
    return cover.set_cover(user, of, from_at=time.now(), until_at=until, by=by)


def test_cover_gives_what_the_holder_has_until_its_end(
    session, sign_in, case, boss, ana, ben, clock
) -> None:
    client = sign_in(ben)
    assert client.get(f"/cases/{case.id}/move").status_code == 403
    covers(ben, ana, boss)
    assert client.get(f"/cases/{case.id}/move").status_code == 200
    assert "Covered by Ben Colleague until" in client.get(f"/cases/{case.id}").words
    clock.forward(days=3)
    client = sign_in(ben)
    assert client.get(f"/cases/{case.id}/move").status_code == 403
    assert "Covered by" not in client.get(f"/cases/{case.id}").words


def test_what_is_due_on_their_cases_is_in_the_day_of_whoever_covers(
    session, sign_in, case, boss, ana, ben, clock
) -> None:
    clock.forward(days=25)
    assert "Zephaniah" not in sign_in(ben).get("/my-day").words
    covers(ben, ana, boss, days=20)
    assert "Zephaniah" in sign_in(ben).get("/my-day").words
    now = time.now() + timedelta(days=6)
    with time.at(now):
        reached = {telling.recipient_id for telling in untold(now) if telling.case_id == case.id}
    assert {ana.id, ben.id} <= reached


def test_what_is_due_this_week_is_of_cases_one_may_know_of(case, boss, ana, ben, clock) -> None:
    covers(ben, ana, boss, days=30)
    clock.forward(days=25)
    assert {item.case_id for item in due_for_worker(ben, time.now())} == {case.id}
    restrict(case, boss)
    assert list(due_for_worker(ben, time.now())) == []


def test_whoever_stands_in_is_not_told_of_a_restricted_record(case, boss, ana, ben) -> None:
    covers(ben, ana, boss, days=30)
    restrict(case, boss)
    late = time.now() + timedelta(days=28)
    with time.at(late):
        reached = {telling.recipient_id for telling in untold(late) if telling.case_id == case.id}
    assert ana.id in reached
    assert ben.id not in reached


def test_what_comes_next_is_of_a_case_one_may_know_of(case, boss, ana, ben, clock) -> None:
    covers(ben, ana, boss)
    assert day_of(ben).next is not None
    restrict(case, boss, boss)
    assert day_of(ben).next is None


def test_cover_never_reaches_a_restricted_record_and_a_conflict_beats_it(
    session, case, boss, ana, ben
) -> None:
    other = builders.case_at(Stage.AGREED, held_by=ana)
    covers(ben, ana, boss)
    restrict(case, boss)
    need_to_know.set_conflict(other, ben, by=boss)
    assert not sees(ben, case)
    assert not sees(ben, other)
    assert knowers.who_stands_in(case, time.now()) is None
    assert knowers.who_stands_in(other, time.now()) is None


def test_cover_is_set_and_ended_on_the_screen_and_both_are_told(
    session, sign_in, case, boss, ana, ben
) -> None:
    client = sign_in(boss)
    client.submit(
        "/team/cover/new", user=str(ben.id), of=str(ana.id), until=time.now() + timedelta(days=2)
    )
    assert "Ben Colleague covers for Ana Holder" in client.get("/team/cover").words
    assert any("You cover for Ana Holder" in text for text in told(session, ben))
    assert any("Ben Colleague covers for you" in text for text in told(session, ana))
    letters = session.scalars(select(Outgoing).where(Outgoing.user_id == ben.id)).all()
    assert not any("Ana" in letter.body for letter in letters)
    made = cover.covers_in(boss.team_id)[0]
    client.submit("/team/cover", form=f"/team/cover/{made.id}/end")
    assert sign_in(ben).get(f"/cases/{case.id}/move").status_code == 403


def test_cover_begins_and_ends_when_it_says(boss, ana, ben, clock) -> None:
    start, end = time.now() + timedelta(days=1), time.now() + timedelta(days=2)
    made = cover.set_cover(ben, ana, from_at=start, until_at=end, by=boss)
    minute = timedelta(minutes=1)
    for moment, stands_in in ((start - minute, False), (start, True), (end - minute, True),
                              (end, False)):  # fmt: skip
        clock(moment.isoformat())
        assert ben.covers == ({ana.id} if stands_in else frozenset()), moment
    clock(start.isoformat())
    cover.end_cover(made)
    assert ben.covers == frozenset()


def test_who_has_no_team_has_no_team_in_common(session, sign_in, boss, ana, ben) -> None:
    made = covers(ben, ana, boss)
    for user in (boss, ana, ben):
        user.team = None
    session.flush()
    client = sign_in(boss)
    token = client.fill("/account", form="/sign-out").data["csrf_token"]
    ended = client.post(f"/team/cover/{made.id}/end", data={"csrf_token": token})
    assert ended.status_code == 404
    for path in (f"/team/workers/{ana.id}", "/team", "/team/list?show=due"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("days", "message"), [(32, "At most 31 days"), (0, "after the beginning"), (-1, "after")]
)
def test_cover_has_an_end_within_31_days(boss, ana, ben, days, message) -> None:
    with pytest.raises(Problem, match=message):
        covers(ben, ana, boss, days=days)


def test_cover_stays_within_a_team(session, boss, ana, ben) -> None:
    stranger = builders.worker(builders.team("Other", ()))
    for pair in ((stranger, ana), (ana, stranger)):
        with pytest.raises(Problem, match="your team"):
            covers(*pair, boss)
    with pytest.raises(Problem, match="two people"):
        covers(ana, ana, boss)


def test_another_teams_cover_is_not_theirs_to_end(session, sign_in, boss, ana, ben) -> None:
    made = covers(ben, ana, boss)
    other = sign_in(builders.supervisor(builders.team("Other", ())))
    assert "Ben Colleague" not in other.get("/team/cover").words
    sent = other.fill("/team/cover/new").data
    page = other.post(f"/team/cover/{made.id}/end", data={"csrf_token": sent["csrf_token"]})
    assert page.status_code == 404


def test_a_leavers_cases_stay_covered_and_a_leaver_covers_nothing(
    session, case, boss, ana, ben
) -> None:
    covers(ben, ana, boss)
    admin = builders.user(Role.ADMINISTRATOR)
    staff_actions.disable_user(ana, by=admin)
    assert sees(ben, case)
    staff_actions.disable_user(ben, by=admin)
    assert not sees(ben, case)
