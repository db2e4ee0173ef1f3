"""What happens to a young person's record. ``on_change`` is handed in by create_app."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem, Stale
from caseflow.kernel.names import fold
from caseflow.people.known import find_by
from caseflow.people.models import Alias, Consent, ContactPoint, Flag, Person, RelatedPerson
from caseflow.people.places import district_of
from caseflow.people.rules import (
    BornPrecision,
    Care,
    ConsentMethod,
    ConsentPurpose,
    ContactKind,
    Decision,
    FlagKind,
    FlagLevel,
    FlagSource,
    GivenBy,
    Relation,
    Safe,
    age_on,
    flag_expiry,
)
from caseflow.staff.models import User

GILLICK_AGES = range(13, 16)
_on_change: list[Callable[[Person], None]] = []

# The fields a screen or a message may set, and nothing else.
EDITABLE = frozenset(
    {
        "label", "first_name", "last_name", "known_as", "pronouns", "born_on", "born_precision",
        "sex", "gender_identity", "ethnicity", "language", "needs_interpreter", "nhs_number",
        "hospital_number", "address", "postcode", "district", "staying_at", "gp", "school",
        "carer_aware", "died_on", "school_district", "care_status", "care_since",
    }
)  # fmt: skip


def call_on_change(hook: Callable[[Person], None]) -> None:
    _on_change[:] = [hook]


def changed(person: Person) -> None:
    names = (person.known_as, person.first_name, person.last_name, person.label)
    person.folded_name = fold(" ".join(name for name in names if name))[:400]
    db.session.flush()
    find_by(person)
    for hook in _on_change:
        hook(person)


def add_person(**fields: Any) -> Person:
    """Any of EDITABLE; nothing at all when nobody knows who they are."""
    check(fields)
    _find_district(fields, "", "")
    person = Person(added_at=clock.now(), **fields)
    db.session.add(person)
    changed(person)
    audit.record(Event.PERSON_ADDED, person_id=person.id)
    return person


def change_person(person: Person, *, version: int | None = None, **fields: Any) -> list[str]:
    """Sets what differs and remembers that a person corrected it; returns the fields changed."""
    if version is not None and version != person.version:
        raise Stale("Somebody changed this record after you opened the page. Look again.")
    check(fields)
    _find_district(fields, person.postcode, person.district)
    different = sorted(name for name in fields if getattr(person, name) != fields[name])
    for name in different:
        setattr(person, name, fields[name])
    if different:
        person.corrected = sorted({*person.corrected, *different})
        changed(person)
        audit.record(Event.PERSON_CHANGED, person_id=person.id, fields=different)
    return different


def fill_in(person: Person, **fields: Any) -> tuple[list[str], list[str]]:
    """From a message: a blank erases nothing, and what a person corrected is only questioned.

    Returns the fields that were set and the fields that differ but stand.
    """
    check(fields)
    _find_district(fields, person.postcode, person.district)
    news = {k: v for k, v in fields.items() if v not in (None, "") and getattr(person, k) != v}
    questioned = sorted(name for name in news if name in person.corrected)
    taken = sorted(news.keys() - set(questioned))
    for name in taken:
        setattr(person, name, news[name])
    if taken:
        changed(person)
        audit.record(Event.PERSON_CHANGED, person_id=person.id, fields=taken, by_message=True)
    return taken, questioned


def _find_district(fields: dict[str, Any], postcode: str, district: str) -> None:
    """A new postcode, or one without a district, says the district by itself; a district that was
    chosen by hand at the same time stands."""
    said = fields.get("district", district)
    if not fields.get("postcode") or (said and said != district):
        return
    if fields["postcode"] != postcode or not said:
        found = district_of(fields["postcode"])
        if found:
            fields["district"] = found


def check(fields: dict[str, Any]) -> None:
    if unknown := fields.keys() - EDITABLE:
        raise ValueError(f"not a field of a person: {', '.join(sorted(unknown))}")
    born = fields.get("born_on")
    if born is not None and born > clock.today():
        raise Problem("Date of birth must be in the past.", "born")
    if born is not None and age_on(born, clock.today()) > 120:
        raise Problem("Date of birth must be less than 120 years ago.", "born")
    since = fields.get("care_since")
    if since is not None and fields.get("care_status") in (Care.NONE, Care.NOT_ASKED):
        raise Problem("Say what the date is about, or leave it out.", "care_status")
    if born is None and "born_on" in fields:
        fields["born_precision"] = BornPrecision.UNKNOWN


def add_alias(person: Person, name: str) -> Alias | None:
    """None when the name is theirs already."""
    folded = fold(name)[:240]
    known = db.session.query(Alias).filter_by(person_id=person.id, folded=folded).first()
    if not folded or known is not None or folded == fold(person.display_name):
        return None
    alias = Alias(person_id=person.id, name=name.strip()[:240], folded=folded)
    db.session.add(alias)
    changed(person)
    audit.record(Event.PERSON_CHANGED, person_id=person.id, fields=["alias"])
    return alias


def save_contact_point(
    person: Person,
    *,
    kind: ContactKind,
    value: str,
    safe_to_call: Safe = Safe.NOT_ASKED,
    safe_to_text: Safe = Safe.NOT_ASKED,
    safe_voicemail: Safe = Safe.NOT_ASKED,
    who_else: str = "",
    best_time: str = "",
    point: ContactPoint | None = None,
) -> ContactPoint:
    if not value.strip():
        raise Problem("Enter the number, address or handle.", "value")
    if point is None:
        point = ContactPoint(person_id=person.id)
        db.session.add(point)
    point.say(kind, value.strip())
    point.safe_to_call, point.safe_to_text = safe_to_call, safe_to_text
    point.safe_voicemail, point.who_else, point.best_time = safe_voicemail, who_else, best_time
    db.session.flush()
    find_by(person)
    audit.record(Event.CONTACT_POINT_CHANGED, person_id=person.id, point=str(point.id))
    return point


def remove_contact_point(point: ContactPoint) -> None:
    point.removed_at = clock.now()
    db.session.flush()
    find_by(db.session.get_one(Person, point.person_id))
    audit.record(
        Event.CONTACT_POINT_CHANGED, person_id=point.person_id, point=str(point.id), removed=True
    )


def save_related_person(
    person: Person,
    *,
    name: str,
    relation: Relation,
    phone: str = "",
    may_contact: Safe = Safe.NOT_ASKED,
    reason: str = "",
    has_responsibility: Safe = Safe.NOT_ASKED,
    related: RelatedPerson | None = None,
) -> RelatedPerson:
    if may_contact is Safe.NO and not reason.strip():
        raise Problem("Say why they may not be contacted, in a few words.", "reason")
    if related is None:
        related = RelatedPerson(person_id=person.id)
        db.session.add(related)
    related.name, related.relation, related.phone = name.strip(), relation, phone.strip()
    related.may_contact, related.reason = may_contact, reason.strip()
    related.has_responsibility = has_responsibility
    db.session.flush()
    audit.record(Event.CONTACT_POINT_CHANGED, person_id=person.id, related=str(related.id))
    return related


def remove_related_person(related: RelatedPerson) -> None:
    related.removed_at = clock.now()
    db.session.flush()
    audit.record(
        Event.CONTACT_POINT_CHANGED,
        person_id=related.person_id,
        related=str(related.id),
        removed=True,
    )


def record_consent(
    person: Person,
    *,
    by: User,
    purpose: ConsentPurpose,
    decision: Decision,
    given_by: GivenBy,
    method: ConsentMethod,
    agency: str = "",
    until: date | None = None,
    competence_note: str = "",
    notice_version: str = "",
    decided_at: datetime | None = None,
) -> Consent:
    if purpose is ConsentPurpose.SHARE and not agency.strip():
        raise Problem("Name the agency they agree to share with.", "agency")
    if until is not None and until <= clock.today():
        raise Problem("The end of consent must be in the future.", "until")
    if decision is Decision.GIVEN and _needs_reasoning(person, given_by) and not competence_note:
        raise Problem(
            "At 13 to 15, write why they understand well enough to decide (Gillick).",
            "competence_note",
        )
    consent = Consent(
        person_id=person.id,
        purpose=purpose,
        decision=decision,
        agency=agency.strip(),
        until=until,
        given_by=given_by,
        competence_note=competence_note,
        method=method,
        notice_version=notice_version,
        decided_at=decided_at or clock.now(),
        recorded_by=by.id,
    )
    db.session.add(consent)
    changed(person)
    audit.record(Event.CONSENT_RECORDED, person_id=person.id, purpose=purpose, decision=decision)
    return consent


def _needs_reasoning(person: Person, given_by: GivenBy) -> bool:
    if given_by is not GivenBy.YOUNG_PERSON or person.born_on is None:
        return False
    return age_on(person.born_on, clock.today()) in GILLICK_AGES


def set_flag(
    person: Person,
    *,
    by: User,
    kind: FlagKind,
    level: FlagLevel,
    source: FlagSource,
    detail: str = "",
    expires_on: date | None = None,
) -> Flag:
    ends = expires_on or flag_expiry(kind, clock.today())
    if ends is not None and ends <= clock.today():
        raise Problem("The flag must run out in the future.", "expires_on")
    flag = Flag(
        person_id=person.id,
        kind=kind,
        level=level,
        source=source,
        detail=detail.strip(),
        set_by=by,
        set_at=clock.now(),
        expires_on=ends,
    )
    db.session.add(flag)
    changed(person)
    audit.record(Event.FLAG_SET, person_id=person.id, flag=str(flag.id), kind=kind)
    return flag


def remove_flag(person: Person, flag: Flag, *, reason: str) -> None:
    if not reason.strip():
        raise Problem("Say why the flag no longer holds.", "reason")
    flag.removed_at, flag.removed_reason = clock.now(), reason.strip()
    changed(person)
    audit.record(Event.FLAG_REMOVED, person_id=person.id, flag=str(flag.id))
