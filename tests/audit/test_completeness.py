"""T14. Every answer of the whole suite is checked; here, that the check itself can fail."""

import uuid

import pytest
from sqlalchemy import select

from caseflow import gate
from caseflow.access.permissions import Role
from caseflow.audit.actions import shown
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.caseload import views as caseload
from caseflow.cases.lifecycle import Stage
from tests import builders


@pytest.fixture
def case(session):
    return builders.case_at(Stage.LONG_TERM)


@pytest.fixture
def page(app, monkeypatch):
    """``page(words, cases)``: what my day answers, and which cases it says it shows."""

    def answer(words: str, *case_ids: uuid.UUID) -> None:
        def view() -> str:
            shown(case_ids)
            return words

        view.__dict__.update(caseload.my_day.__dict__)
        monkeypatch.setitem(app.view_functions, "caseload.my_day", view)

    return answer


def test_a_page_that_forgets_to_say_what_it_shows_fails(case, page, sign_in) -> None:
    page(case.reference)
    with pytest.raises(AssertionError, match=r"caseload.my_day.*without a row"):
        sign_in(case.worker).get("/my-day")


def test_a_page_that_shows_what_is_out_of_sight_fails(case, page, sign_in) -> None:
    page(case.reference, case.id)
    with pytest.raises(AssertionError, match="may not know of"):
        sign_in(builders.worker(builders.team("Other", ()))).get("/my-day")


def test_a_page_that_puts_on_record_what_it_does_not_show_fails(case, page, sign_in) -> None:
    other = builders.case_at(Stage.LONG_TERM, held_by=case.worker)
    page(case.reference, case.id, other.id)
    with pytest.raises(AssertionError, match="does not show it"):
        sign_in(case.worker).get("/my-day")


def test_a_page_that_shows_what_is_on_record_passes(case, page, sign_in) -> None:
    page(case.reference, case.id)
    assert sign_in(case.worker).get("/my-day").status_code == 200


def test_a_look_that_was_not_recorded_fails(case, sign_in, monkeypatch) -> None:
    monkeypatch.setattr(gate, "_record_look", lambda about: None)
    with pytest.raises(AssertionError, match=r"casefile.show.*without a row"):
        sign_in(case.worker).get(f"/cases/{case.id}")


def test_every_refusal_is_on_record(case, session, sign_in) -> None:
    stranger = builders.worker(builders.team("Other", ()))
    me = sign_in(stranger)
    asked = [f"/cases/{case.id}", f"/cases/{uuid.uuid4()}", "/users", "/audit", "/team"]
    for address in asked:
        assert me.get(address).status_code in (403, 404)
    rows = session.scalars(select(AuditRow).where(AuditRow.event == Event.REFUSED)).all()
    assert [row.actor_id for row in rows] == [stranger.id] * len(asked)
    assert [row.facts["status"] for row in rows] == [404, 404, 403, 403, 403]


def test_a_page_of_words_only_names_no_case(session, sign_in) -> None:
    me = sign_in(builders.user(Role.ADMINISTRATOR))
    assert me.get("/rules").status_code == 200
    (row,) = session.scalars(select(AuditRow).where(AuditRow.endpoint == "rights.settings"))
    assert row.case_id is None
    assert "cases" not in row.facts
