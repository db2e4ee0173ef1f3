"""A row of somebody's spreadsheet in our own fields, and what is wrong with it. No database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from caseflow.intake.arrival import Arrival, Reach, born_fields
from caseflow.intake.cell_values import (
    ERRORS,
    Unclear,
    lost_its_zero,
    read_age,
    read_born,
    read_moment,
    read_number,
    read_yes,
)
from caseflow.intake.codes import ethnicity_of, hints_in
from caseflow.intake.columns import BY_NAME
from caseflow.intake.draft import Problem
from caseflow.intake.hints import reasons
from caseflow.intake.rules import nature_of
from caseflow.intake.sheet import Line, is_problem
from caseflow.kernel.nhs_number import read_nhs_number
from caseflow.kernel.words import Words
from caseflow.people.rules import BornPrecision, ContactKind, Safe, Sex

T = TypeVar("T")
LONGEST = {
    "first_name": 120, "last_name": 120, "known_as": 120, "hospital_number": 40, "address": 400,
    "postcode": 10, "language": 80, "email": 254, "phone": 60, "site": 120, "ward": 120,
    "reason": 2000, "referrer_name": 200, "referrer_role": 200, "referrer_phone": 60,
    "operation_code": 40, "nhs_number": 20, "row_id": 200,
}  # fmt: skip
SEXES = {"m": Sex.MALE, "male": Sex.MALE, "f": Sex.FEMALE, "female": Sex.FEMALE}
NO_CALL = "did not agree to a support call, and is not brought in"


class SheetKind(Words):
    """What a spreadsheet holds."""

    REFERRALS = "referrals", "Referrals"
    AFTERMATH = "aftermath", "People who agreed to a support call after a police operation"


@dataclass
class RowRead:
    """``arrival`` is None when ``problems`` says why the row is refused. ``notes``: what was
    assumed; it stays with the referral."""

    arrival: Arrival | None = None
    problems: list[str] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def wrong(self, name: str, what: str) -> None:
        self.problems.append(f"{BY_NAME[name].label} {what}.")


def read_row(
    line: Line,
    headings: tuple[str, ...],
    columns: Mapping[str, int],
    *,
    kind: SheetKind,
    now: datetime,
    operation: str = "",
) -> RowRead:
    """Everything the row says: what has no field of its own stays in the sender's words."""
    row = RowRead()
    said = {name: line.cells[place] for name, place in columns.items() if line.cells[place]}
    for name in [name for name, text in said.items() if text.upper() in ERRORS]:
        row.wrong(name, "holds an error of the spreadsheet")
    for name, text in said.items():
        if len(text) > LONGEST.get(name, len(text)):
            row.wrong(name, f"is longer than {LONGEST[name]:,} letters")
    person, aliases = _person(said, row, now.date())
    referral = _referral(said, row, now, operation)
    if kind is SheetKind.AFTERMATH:
        _agreed(said, referral, row)
    referral["sender_said"] = _rest(line, headings, columns)
    reach = _reach(said, row)
    hints = [(means, "words", said_so, "What happened") for means, said_so in _hints(said)]
    found = reasons(hints)
    referral["reasons"] = [
        {"reason": r.reason.value, "basis": r.basis, "evidence": r.evidence, "where": r.where}
        for r in found
    ]
    if row.problems:
        return row
    number = read_nhs_number(said["nhs_number"]) if "nhs_number" in said else None
    row.arrival = Arrival(
        person=person,
        referral=referral,
        incident={"nature": nature_of((r.reason, r.basis) for r in found)},
        aliases=aliases,
        reach=reach,
        nhs_identity=number.digits if number and number.is_identity else None,
        problems=tuple(row.notes),
    )
    return row


def _read(row: RowRead, said: Mapping[str, str], name: str, read: Callable[[str], T]) -> T | None:
    if name not in said:
        return None
    try:
        return read(said[name])
    except Unclear as error:
        row.wrong(name, str(error))
        return None


# --- the person ---


def _person(
    said: Mapping[str, str], row: RowRead, today: date
) -> tuple[dict[str, Any], tuple[str, ...]]:
    names, aliases = _names(said, row)
    born = _read(row, said, "born", lambda text: read_born(text, today))
    age = _read(row, said, "age", read_age)
    told: dict[str, Any] = {
        **names,
        **(born_fields(born) or _by_age(age, today)),
        "sex": _sex(said, row),
        "ethnicity": _ethnicity(said, row),
        "nhs_number": _nhs_number(said, row),
        **{name: said.get(name) for name in ("hospital_number", "address", "language")},
        "postcode": said.get("postcode", "").upper(),
    }
    return {name: value for name, value in told.items() if value not in (None, "")}, aliases


