"""What the columns of somebody's spreadsheet are called, and which of our fields each is. Pure."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from caseflow.kernel.names import fold

PROBLEM = "Problem"  # the column that we add to what we send back


@dataclass(frozen=True)
class Column:
    """``headings``: as they are usually written, folded: lower case, no accents, no marks."""

    name: str
    label: str
    headings: tuple[str, ...]


def _column(name: str, label: str, headings: str) -> Column:
    return Column(name, label, tuple(headings.split(", ")))


COLUMNS = (
    _column("row_id", "Their own number for the row",
        "id, ref, reference, row id, referral id, referral number, case id, case number, "
        "unique id, record number, record id, client id, client number"),
    _column("first_name", "First name",
        "first name, firstname, forename, forenames, given name, given names, first names"),
    _column("last_name", "Last name", "last name, lastname, surname, family name"),
    _column("name", "Whole name",
        "name, full name, young person, young person name, young person s name, yp name, yp, "
        "client, client name, patient, patient name, child, child s name, service user"),
    _column("known_as", "Known as", "known as, preferred name, nickname, aka, also known as"),
    _column("born", "Date of birth",
        "date of birth, dob, d o b, birth date, birthdate, born, birthday"),
    _column("age", "Age", "age, age in years, age at referral"),
    _column("sex", "Sex", "sex, sex at birth, birth sex, legal sex"),
    _column("ethnicity", "Ethnic group", "ethnicity, ethnic group, ethnic origin"),
    _column("nhs_number", "NHS number", "nhs number, nhs no, nhs num, nhs, nhsnumber"),
    _column("hospital_number", "Hospital number",
        "hospital number, hospital no, mrn, pas number, patient number"),
    _column("phone", "Their phone",
        "phone, phone number, phone no, mobile, mobile number, mobile no, mobile phone, "
        "telephone, telephone number, tel, tel no, contact number, contact no, yp phone"),
    _column("email", "Their email", "email, e mail, email address, e mail address"),
    _column("address", "Home address", "address, home address, full address"),
    _column("postcode", "Home postcode", "postcode, post code, home postcode, pcode"),
    _column("language", "Language", "language, first language, main language, preferred language"),
    _column("attended_at", "When they came to hospital",
        "attended, date attended, attendance date, date of attendance, attended at, arrived, "
        "arrival, arrival time, arrival date, date of arrival"),
    _column("site", "Hospital or place", "site, hospital, hospital site, place"),
    _column("ward", "Ward or department", "ward, department, dept"),
    _column("reason", "What happened",
        "reason, reason for referral, referral reason, presenting complaint, complaint, injury, "
        "what happened, mechanism, mechanism of injury, details"),
    _column("referrer_name", "Who refers",
        "referrer, referred by, referrer name, name of referrer, referring person"),
    _column("referrer_role", "Their job", "referrer role, role, job title, referrer job title"),
    _column("referrer_phone", "Their number",
        "referrer phone, referrer number, referrer telephone, referrer contact"),
    _column("operation_code", "Operation’s code", "operation, operation code, op code, op"),
    _column("agreed", "Agreed to a support call",
        "agreed, agrees, agreed to call, agreed to a call, agreed to support call, "
        "agreed to a support call, consent, consented, wants a call"),
)  # fmt: skip
BY_NAME = {column.name: column for column in COLUMNS}
_BY_HEADING = {heading: column.name for column in COLUMNS for heading in column.headings}


def guess(headings: Sequence[str]) -> dict[str, int]:
    """The first column that is called so; each column at most once."""
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = _BY_HEADING.get(_plain(heading))
        if name is not None:
            found.setdefault(name, place)
    return found


def recognised(headings: Sequence[str]) -> int:
    return len(guess(headings))


def fingerprint(headings: Iterable[str]) -> str:
    """The same for the same columns in the same order, however they are spaced or capitalised; the
    column that we added ourselves makes no other file of it."""
    names = [_plain(heading) for heading in headings]
    while names and names[-1] in ("", PROBLEM.casefold()):
        names.pop()
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _plain(heading: str) -> str:
    return fold(re.sub(r"\(.*?\)", " ", heading[:200]))


def corrected(
    guessed: Mapping[str, int], headings: Sequence[str], told: Iterable[str]
) -> dict[str, int]:
    """``told``: "born=Date seen first" says which column it is, "born=" that there is none.
    Raises ValueError with the reason."""
    found = dict(guessed)
    for line in told:
        name, _, heading = line.partition("=")
        if name not in BY_NAME:
            raise ValueError(f"There is no field {name}. Fields: {', '.join(BY_NAME)}.")
        found.pop(name, None)
        if heading:
            found = {other: at for other, at in found.items() if at != _place(heading, headings)}
            found[name] = _place(heading, headings)
    return found


def _place(heading: str, headings: Sequence[str]) -> int:
    places = [at for at, other in enumerate(headings) if fold(other) == fold(heading)]
    if len(places) != 1:
        many = "no column" if not places else "more than one column"
        raise ValueError(f"There is {many} called {heading}.")
    return places[0]
