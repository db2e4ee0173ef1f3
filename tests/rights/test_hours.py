"""Service hours: typed in words, previewed, held from a day on, and on record."""

from datetime import date

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.kernel import clock as time
from caseflow.kernel.errors import Problem
from caseflow.rights import hours
from caseflow.staff.queries import service_calendar
from caseflow.staff.working_time import Hours, Span
from tests import builders


@pytest.fixture
def admin(session, clock, sign_in):
    clock("2026-11-24 09:00")
    return sign_in(builders.user(Role.ADMINISTRATOR))


def week(words: str, **other: str) -> dict[str, str]:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return dict.fromkeys(days, words) | other


def changed(admin, **fields):
    fields.setdefault("save", "y")
    save = fields.pop("save")
    form = admin.fill("/rules/hours/change", {"from_day": date(2026, 11, 30)} | fields)
    if save:
        form.data["save"] = save
    return admin.send(form, follow_redirects=True)


def test_a_preview_says_it_in_words_and_saves_nothing(session, admin):
    page = changed(admin, **week("09:00–17:00", saturday="closed", sunday="closed"), save="")
    assert (
        "From Mon 30 Nov: Mon to Fri 09:00–17:00, Sat and Sun closed.Nothing is saved yet."
        in page.words
    )
    assert page.html.xpath("//input[@name='saturday']/@value") == ["closed"]
    assert len(service_calendar().hours) == 1


def test_hours_hold_from_their_day_and_what_was_before_stays(session, admin):
    page = changed(admin, **week("10:00-24:00"))
    assert "Saved. From Mon 30 Nov: 10:00–24:00 daily." in page.words
    assert "Now: 09:00–19:00 dailyFrom Mon 30 Nov: 10:00–24:00 daily" in page.words
    calendar = service_calendar()
    assert calendar.span_on(date(2026, 11, 29)) == Span(540, 1140)
    assert calendar.span_on(date(2026, 11, 30)) == Span(600, 1440)
    row = session.scalars(select(AuditRow).where(AuditRow.event == Event.SETTING_CHANGED)).one()
    assert row.facts == {"name": "working_time"}


def test_hours_of_the_same_day_take_the_place_of_each_other(session, clock, admin):
    changed(admin, **week("10:00-18:00"))
    clock.forward(seconds=1)
    changed(admin, **week("11:00-18:00"))
    assert [row.words for row in service_calendar().hours] == [
        "09:00–19:00 daily", "11:00–18:00 daily",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("9am to 5pm", "09:00–17:00 daily"),
        ("09:00 - 24:00", "09:00–24:00 daily"),
        ("all day", "00:00–24:00 daily"),
        ("9am-midnight", "09:00–24:00 daily"),
    ],
)
def test_hours_are_typed_as_people_say_them(admin, typed, words):
    assert f"From Mon 30 Nov: {words}" in changed(admin, **week(typed), save="").words


@pytest.mark.parametrize("typed", ["19:00-09:00", "nine", "9-5", "09:00", "09:00-25:00", "1-2-3"])
def test_what_cannot_be_hours_stays_in_the_form(session, admin, typed):
    page = changed(admin, **week("09:00-17:00", monday=typed))
    assert "monday" in page.errors
    assert page.html.xpath("//input[@name='monday']/@value") == [typed]
    assert len(service_calendar().hours) == 1


def test_a_service_is_open_on_some_day(admin):
    assert "monday" in changed(admin, **week("closed")).errors


def test_what_is_past_cannot_be_changed(session, admin):
    page = changed(admin, **week("10:00-18:00"), from_day=date(2026, 11, 23))
    assert "from_day" in page.errors
    assert (
        "day"
        in admin.submit(
            "/rules/hours/day", day=date(2026, 11, 1), hours="closed", why="Training"
        ).errors
    )


def test_no_door_changes_what_is_past(session, clock):
    clock("2026-11-24 09:00")
    by, yesterday = builders.user(Role.ADMINISTRATOR), date(2026, 11, 23)
    for change in (
        lambda: hours.change_hours(Hours(yesterday, (Span(0, 60),) * 7), by=by),
        lambda: hours.set_day(yesterday, None, why="x", by=by),
        lambda: hours.remove_day(yesterday, by=by),
    ):
        with pytest.raises(Problem):
            change()


def test_a_day_is_otherwise_and_like_others_again(session, clock, admin):
    page = admin.submit(
        "/rules/hours/day", day=date(2026, 12, 25), hours="closed", why="Christmas",
        follow_redirects=True,
    )  # fmt: skip
    assert "Fri 25 Dec: closedChristmas" in page.words
    assert service_calendar().opening_on(date(2026, 12, 25)) is None
    clock.forward(seconds=1)
    admin.submit("/rules/hours", form="/rules/hours/day/remove")
    assert service_calendar().opening_on(date(2026, 12, 25)) is not None


def test_bank_holidays_may_have_their_own_hours(session, admin):
    changed(admin, **week("09:00-19:00"), bank_holidays="10:00-14:00")
    calendar = service_calendar()
    assert calendar.span_on(date(2026, 12, 25)) == Span(600, 840)
    assert calendar.hours[-1].words == "09:00–19:00 daily; bank holidays 10:00–14:00"


def test_a_bank_holiday_that_was_proclaimed_counts(session, admin):
    assert service_calendar().is_working_day(date(2026, 12, 1))
    admin.submit("/rules/hours/holiday", day=date(2026, 12, 1))
    assert not service_calendar().is_working_day(date(2026, 12, 1))
    again = admin.submit("/rules/hours/holiday", day=date(2026, 12, 1))
    assert "day" in again.errors
    assert time.today() == date(2026, 11, 24)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_an_administrator_sets_hours(session, sign_in, role):
    me = sign_in(builders.user(role, in_team=builders.team()))
    for path in ("", "/change", "/day", "/holiday"):
        assert me.get(f"/rules/hours{path}").status_code == 403
