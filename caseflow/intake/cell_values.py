"""What one cell of a spreadsheet says: days in the ways they are written here, telephone numbers
that the spreadsheet spoiled, yes and no. Pure. What is unclear is said, and never guessed."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from caseflow.kernel.partial_date import NotADateError, PartialDate
from caseflow.kernel.phones import PhoneNumber, read_phone

HERE = ZoneInfo("Europe/London")
FIRST_SERIAL, LAST_SERIAL = 10_000, 80_000  # 1927 to 2119 as Excel counts days
_EPOCH = date(1899, 12, 30)
_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_NUMBERS = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
_WORDS = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?[ \-]+)?([a-z]{3,9})\.?,?[ \-]+(\d{4}|\d{2})")
_MONTH = re.compile(r"(\d{1,2})[/.\-](\d{4})|(\d{4})[/.\-](\d{1,2})")
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.]\d{2}(?:\.\d{1,9})?)? ?(am|pm)?")
_SERIAL = re.compile(r"(\d{5})(?:\.(\d{1,12}))?")
_SPOILED = re.compile(r"\d(?:[.,]\d+)?E\+?\d{1,3}", re.I)
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})


class Unclear(ValueError):
    """What is wrong with the cell, in words that do not repeat what is in it."""


def read_day(text: str, today: date) -> PartialDate:
    """14/05/2010, 14 May 2010, 2010-05-14, May 2010, 2010, or the number that Excel keeps for a
    day. Days come first, as they do here. Raises Unclear."""
    plain = " ".join(text.lower().split())
    if not plain.isascii() or len(plain) > 40:
        raise Unclear("is not a date that we can read; write it like 14/05/2010")
    try:
        found = _read_day(plain.removesuffix(" 00:00:00").removesuffix(" 00:00"), today)
    except NotADateError as error:
        raise Unclear(f"{error}; write the day first, like 14/05/2010") from error
    if found is None:
        raise Unclear("is not a date that we can read; write it like 14/05/2010")
    return found


def _read_day(text: str, today: date) -> PartialDate | None:
    if found := _ISO.fullmatch(text):
        return PartialDate(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.fullmatch(text):
        return PartialDate(_year(found[3], today), int(found[2]), int(found[1]))
    if (found := _WORDS.fullmatch(text)) and (month := _month(found[2])):
        return PartialDate(_year(found[3], today), month, int(found[1]) if found[1] else None)
    if found := _MONTH.fullmatch(text):
        return PartialDate(int(found[2] or found[3]), int(found[1] or found[4]))
    if (found := _SERIAL.fullmatch(text)) and FIRST_SERIAL <= int(found[1]) <= LAST_SERIAL:
        return PartialDate.of(_EPOCH + timedelta(days=int(found[1])))
    return PartialDate(int(text)) if re.fullmatch(r"\d{4}", text) else None


def _month(word: str) -> int | None:
    word = "sep" if word == "sept" else word
    found = [at for at, name in enumerate(_MONTHS, start=1) if name.startswith(word)]
    return found[0] if len(found) == 1 else None


def _year(text: str, today: date) -> int:
    """Two digits: the last such year that has begun."""
    if len(text) == 4:
        return int(text)
    year = today.year // 100 * 100 + int(text)
    return year if year <= today.year else year - 100


def read_born(text: str, today: date) -> PartialDate:
    born = read_day(text, today)
    if born.earliest > today:
        raise Unclear("is in the future")
    if today.year - born.year > 120:
        raise Unclear("is more than 120 years ago")
    return born


def read_moment(text: str, now: datetime) -> datetime:
    """A day and a time of day, by the clock here; a day alone is its midday."""
    day, at = _day_and_time(text)
    exact = read_day(day, now.date()).exact
    if exact is None:
        raise Unclear("needs a day, a month and a year")
    moment = datetime.combine(exact, at, HERE).astimezone(UTC)
    if moment > now + timedelta(days=1):
        raise Unclear("is in the future")
    if exact.year < 1990:
        raise Unclear("is before 1990")
    return moment


def _day_and_time(text: str) -> tuple[str, time]:
    parts = re.sub(r"(?<=[0-9])T(?=[0-9])", " ", text[:60]).replace(",", " ").split()
    for few in (1, 2):
        if found := _TIME.fullmatch(" ".join(parts[-few:]).lower()):
            return " ".join(parts[:-few]), _time(int(found[1]), int(found[2]), found[3])
    day = " ".join(parts)
    if (serial := _SERIAL.fullmatch(day)) and serial[2]:
        minutes = min(round(float(f"0.{serial[2]}") * 24 * 60), 24 * 60 - 1)
        return serial[1], time(minutes // 60, minutes % 60)
    return day, time(12)


def _time(hour: int, minute: int, half: str | None) -> time:
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        raise Unclear("has a time that is none")
    return time(hour, minute)


def read_number(text: str) -> PhoneNumber:
    """A telephone number that the spreadsheet spoiled cannot be got back, and is refused. Raises
    Unclear. A lost leading 0 is put back for a mobile: whoever asks says so."""
    if _SPOILED.fullmatch(text.replace(" ", "")):
        raise Unclear(
            "was turned into a number like 4.47E+11, and its digits are lost; make the column "
            "text and type it again"
        )
    return read_phone(text)


def lost_its_zero(number: PhoneNumber) -> bool:
    digits = re.sub(r"\D", "", number.text)
    return number.is_readable and digits.startswith("7") and len(digits) == 10


def read_age(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}(?:\.0)?", text) or int(float(text)) > 120:
        raise Unclear("is not an age in years")
    return int(float(text))


_YES = frozenset({"yes", "y", "true", "1", "agreed", "agrees", "given"})
_NO = frozenset({"no", "n", "false", "0", "declined", "refused", "withdrawn", "not given"})


def read_yes(text: str) -> bool:
    word = text.casefold().strip(" .")
    if word not in _YES | _NO:
        raise Unclear("is neither yes nor no")
    return word in _YES
