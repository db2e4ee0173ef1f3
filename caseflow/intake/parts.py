"""FHIR's data types as our plain values: times, coordinates, codes."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from caseflow.intake.draft import Coded
from caseflow.intake.tree import Node, clean_line, first, nodes
from caseflow.kernel import clock
from caseflow.kernel.partial_date import NotADateError, PartialDate

EARLIEST_YEAR = 1900

_MOMENT = re.compile(
    r"(?P<day>[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?)"
    r"(?:[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,12}))?)?"
    r"\s?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_BRITISH = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


@dataclass(frozen=True)
class Moment:
    """``at`` (UTC) only where there is a time of day; ``day`` as precise as it was given."""

    at: datetime | None = None
    day: PartialDate | None = None
    problem: str | None = None


def moment_of(text: str) -> Moment:
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return Moment(problem="not a date or time in the form 2026-05-14T09:30:00+01:00")
    try:
        day = PartialDate.parse(found["day"])
    except NotADateError as error:
        return Moment(problem=str(error))
    if day.year < EARLIEST_YEAR:
        return Moment(problem=f"the year {day.year} cannot be meant")
    if found["hour"] is None:
        return Moment(day=day)
    if day.exact is None:
        return Moment(problem="a time without a day")
    return _timed(found, day.exact)


def _timed(found: re.Match[str], day: date) -> Moment:
    hour, minute = int(found["hour"]), int(found["minute"])
    second = min(int(found["second"] or 0), 59)
    if hour > 23 or minute > 59 or int(found["second"] or 0) > 60:
        return Moment(problem="there is no such time of day")
    micro = int((found["fraction"] or "0")[:6].ljust(6, "0"))
    naive = datetime(day.year, day.month, day.day, hour, minute, second, micro)  # noqa: DTZ001
    if found["zone"] is None:
        at = clock.local_instant(day, naive.time())
        return Moment(at, PartialDate.of(day), "has no time zone; taken as UK time")
    offset = _offset(found["zone"])
    if offset is None:
        return Moment(problem="there is no such time zone")
    return Moment((naive - offset).replace(tzinfo=UTC), PartialDate.of(day))


def _offset(zone: str) -> timedelta | None:
    if zone == "Z":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if hours > 14 or minutes > 59:
        return None
    size = timedelta(hours=hours, minutes=minutes)
    return -size if zone[0] == "-" else size


@dataclass(frozen=True)
class Born:
    """A birth date as read. A problem beside a date says what was assumed."""

    date: PartialDate | None = None
    problem: str | None = None


def born_of(text: str, today: date) -> Born:
    """``text`` may be a year, a month, a day, a date with a time, or what people type instead."""
    written = text.strip()
    born = _born_as_written(written)
    if born.date is None:
        return born
    if born.date.year < EARLIEST_YEAR:
        return Born(problem=f"the year {born.date.year} cannot be a year of birth here")
    if born.date.earliest > today:
        return Born(problem="a date of birth in the future")
    return born


def _born_as_written(text: str) -> Born:
    try:
        british, compact = _BRITISH.fullmatch(text), _COMPACT.fullmatch(text)
        if british:
            return _born_british(*(int(part) for part in british.groups()))
        if compact:
            year, month, day = (int(part) for part in compact.groups())
            read = PartialDate(year, month, day)
            return Born(read, f"not in FHIR's form; read as {read.label}")
        if "T" in text:
            return _born_with_time(text)
        return Born(PartialDate.parse(text))
    except NotADateError as error:
        return Born(problem=str(error))


def _born_british(first_part: int, second_part: int, year: int) -> Born:
    if first_part <= 12 and second_part <= 12 and first_part != second_part:
        return Born(problem="may be day/month or month/day; ask which")
    day, month = (first_part, second_part) if second_part <= 12 else (second_part, first_part)
    read = PartialDate(year, month, day)
    return Born(read, f"not in FHIR's form; read as {read.label}")


def _born_with_time(text: str) -> Born:
    """Midnight means the day; another hour may be midnight somewhere else, so it is asked."""
    moment = moment_of(text)
    if moment.day is None:
        return Born(problem=moment.problem)
    if re.search(r"T00:00(?::00(?:\.0+)?)?(?:Z|[+-][0-9:]+)?$", text):
        return Born(moment.day)
    if moment.at is not None:
        local = clock.local(moment.at)
        if (local.hour, local.minute) == (0, 0):
            read = PartialDate.of(local.date())
            return Born(read, f"a time of day; it is midnight in the UK, read as {read.label}")
    return Born(moment.day, f"has a time of day, which was dropped; read as {moment.day.label}")


def number_of(text: str | None) -> float | None:
    """A plain decimal; None for anything else, infinity included."""
    if text is None or not re.fullmatch(r"[-+]?[0-9]{1,9}(?:\.[0-9]{1,20})?", text.strip()):
        return None
    return float(text)


def coding_of(node: Node) -> Coded:
    code = clean_line(first(node, "code") or "")
    label = clean_line(first(node, "display") or "")
    return Coded(code, label or code, clean_line(first(node, "system") or ""))


def concept_of(node: Node) -> Coded:
    """A CodeableConcept as one code; the sender's own text before the coding's display."""
    coded = next((coding_of(coding) for coding in nodes(node, "coding")), Coded("", ""))
    text = clean_line(first(node, "text") or "")
    return Coded(coded.code, text or coded.label, coded.system)


def tail(url: str) -> str:
    """The last word of a URL or URN: what a person recognises in it."""
    return re.split(r"[/:#]", url.rstrip("/"))[-1]


_POSTCODE = re.compile(
    r"\b(GIR ?0AA|[A-PR-UWYZ][A-HK-Y]?[0-9][0-9A-HJKPSTUW]?) ?([0-9][ABD-HJLNP-UW-Z]{2})\b", re.I
)


def postcode_of(text: str) -> str | None:
    """``LE1 5WW`` however it was spaced; None where the whole text is no postcode."""
    found = _POSTCODE.fullmatch(" ".join(text.split()))
    return f"{found.group(1)} {found.group(2)}".upper() if found else None


def postcode_in(text: str) -> str | None:
    """The last postcode inside a longer text."""
    found = list(_POSTCODE.finditer(text[-200:]))
    return f"{found[-1].group(1)} {found[-1].group(2)}".upper() if found else None
