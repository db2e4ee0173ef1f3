"""What a referral brings, whichever door it came through: our own fields, ready to be saved."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from caseflow.incidents.rules import Knife, Nature, TimePrecision, Weapon
from caseflow.intake.codes import SceneSafety
from caseflow.intake.draft import (
    Address,
    Draft,
    Email,
    FlagFound,
    Name,
    Problem,
    Related,
    Telephone,
)
from caseflow.intake.rules import Source, Urgency, nature_of
from caseflow.kernel import clock
from caseflow.kernel.partial_date import PartialDate
from caseflow.people.rules import BornPrecision, ContactKind, Relation, Safe

OLDEST_YEARS = 120
NOT_THEIRS = frozenset({"anonymous", "old", "maiden"})


@dataclass(frozen=True)
class Reach:
    """One way to reach them, and what is known to be safe."""

    kind: ContactKind
    value: str
    to_call: Safe = Safe.NOT_ASKED
    to_text: Safe = Safe.NOT_ASKED
    who_else: str = ""


@dataclass(frozen=True)
class Relative:
    name: str
    relation: Relation
    phone: str = ""


@dataclass(frozen=True)
class Arrival:
    """``person``, ``referral`` and ``incident`` hold columns by name; what nobody said is absent.

    ``nhs_identity`` is the NHS number that may recognise them: verified by its check digit.
    """

    person: Mapping[str, Any]
    referral: Mapping[str, Any]
    incident: Mapping[str, Any]
    aliases: tuple[str, ...] = ()
    reach: tuple[Reach, ...] = ()
    relatives: tuple[Relative, ...] = ()
    nhs_identity: str | None = None
    problems: tuple[Problem, ...] = field(default=())


def arrival_of(draft: Draft) -> Arrival:
    """A hospital's message in our own fields."""
    problems: list[Problem] = []
    number = draft.nhs_number
    return Arrival(
        person=_said(_person(draft, problems)),
        referral=_said(_referral(draft)),
        incident=_said(_incident(draft)),
        aliases=tuple(_aliases(draft)),
        reach=(*_phones(draft.phones, problems), *_emails(draft.emails)),
        relatives=tuple(_relative(someone) for someone in draft.related),
        nhs_identity=number.digits if number and number.is_identity else None,
        problems=tuple(problems),
    )


def born_fields(born: PartialDate | None) -> dict[str, Any]:
    if born is None:
        return {}
    return {"born_on": born.earliest, "born_precision": BornPrecision(born.precision.value)}


def reason_rows(draft: Draft) -> list[dict[str, str]]:
    return [
        {
            "reason": found.reason.value,
            "basis": found.basis,
            "evidence": found.evidence[:200],
            "where": found.where[:200],
        }
        for found in draft.reasons
    ]


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}


# --- the person ---


def _person(draft: Draft, problems: list[Problem]) -> dict[str, Any]:
    name = None if draft.is_unidentified else draft.main_name
    number = draft.nhs_number
    return {
        **_named(name, draft),
        **born_fields(_possible(draft.birth_date, problems)),
        "sex": draft.sex,
        "ethnicity": draft.ethnicity.group if draft.ethnicity else None,
        "language": draft.language.label[:80] if draft.language else None,
        "needs_interpreter": _yes_no(draft.interpreter_needed),
        "nhs_number": (number.digits or number.text)[:20] if number else None,
        "hospital_number": draft.local_ids[0].value[:40] if draft.local_ids else None,
        **_living(draft.addresses),
        "gp": _gp(draft),
        "died_on": _died_on(draft, problems),
    }


def _gp(draft: Draft) -> str:
    practice = draft.gp.name if draft.gp else None
    return " · ".join(filter(None, (practice, draft.gp_practitioner)))[:200]