def _names(said: Mapping[str, str], row: RowRead) -> tuple[dict[str, str], tuple[str, ...]]:
    names = {name: said[name] for name in ("first_name", "last_name", "known_as") if name in said}
    whole = said.get("name", "")
    if whole and not {"first_name", "last_name"} & names.keys():
        return _split(whole, row) | names, ()
    if not names:
        row.problems.append("There is no name. Write one, or what they are called.")
    return names, (whole,) if whole and len(whole) <= 240 else ()


def _split(whole: str, row: RowRead) -> dict[str, str]:
    """ "EXAMPLE, Billy" and "Billy Example"; one word alone is what they are called."""
    last, comma, first = (part.strip() for part in whole.partition(","))
    words = whole.split()
    if len(words) == 1:
        names = {"known_as": whole.strip(" ,")}
    elif comma and first and last:
        names = {"first_name": first, "last_name": last}
    else:
        names = {"first_name": " ".join(words[:-1]).strip(" ,"), "last_name": words[-1].strip(",")}
    if any(len(name) > LONGEST["first_name"] for name in names.values()):
        row.wrong("name", "is longer than 120 letters")
    if not any(names.values()):
        row.wrong("name", "is no name")
    return names


def _by_age(age: int | None, today: date) -> dict[str, Any]:
    if age is None:
        return {}
    half = 1 if today.month <= 6 else 7
    return {
        "born_on": date(today.year - age, half, 1),
        "born_precision": BornPrecision.ESTIMATED,
    }


def _sex(said: Mapping[str, str], row: RowRead) -> Sex | None:
    if "sex" not in said:
        return None
    found = SEXES.get(said["sex"].casefold())
    if found is None:
        row.notes.append(Problem("Sex", "says neither male nor female; ask."))
    return found


def _ethnicity(said: Mapping[str, str], row: RowRead) -> Any:
    text = said.get("ethnicity", "")
    if not text:
        return None
    found = ethnicity_of(text if len(text) == 1 else "", text)
    if found is None:
        row.notes.append(Problem("Ethnic group", "is not one of the groups we use; ask."))
    return found


def _nhs_number(said: Mapping[str, str], row: RowRead) -> str | None:
    if "nhs_number" not in said:
        return None
    number = read_nhs_number(" ".join(said["nhs_number"].split()))
    if not number.is_identity:
        row.notes.append(Problem("NHS number", f"{number.verdict.label}; kept as it was given."))
    return number.digits or number.text


def _reach(said: Mapping[str, str], row: RowRead) -> tuple[Reach, ...]:
    found = []
    number = _read(row, said, "phone", read_number)
    if number is not None:
        found.append(Reach(ContactKind.PHONE, number.display))
        if lost_its_zero(number):
            what = "had lost its first 0, which was put back; check it before you call."
            row.notes.append(Problem("Their phone", what))
        elif not number.is_readable:
            what = "is no number that we can read; it is kept as it was written."
            row.notes.append(Problem("Their phone", what))
    if "email" in said:
        found.append(Reach(ContactKind.EMAIL, said["email"]))
    return tuple(found)


# --- the referral ---


def _referral(
    said: Mapping[str, str], row: RowRead, now: datetime, operation: str
) -> dict[str, Any]:
    simple = ("site", "ward", "reason", "referrer_name", "referrer_role")
    phone = _read(row, said, "referrer_phone", read_number)
    told = {
        **{name: said.get(name) for name in simple},
        "referrer_phone": phone.display if phone else None,
        "operation_code": said.get("operation_code") or operation,
        "attended_at": _read(row, said, "attended_at", lambda text: read_moment(text, now)),
    }
    return {name: value for name, value in told.items() if value not in (None, "")}


def _agreed(said: Mapping[str, str], referral: dict[str, Any], row: RowRead) -> None:
    """Whoever was on the list without agreeing is nobody's referral."""
    agreed = _read(row, said, "agreed", read_yes)
    if agreed is False:
        row.wrong("agreed", NO_CALL)
    if "agreed" not in said:
        row.wrong("agreed", "is not said; only who agreed is brought in")
    if not referral.get("operation_code"):
        row.wrong("operation_code", "is not said")
    referral["knows"] = referral["agrees"] = Safe.YES


def _hints(said: Mapping[str, str]) -> list[tuple[Any, str]]:
    return list(hints_in(said.get("reason", "")[:2000]))


def _rest(
    line: Line, headings: tuple[str, ...], columns: Mapping[str, int]
) -> list[dict[str, str]]:
    """What has no field, what a field could not hold whole, and what we read our own way."""
    ours = {place for name, place in columns.items() if name not in AS_SAID}
    return [
        {"where": (headings[place] or f"Column {place + 1}")[:200], "text": text}
        for place, text in enumerate(line.cells)
        if text and place not in ours and not is_problem(headings[place])
    ]


# Of these the sender's own words are kept too.
AS_SAID = frozenset({"sex", "ethnicity", "row_id", "agreed", "born", "age", "attended_at"})
