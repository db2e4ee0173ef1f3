"""What is recorded of an incident. A message never overwrites what a person put right."""

from typing import Any

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases.models import Case
from caseflow.incidents.models import Incident
from caseflow.incidents.rules import Nature, swap_offered
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem

# The fields a screen or a message may set, and nothing else.
EDITABLE = frozenset(
    {
        "nature", "weapon", "knife", "injury", "perpetrator", "happened_at", "precision",
        "place_kind", "district", "latitude", "longitude",
    }
)  # fmt: skip
NOTHING = frozenset({None, "", "unknown"})


def record_incident(case: Case, *, nature: Nature, **fields: Any) -> Incident:
    """What happened, as first told; any of EDITABLE."""
    _check(fields)
    incident = Incident(case_id=case.id, nature=nature, **fields)
    db.session.add(incident)
    db.session.flush()
    audit.record(Event.INCIDENT_RECORDED, case_id=case.id, person_id=case.person_id)
    return incident


def change_incident(incident: Incident, **fields: Any) -> list[str]:
    """A person puts it right: no later message changes these fields."""
    _check(fields)
    different = sorted(name for name in fields if getattr(incident, name) != fields[name])
    for name in different:
        setattr(incident, name, fields[name])
    if different:
        incident.corrected = sorted({*incident.corrected, *different})
        _recorded(incident, fields=different)
    return different


def fill_in(incident: Incident, **fields: Any) -> tuple[list[str], list[str]]:
    """From a message: what it leaves out erases nothing, what a person corrected stands.

    Returns the fields that were set and the fields that differ but stand.
    """
    _check(fields)
    news = {k: v for k, v in fields.items() if v not in NOTHING and getattr(incident, k) != v}
    questioned = sorted(name for name in news if name in incident.corrected)
    taken = sorted(news.keys() - set(questioned))
    for name in taken:
        setattr(incident, name, news[name])
    if taken:
        _recorded(incident, fields=taken, by_message=True)
    return taken, questioned


def swap_coordinates(incident: Incident) -> None:
    """The sender gave latitude and longitude the wrong way round, and a person says so."""
    swapped = swap_offered(incident.latitude, incident.longitude)
    if swapped is None:
        raise Problem("These coordinates need no swap.")
    change_incident(incident, latitude=swapped[0], longitude=swapped[1])


def _check(fields: dict[str, Any]) -> None:
    if unknown := fields.keys() - EDITABLE:
        raise ValueError(f"not a field of an incident: {', '.join(sorted(unknown))}")


def _recorded(incident: Incident, **facts: Any) -> None:
    db.session.flush()
    audit.record(
        Event.INCIDENT_RECORDED, case_id=incident.case_id, incident=str(incident.id), **facts
    )
