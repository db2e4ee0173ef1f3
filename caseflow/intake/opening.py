"""The single door: a message, a bedside form, outreach and custody all come through here."""

from collections.abc import Mapping
from dataclasses import asdict
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
from caseflow.intake.arrival import Arrival, Reach, Relative, arrival_of
from caseflow.intake.draft import Draft, Problem
from caseflow.intake.models import Referral
from caseflow.intake.quietly import tell_who_may_know
from caseflow.intake.rules import Source, stream_of
from caseflow.kernel import errors
from caseflow.kernel.database import db
from caseflow.kernel.names import fold
from caseflow.kernel.phones import read_phone
from caseflow.people import actions as people
from caseflow.people.models import Person
from caseflow.people.rules import ContactKind
from caseflow.staff import queries as staff
from caseflow.staff.actions import add_team
from caseflow.staff.models import Team, User

FIRST_TEAM = "Hospital team"
MOST_PROBLEMS = 200
NAMES = frozenset({"first_name", "last_name", "known_as", "label"})


def receive(
    draft: Draft | Arrival,
    *,
    source: Source,
    received_at: datetime,
    by: User | None,
    team: Team | None = None,
    stream: Stream | None = None,
    identity: tuple[str, str] | None = None,
) -> Referral:
    """Opens a case for a new referral, or adds the referral to the open case of somebody known.
    Nothing it answers says which: whoever brings a referral may not know of the young person.

    ``stream`` is the source's unless given: focused deterrence has no source of its own.
    ``identity`` is (sender, request) of a message; by hand there is none. Flags are not set: a
    person reads what the sender said, and sets them.
    """
    arrival = arrival_of(draft) if isinstance(draft, Draft) else draft
    stream = stream or stream_of(source)
    notes = list(arrival.problems)
    case = _case_for(arrival, stream, team or _team_of(stream), received_at, by, notes)
    sender, focus = identity or (None, None)
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
    record_what_happened(case, arrival.incident)
    db.session.flush()
    audit.record(
        Event.REFERRAL_RECEIVED,
        case_id=case.id,
        person_id=case.person_id,
        referral=str(referral.id),
        source=source,
    )
    tell_who_may_know(referral)
    return referral


def _team_of(stream: Stream) -> Team:
    """A new installation has no team yet, and its first referral must not be turned away."""
    team = staff.team_for(stream)
    if team is None and not staff.all_teams():
        return add_team(name=FIRST_TEAM, streams=list(Stream))
    if team is None:
        kind = stream.label.lower()
        raise errors.Problem(f"No team receives {kind} referrals yet. Tell your administrator.")
    return team


def _without_lists(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if not isinstance(value, list)}


def _case_for(
    arrival: Arrival,
    stream: Stream,
    team: Team,
    received_at: datetime,
    by: User | None,
    notes: list[Problem],
) -> Case:
    person = queries.person_recognised(arrival.nhs_identity, arrival.person.get("born_on"))
    if person is None:
        person = people.add_person(**arrival.person)
        add_belongings(person, arrival)
        return cases.open_case(person, stream=stream, team=team, received_at=received_at, by=by)
    notes += learn_of_known(person, arrival)
    open_one = queries.open_episode(person, stream)
    return open_one or cases.open_case(
        person, stream=stream, team=team, received_at=received_at, by=by
    )


def learn_of_known(person: Person, arrival: Arrival) -> list[Problem]:
    """Somebody we knew before: blanks are filled; what differs is said, and a person decides."""
    blanks = {
        name: value
        for name, value in arrival.person.items()
        if getattr(person, name) in (None, "", "not_asked")
    }
    people.fill_in(person, **blanks)
    differ = [
        name
        for name, value in arrival.person.items()
        if name not in blanks and name not in NAMES and getattr(person, name) != value
    ]
    if _name(arrival.person) and fold(_name(arrival.person)) != _known_name(person):
        people.add_alias(person, _name(arrival.person))
        differ.append("name")
    add_belongings(person, arrival)
    return [differs(name) for name in sorted(differ)]


def _name(fields: Mapping[str, Any]) -> str:
    return f"{fields.get('first_name', '')} {fields.get('last_name', '')}".strip()


def _known_name(person: Person) -> str:
    return fold(f"{person.first_name} {person.last_name}")


def differs(name: str) -> Problem:
    """Never the value: this line may be printed. The sender's own is with what the sender said."""
    return Problem(
        in_words(name), "The sender says something else; ours stands. Check which is so."
    )


def in_words(name: str) -> str:
    return {"born_on": "Date of birth", "nhs_number": "NHS number", "gp": "GP"}.get(
        name, name.replace("_", " ").capitalize()
    )


def add_belongings(person: Person, arrival: Arrival) -> None:
    """Aliases, ways to reach them and relatives; whatever is known already is left as it is."""
    for alias in arrival.aliases:
        people.add_alias(person, alias)
    known = queries.contact_values(person)
    for reach in arrival.reach:
        if reach.value.strip() and not _keys(reach) & known:
            point = people.save_contact_point(
                person,
                kind=reach.kind,
                value=reach.value,
                safe_to_call=reach.to_call,
                safe_to_text=reach.to_text,
                who_else=reach.who_else,
            )
            known.add(point.folded)
    _add_relatives(person, arrival.relatives)


def _keys(reach: Reach) -> set[str]:
    """How people folds a number or an address, to know it again."""
    if reach.kind is ContactKind.PHONE:
        return {(read_phone(reach.value).e164 or reach.value).replace(" ", "")[:254]}
    return {reach.value.strip().casefold()[:254]}


def _add_relatives(person: Person, relatives: tuple[Relative, ...]) -> None:
    if not relatives:
        return
    known = queries.relative_names(person)
    for relative in relatives:
        if fold(relative.name) not in known:
            people.save_related_person(
                person, name=relative.name, relation=relative.relation, phone=relative.phone
            )
            known.add(fold(relative.name))


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
