"""Keeping the directory, and reading it."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.cases.rules import NeedDomain
from caseflow.kernel import clock as time
from caseflow.kernel.errors import Problem, Stale
from caseflow.services import actions, queries
from caseflow.services.models import Service
from caseflow.staff.models import User
from tests import builders

D = NeedDomain


@pytest.fixture
def lead(session: Session) -> User:
    return builders.supervisor()


def service(by: User, name: str = "Mentoring", **fields) -> Service:
    usual = {
        "agency": "Made-up Trust", "domains": [D.PEERS, D.EDUCATION], "youngest": 11, "oldest": 18,
        "verified_on": time.today(), "area": "Leicester", "wait_days": 14, "route": "Ring them",
    }  # fmt: skip
    return actions.add_service(by=by, name=name, **(usual | fields))


def test_suggestions_fit_the_need_and_the_age_and_put_the_surest_first(lead) -> None:
    slow = service(lead, "Slow", wait_days=60)
    quick = service(lead, "Quick", wait_days=0)
    unsure = service(lead, "Unsure", wait_days=None)
    stale = service(lead, "Stale", wait_days=0, verified_on=time.today() - timedelta(days=100))
    service(lead, "Housing", domains=[D.HOUSING])
    service(lead, "Adults", youngest=18, oldest=25)

    assert queries.suggested(need=D.PEERS, age=15) == [quick, slow, unsure, stale]


def test_an_ended_service_is_offered_to_nobody(lead) -> None:
    one = service(lead)
    actions.end_service(one, by=lead)
    assert queries.offered() == []
    assert queries.ended() == [one]
    actions.reopen_service(one, by=lead)
    assert queries.offered() == [one]


def test_checking_a_service_makes_it_fresh(lead) -> None:
    one = service(lead, verified_on=date(2020, 1, 1))
    assert one.is_stale
    actions.verify_service(one, by=lead)
    assert not one.is_stale


def test_a_service_needs_something_it_helps_with_and_ages_the_right_way_round(lead) -> None:
    with pytest.raises(Problem, match="helps with") as problem:
        service(lead, domains=[])
    assert problem.value.field == "domains"
    with pytest.raises(Problem) as problem:
        service(lead, youngest=18, oldest=11)
    assert problem.value.field == "oldest"


def test_whoever_was_slower_is_told(lead) -> None:
    one = service(lead)
    fields = {
        name: getattr(one, name)
        for name in ("agency", "domains", "youngest", "oldest", "area", "wait_days", "route",
                     "verified_on")
    }  # fmt: skip
    fields["domains"] = [D.PEERS]
    opened = one.version
    actions.change_service(one, by=lead, name="First", version=opened, **fields)
    with pytest.raises(Stale):
        actions.change_service(one, by=lead, name="Second", version=opened, **fields)
    assert one.name == "First"


def test_every_change_is_on_the_trail(session, lead) -> None:
    one = service(lead)
    actions.verify_service(one, by=lead)
    session.flush()
    rows = session.query(AuditRow).filter_by(event=Event.SERVICE_SAVED).all()
    assert sorted(row.facts["what"] for row in rows) == ["added", "verified"]


# --- screens -------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_need_age_and_area(lead, sign_in) -> None:
    service(lead, "Mentoring")
    service(lead, "Housing help", domains=[D.HOUSING], area="Rutland")
    client = sign_in(lead)
    assert "2 services" in client.get("/services").words
    for narrowed in ("need=housing", "area=Rutland", "need=housing&age=15&area=Rutland"):
        shown = client.get(f"/services?{narrowed}").words
        assert "Housing help" in shown
        assert "1 service that fits" in shown
    assert "No service in the directory fits" in client.get("/services?age=40").words


def test_nonsense_in_the_filter_is_answered_in_words(lead, sign_in) -> None:
    answer = sign_in(lead).get("/services?need=nonsense&age=old")
    assert answer.status_code == 422
    assert set(answer.errors) == {"need", "age"}


def test_an_old_entry_says_so(lead, sign_in) -> None:
    service(lead, verified_on=time.today() - timedelta(days=100))
    assert "Last checked 14 weeks ago" in sign_in(lead).get("/services").words


def test_an_empty_directory_says_what_would_be_here(lead, sign_in) -> None:
    words = sign_in(lead).get("/services").words
    assert "The agencies that can help" in words


def test_a_supervisor_adds_changes_and_ends_a_service(lead, sign_in) -> None:
    client = sign_in(lead)
    added = client.submit("/services/new", agency="Made-up Trust", name="Boxing", domains=["peers"])
    assert added.location == "/services"
    (one,) = queries.offered()
    client.submit(f"/services/{one.id}", name="Boxing club", domains=["peers", "identity"])
    assert (one.name, one.domains) == ("Boxing club", ["peers", "identity"])
    client.submit(f"/services/{one.id}", form=f"/services/{one.id}/end")
    assert queries.offered() == []


def test_mistakes_come_back_with_everything_typed(lead, sign_in) -> None:
    answer = sign_in(lead).submit(
        "/services/new", agency="Made-up Trust", youngest="18", oldest="11", domains=["peers"],
        route="x" * 5_001,
    )  # fmt: skip
    assert answer.status_code == 422
    assert answer.errors["name"] == "Enter the name of the service"
    assert "5,000 characters or fewer" in answer.errors["route"]
    assert answer.html.xpath("//input[@id='agency']")[0].value == "Made-up Trust"


def test_a_stale_form_keeps_what_was_typed(lead, sign_in) -> None:
    one = service(lead)
    slow, quick = sign_in(lead), sign_in(builders.supervisor())
    mine = slow.fill(f"/services/{one.id}", name="Mine")
    quick.submit(f"/services/{one.id}", name="Theirs")
    answer = slow.send(mine)
    assert answer.status_code == 409
    assert answer.html.xpath("//input[@id='name']")[0].value == "Mine"
    assert one.name == "Theirs"
    mine.data["version"] = answer.html.xpath("//input[@name='version']/@value")[0]
    assert slow.send(mine).status_code == 302
    assert one.name == "Mine"


def test_a_worker_reads_the_directory_and_does_not_write_in_it(lead, sign_in) -> None:
    one = service(lead)
    client = sign_in(builders.worker())
    page = client.get("/services")
    assert "Mentoring" in page.words
    assert not page.html.xpath("//main//form[@method='post']")
    assert client.get("/services/new").status_code == 403
    assert client.get(f"/services/{one.id}").status_code == 403


@pytest.mark.parametrize("role", [Role.POLICE_LIAISON, Role.ADMINISTRATOR, Role.EVALUATOR])
def test_other_roles_do_not_get_in(session, sign_in, role) -> None:
    assert sign_in(builders.user(role)).get("/services").status_code == 403


def test_the_directory_reads_well_at_both_widths(session, lead, page, browser_sign_in, axe) -> None:
    service(lead)
    service(lead, "Stale one", verified_on=None, route="")
    session.commit()
    browser_sign_in(page, lead)
    page.goto("/services")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Helps with").select_option("education")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_text("2 services that fit").wait_for()
    page.get_by_role("link", name="Mentoring").click()
    axe(page)
    page.get_by_label("Usual wait").fill("lots")
    page.get_by_role("button", name="Save the service").click()
    page.get_by_role("link", name="Usual wait must be a whole number").wait_for()
    axe(page)