def _named(name: Name | None, draft: Draft) -> dict[str, str]:
    if name is None:
        return {"label": _label(draft)}
    whole = {} if name.given or name.family else {"first_name": name.full[:120]}
    return {
        "first_name": name.first[:120],
        "last_name": name.family[:120],
        "known_as": (draft.known_as or "")[:120],
        **whole,
    }


def _label(draft: Draft) -> str:
    """What to call somebody whom nobody can name yet."""
    told = draft.main_name.full if draft.main_name else ""
    number = f"hospital case {draft.attendance.number}" if draft.attendance.number else ""
    return (told or " ".join(filter(None, ("Unknown,", number))).rstrip(","))[:120]


def _possible(born: PartialDate | None, problems: list[Problem]) -> PartialDate | None:
    if born is not None and clock.today().year - born.year > OLDEST_YEARS:
        what = f"is more than {OLDEST_YEARS} years ago; left out"
        problems.append(Problem("Patient.birthDate", what))
        return None
    return born


def _living(addresses: tuple[Address, ...]) -> dict[str, str]:
    """Home, and where they are staying; old and billing addresses stay in the message."""
    home = _first_of(addresses, "home", "")
    staying = _first_of(addresses, "temp")
    found = {"staying_at": staying.one_line[:400]} if staying else {}
    if home is None:
        return found
    lines = home.one_line.removesuffix(home.postcode).rstrip(", ") if home.postcode else ""
    return found | {
        "address": (lines or home.one_line)[:400],
        "postcode": home.postcode[:10],
    }


def _first_of(addresses: tuple[Address, ...], *uses: str) -> Address | None:
    for use in uses:
        for address in addresses:
            if address.use == use and address.one_line:
                return address
    return None


def _died_on(draft: Draft, problems: list[Problem]) -> date | None:
    if not draft.died:
        return None
    try:
        return date.fromisoformat(draft.died[:10])
    except ValueError:
        problems.append(Problem("Patient.deceased", "The sender says they have died. Ask when."))
        return None


def _yes_no(answer: bool | None) -> Safe | None:
    return None if answer is None else Safe.YES if answer else Safe.NO


def _aliases(draft: Draft) -> Iterator[str]:
    for name in draft.aliases:
        if name.use != "anonymous":
            yield name.full[:240]
    main = draft.main_name
    if main and main.use != "anonymous" and len(main.given) > 1:
        yield main.full[:240]


def _phones(phones: Iterable[Telephone], problems: list[Problem]) -> Iterator[Reach]:
    for phone in phones:
        value = phone.number.display
        if len(value) > 254:
            problems.append(Problem("Patient.telecom", "A number was too long to keep whole."))
        whose = "The sender did not say whose number it is." if phone.whose != "self" else ""
        yield Reach(ContactKind.PHONE, value[:254], who_else=whose)


def _emails(emails: Iterable[Email]) -> Iterator[Reach]:
    for email in emails:
        yield Reach(ContactKind.EMAIL, email.address[:254])


def _relative(someone: Related) -> Relative:
    name = someone.name.full if someone.name else someone.sender_word or "Not named"
    phone = ", ".join(dict.fromkeys(phone.number.display for phone in someone.phones))
    return Relative(name[:200], someone.relation, phone[:60])


# --- the referral ---


def source_of(draft: Draft) -> Source:
    use = f"{draft.use_case.label if draft.use_case else ''} {draft.sender.name or ''}".casefold()
    if any(word in use for word in ("cad ", "999", "111", "ambulance", "primary care", "gp ")):
        return Source.OTHER_NHS
    setting = (draft.attendance.setting or "").casefold()
    return Source.TRAUMA_WARD if "inpatient" in setting else Source.ED_CLINICIAN


_NOW = frozenset({"stat", "asap"})
_CATEGORY_NOW = ("C1", "C2")


