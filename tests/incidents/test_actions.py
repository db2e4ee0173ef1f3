from typing import Any

import pytest
from sqlalchemy import select

from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.incidents import actions
from caseflow.incidents.models import Incident
from caseflow.incidents.queries import incident_of
from caseflow.incidents.rules import Nature, PlaceKind, Weapon
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from tests import builders


@pytest.fixture
def incident(session: Any) -> Incident:
    case = builders.received_case()
    return actions.record_incident(
        case, nature=Nature.STABBING, latitude=-1.1332, longitude=52.63686
    )


def test_a_case_has_its_incident(session: Any) -> None:
    case = builders.received_case()
    assert incident_of(case) is None
    recorded = actions.record_incident(case, nature=Nature.ROBBERY)
    assert incident_of(case) is recorded
    assert recorded.weapon is Weapon.UNKNOWN


def test_a_message_fills_in_and_a_blank_erases_nothing(incident: Incident) -> None:
    taken, questioned = actions.fill_in(
        incident, nature=Nature.UNKNOWN, weapon=Weapon.MACHETE, district="", latitude=None
    )
    assert (taken, questioned) == (["weapon"], [])
    assert (incident.nature, incident.weapon) == (Nature.STABBING, Weapon.MACHETE)
    assert incident.latitude == -1.1332


def test_what_a_person_put_right_is_questioned(incident: Incident) -> None:
    assert actions.change_incident(incident, nature=Nature.BLUNT) == ["nature"]
    assert actions.fill_in(incident, nature=Nature.STABBING, place_kind=PlaceKind.PARK) == (
        ["place_kind"],
        ["nature"],
    )
    assert incident.nature is Nature.BLUNT


def test_a_swap_is_a_persons_correction_and_audited(incident: Incident) -> None:
    actions.swap_coordinates(incident)
    assert (incident.latitude, incident.longitude) == (52.63686, -1.1332)
    assert incident.corrected == ["latitude", "longitude"]
    rows = db.session.scalars(
        select(AuditRow).where(AuditRow.event == Event.INCIDENT_RECORDED).order_by(AuditRow.seq)
    ).all()
    assert rows[-1].facts["fields"] == ["latitude", "longitude"]
    with pytest.raises(Problem, match="need no swap"):
        actions.swap_coordinates(incident)


def test_no_other_field_can_be_set(incident: Incident) -> None:
    for verb in (actions.fill_in, actions.change_incident):
        with pytest.raises(ValueError, match="case_id"):
            verb(incident, case_id=incident.case_id)
