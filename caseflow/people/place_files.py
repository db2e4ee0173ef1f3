"""Files of postcodes and places, as ONS and Ordnance Survey publish them. Pure; a row at a time.

Known are Code-Point Open (no headings), the ONS Postcode Directory, and lists of codes and names
(wards, LSOAs). What a row holds is found by its headings, whatever their year.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}")
CODE = re.compile(r"[A-Z]\d{8}")
CODE_POINT_COLUMNS = 10
# What a heading is called, the likeliest first; the year in it does not matter.
DIRECTORY = {
    "postcode": ("pcds", "pcd8", "pcd7", "pcd", "postcode"),
    "district": (r"laua", r"oslaua", r"lad\d*cd", r"district"),
    "ward": (r"osward", r"ward", r"wd\d*cd"),
    "lsoa": (r"lsoa21(cd)?", r"lsoa11(cd)?", r"lsoa\d*(cd)?", r"lsoa_code"),
}
NAMES = (
    (r"wd\d*cd", r"wd\d*nm"),
    (r"lsoa\d*cd", r"lsoa\d*nm"),
    (r"lsoa_code", r"lsoa_name"),
    (r"lad\d*cd", r"lad\d*nm"),
)


class NotKnown(Exception):
    """No file of a kind that is read here."""


@dataclass(frozen=True)
class PlaceRow:
    """Where a postcode lies, in ONS codes; "" where the file does not say."""

    postcode: str
    district: str
    ward: str = ""
    lsoa: str = ""


@dataclass(frozen=True)
class NameRow:
    code: str
    name: str


Row = PlaceRow | NameRow


def squeezed(postcode: str) -> str:
    """``LE2 0AA``, ``le20aa`` and ``LE2  0AA`` are one: ``LE20AA``."""
    return "".join(postcode.split()).upper()


def rows_in(lines: Iterable[str]) -> Iterator[Row]:
    """A line that says nothing of use is passed over; a file of another kind is refused."""
    rows = csv.reader(lines)
    first = next(rows, [])
    if len(first) == CODE_POINT_COLUMNS and POSTCODE.fullmatch(squeezed(first[0])):
        yield from _good([first], _code_point)
        yield from _good(rows, _code_point)
        return
    headings = [heading.strip().lstrip("\ufeff").lower() for heading in first]
    yield from _good(rows, _by_headings(headings))


def _good(rows: Iterable[list[str]], read: Callable[[list[str]], Row]) -> Iterator[Row]:
    for cells in rows:
        try:
            row = read([cell.strip() for cell in cells])
        except IndexError:
            continue
        if isinstance(row, NameRow):
            if CODE.fullmatch(row.code) and row.name:
                yield row
        elif POSTCODE.fullmatch(row.postcode) and CODE.fullmatch(row.district):
            yield row


def _code_point(cells: list[str]) -> PlaceRow:
    return PlaceRow(squeezed(cells[0]), cells[8], cells[9])


def _by_headings(headings: list[str]) -> Callable[[list[str]], Row]:
    found = {name: _place_of(ways, headings) for name, ways in DIRECTORY.items()}
    postcode, district = found["postcode"], found["district"]
    if postcode is not None and district is not None:
        ward, lsoa = found["ward"], found["lsoa"]
        return lambda cells: PlaceRow(
            squeezed(cells[postcode]), cells[district], _cell(cells, ward), _cell(cells, lsoa)
        )
    for code, name in NAMES:
        code_at, name_at = _place_of((code,), headings), _place_of((name,), headings)
        if code_at is not None and name_at is not None:
            return lambda cells: NameRow(cells[code_at], cells[name_at][:120])
    raise NotKnown


def _place_of(ways: Iterable[str], headings: list[str]) -> int | None:
    matching = (
        at for way in ways for at, heading in enumerate(headings) if re.fullmatch(way, heading)
    )
    return next(matching, None)


def _cell(cells: list[str], at: int | None) -> str:
    text = "" if at is None else cells[at]
    return text if CODE.fullmatch(text) else ""
