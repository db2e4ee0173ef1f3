"""The single door: a message, a bedside form, outreach and custody all come through here."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases import actions as cases
from caseflow.cases.models import Case
from caseflow.cases.rules import Stream
from caseflow.incidents import actions as incidents
from caseflow.incidents.queries import incident_of
from caseflow.incidents.rules import Nature
from caseflow.intake import queries
from caseflow.intake.arrival import Arrival, arrival_of
from caseflow.intake.draft import Draft, Problem
from caseflow.intake.known import note_likenesses
from caseflow.intake.models import Referral
from caseflow.intake.rules import Source, stream_of
from caseflow.intake.stories import (
    add_belongings,
    learn_of_known,
    learn_of_person,
    learn_what_happened,
)
from caseflow.kernel import errors
from caseflow.kernel.database import db
from caseflow.people import actions as people
from caseflow.people.models import Person
from caseflow.staff import queries as staff
from caseflow.staff.actions import add_team
from caseflow.staff.models import Team, User

FIRST_TEAM = "Hospital team"
MOST_PROBLEMS = 200


class NobodyReceives(errors.Problem):
    """Nothing is wrong with what came: it is for us to put right."""


@dataclass(frozen=True)
class Told:
    """A message, and when by its sender's clock it was said."""

    draft: Draft
    at: datetime


def receive(
    draft: Draft | Arrival,
    *,
    source: Source,
    received_at: datetime,
    by: User | None,
    team: Team | None = None,
    stream: Stream | None = None,
    told: Told | None = None,
    person: Person | None = None,
) -> Referral:
    """Opens a case for a new referral, or adds the referral to the open case of somebody known.
    Nothing it answers says which: whoever brings a referral may not know of the young person.

    ``stream`` is the source's unless given: focused deterrence has no source of its own.
    ``told`` is the message it came by; by hand there is none. ``person``: somebody we know, by the
    word of whoever brings it. Flags are not set: a person reads
    what the sender said, and sets them.
    """
    arrival = arrival_of(draft) if isinstance(draft, Draft) else draft
    stream = stream or stream_of(source)
    notes = list(arrival.problems)
    person = person or queries.person_recognised(
        arrival.nhs_identity, arrival.person.get("born_on")
    )
    receiving = team or _team_of(stream)
    case = _case_for(person, arrival, stream, receiving, received_at, by, notes, told)
    sender, focus = told.draft.identity if told else (None, None)
    referral = Referral(
        case=case,
        source=source,
        received_at=received_at,
        sender=sender,
        focus=focus,
        **_without_lists(arrival.referral),
    )
    referral.reasons = list(arrival.referral.get("reasons", []))
    referral.sender_said = list(arrival.referral.get("sender_said", []))
    referral.problems = plain_problems(notes)
    db.session.add(referral)
    referral.problems += plain_problems(_what_happened(case, arrival, told))
    db.session.flush()
    audit.record(
        Event.REFERRAL_RECEIVED,
        case_id=case.id,
        person_id=case.person_id,
        referral=str(referral.id),
        source=source,
    )
    note_likenesses(referral, by=by)
    return referral


def _team_of(stream: Stream) -> Team:
    """A new installation has no team yet, and its first referral must not be turned away."""
    team = staff.team_for(stream)
    if team is None and not staff.all_teams():
        return add_team(name=FIRST_TEAM, streams=list(Stream))
    if team is None:
        kind = stream.label.lower()
        raise NobodyReceives(f"No team receives {kind} referrals yet. Tell your administrator.")
    return team


def _without_lists(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if not isinstance(value, list)}


def _case_for(
    person: Person | None,
    arrival: Arrival,
    stream: Stream,
    team: Team,
    received_at: datetime,
    by: User | None,
    notes: list[Problem],
    told: Told | None,
) -> Case:
    if person is None:
        person = people.add_person(**arrival.person)
        add_belongings(person, arrival)
        return cases.open_case(person, stream=stream, team=team, received_at=received_at, by=by)
    if told is None:
        notes += learn_of_known(person, arrival)
    else:
        notes += learn_of_person(person, told.draft, told.at)[0]
    open_one = queries.open_episode(person, stream)
    return open_one or cases.open_case(
        person, stream=stream, team=team, received_at=received_at, by=by
    )


def _what_happened(case: Case, arrival: Arrival, told: Told | None) -> list[Problem]:
    incident = incident_of(case)
    if told is None or incident is None:
        record_what_happened(case, arrival.incident)
        return []
    return learn_what_happened(incident, case, told.draft, told.at)[0]


def record_what_happened(case: Case, fields: Mapping[str, Any]) -> None:
    """One incident a case: a second referral fills in what the first left open."""
    incident = incident_of(case)
    if incident is None:
        rest = {name: value for name, value in fields.items() if name != "nature"}
        incidents.record_incident(case, nature=fields.get("nature", Nature.UNKNOWN), **rest)
        return
    blanks = {
        name: value
        for name, value in fields.items()
        if getattr(incident, name) in (None, "", "unknown")
    }
    incidents.fill_in(incident, **blanks)


def plain_problems(problems: list[Problem]) -> list[dict[str, str]]:
    return [asdict(problem) for problem in dict.fromkeys(problems)][:MOST_PROBLEMS]