def urgency_of(draft: Draft) -> Urgency | None:
    """None where the sender says nothing of it: what was said before stands."""
    if not draft.priority and not draft.urgency:
        return None
    code = (draft.urgency.code if draft.urgency else "").upper()
    if draft.priority in _NOW or code in _CATEGORY_NOW:
        return Urgency.NOW
    return Urgency.URGENT if draft.priority == "urgent" or code == "C3" else Urgency.ROUTINE


def _referral(draft: Draft) -> dict[str, Any]:
    referrer, attendance = draft.referrer, draft.attendance
    return {
        "referrer_name": (referrer.name or "")[:200],
        "referrer_role": (referrer.role or "")[:200],
        "referrer_phone": (referrer.phone.display if referrer.phone else "")[:60],
        "sender_name": (draft.sender.name or draft.sender.code or "")[:200],
        "attended_at": attendance.arrived_at,
        "site": (attendance.site or "")[:120],
        "ward": (attendance.setting or "").capitalize()[:120],
        "is_still_there": _still_there(draft),
        "urgency": urgency_of(draft),
        "reason": "; ".join(draft.presenting_complaints)[:2000],
        "reasons": reason_rows(draft),
        "sender_said": said_rows(draft),
    }


def _still_there(draft: Draft) -> Safe | None:
    status = (draft.attendance.status or "").lower()
    if draft.attendance.left_at or status in ("finished", "completed"):
        return Safe.NO
    return Safe.YES if status in ("in-progress", "arrived", "triaged") else None


def said_rows(draft: Draft) -> list[dict[str, str]]:
    """What worries the sender first; then every other word, under its place in the message."""
    rows = [*_warnings(draft), *[{"where": s.where, "text": s.text} for s in draft.sender_said]]
    return [row for row in rows if row["text"]]


def _warnings(draft: Draft) -> Iterator[dict[str, str]]:
    for flag in draft.safeguarding:
        yield {"where": "Safeguarding", "text": _flag_words(flag)}
    if draft.scene_safety not in (None, SceneSafety.SAFE) or draft.scene_safety_text:
        words = [draft.scene_safety.label if draft.scene_safety else "", draft.scene_safety_text]
        yield {"where": "Scene", "text": ": ".join(filter(None, words))}
    for flag in draft.other_flags:
        yield {"where": "Flag", "text": _flag_words(flag)}
    if draft.incident.place:
        yield {"where": "Where it happened", "text": draft.incident.place}
    for consent in draft.consents:
        yield {"where": "Consent the sender recorded", "text": consent}
    for appointment in draft.appointments:
        yield {"where": "Appointment", "text": appointment}


def _flag_words(flag: FlagFound) -> str:
    more = flag.text if flag.text != flag.label else ""
    over = "" if flag.active else " (no longer active)"
    return ": ".join(filter(None, (flag.label, more))) + over


# --- the incident ---


def _incident(draft: Draft) -> dict[str, Any]:
    told = draft.incident
    weapon = draft.weapons[0] if draft.weapons else None
    nature = nature_of((found.reason, found.basis) for found in draft.reasons)
    return {
        "nature": None if nature is Nature.UNKNOWN else nature,
        "weapon": weapon.weapon if weapon else None,
        "knife": _knife(draft),
        **_when(told.at, told.day),
        "latitude": told.latitude,
        "longitude": told.longitude,
    }


_KNIVES = frozenset({Weapon.KITCHEN_KNIFE, Weapon.OTHER_KNIFE, Weapon.MACHETE})


def _knife(draft: Draft) -> Knife | None:
    found = [weapon for weapon in draft.weapons if weapon.weapon in _KNIVES]
    if not found:
        return None
    return Knife.YES if any(weapon.basis == "code" for weapon in found) else Knife.BELIEVED


def _when(at: datetime | None, day: PartialDate | None) -> dict[str, Any]:
    if at is not None:
        return {"happened_at": at, "precision": TimePrecision.EXACT}
    if day is not None and day.exact:
        return {"happened_at": clock.start_of(day.exact), "precision": TimePrecision.DATE}
    return {}
