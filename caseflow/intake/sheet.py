"""A spreadsheet file as rows of text: CSV in the ways they are saved, and XLSX. No database.

Nothing is calculated, no link is followed, no macro is opened. What cannot be read is refused with
what to do about it; a row is never dropped in silence.
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import openpyxl

from caseflow.intake.columns import PROBLEM, recognised
from caseflow.kernel.cells import cell, is_obeyed
from caseflow.kernel.cleaning import Unsavable, clean, showable

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL = 64 * 1024
MAX_UNPACKED = 50 * 1024 * 1024
MAX_RATIO = 20
SMALL = 1024 * 1024  # unpacked, a file this small harms nobody, however well it was packed
MAX_PARTS = 1_000
MAX_BLANK = 100_000  # rows, with the blank ones, that are looked through
TITLE_LINES = 10  # above the headings there may be a title
SEPARATORS = ",;\t"
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class Unreadable(Exception):
    """Why a file is refused, and what to do."""


@dataclass(frozen=True)
class Line:
    """``number`` as the spreadsheet shows it; as many cells as there are headings."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """``kind``: csv or xlsx. ``notes``: what a person should know of how it was read."""

    kind: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    separator: str = ","
    encoding: str = "utf-8-sig"


def read_sheet(data: bytes) -> Sheet:
    """Raises Unreadable, and nothing else, whatever the bytes are."""
    if len(data) > MAX_BYTES:
        raise Unreadable("The file is larger than 10 MB. Split it and send the parts.")
    if data.startswith(OLD_EXCEL):
        raise Unreadable(
            "This is an old Excel file (.xls) or has a password. Take the password off, save it "
            "as .xlsx, and send that."
        )
    if data.startswith(ZIP):
        return _xlsx(data)
    return _csv(data)


# --- CSV ---


def _csv(data: bytes) -> Sheet:
    text, encoding = _decoded(data)
    separator = _separator(text)
    if text[:4].lower() == "sep=" and "\n" in text:
        text = "\n" + text.split("\n", 1)[1]  # Excel's own line; the numbers stay as they are
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        rows = [(number, row) for number, row in _numbered(reader)]
    except csv.Error as error:
        raise Unreadable(
            f"Line {reader.line_num} cannot be read: a quotation mark is open, or a cell is too "
            "long."
        ) from error
    return _sheet("csv", rows, (), separator=separator, encoding=encoding)


def _numbered(reader: Iterable[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(reader, start=1):
        if number > MAX_BLANK:
            raise Unreadable(TOO_LONG)
        yield number, row


TOO_LONG = f"There are more than {MAX_ROWS:,} rows. Split the file and send the parts."


def _decoded(data: bytes) -> tuple[str, str]:
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, "utf-8-sig" if encoding == "utf-8" else encoding
    raise Unreadable("This is not a CSV or XLSX file. Save it as one of these and send that.")


def _encodings(data: bytes) -> tuple[str, ...]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ("utf-16",)
    if b"\x00" in data[:200]:
        return ("utf-16-le", "utf-16-be")
    return ("utf-8-sig", "cp1252")


def _separator(text: str) -> str:
    """Of the first lines that are written, the mark that most of them have."""
    if text[:4].lower() == "sep=" and text[4:5] in SEPARATORS:
        return text[4]
    first = [line for line in text[:100_000].splitlines() if line.strip()][:TITLE_LINES]
    return max(SEPARATORS, key=lambda mark: sum(line.count(mark) for line in first))


# --- XLSX ---


def _xlsx(data: bytes) -> Sheet:
    try:
        has_formulas = _safe_parts(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _first_sheet(data, has_formulas)
    except Unreadable:
        raise
    except Exception as error:  # whatever a hostile file makes of the reader
        raise Unreadable(
            "The file is damaged or is not a spreadsheet. Open it, save it as .xlsx, and send that."
        ) from error


def _safe_parts(data: bytes) -> bool:
    """Whether any cell is a formula. What unpacks too large is seen before it is unpacked: a part
    that is longer than it says fails its check."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED:
            raise Unreadable("Unpacked, the file is too large. Save it as CSV and send that.")
        if unpacked > max(SMALL, MAX_RATIO * len(data)):
            raise Unreadable(
                "The file is packed too tightly to be opened safely. Save it as CSV and send that."
            )
        names = [part.filename.lower() for part in parts]
        if any("vbaproject" in name for name in names):
            raise Unreadable("The file has macros (.xlsm). Save it as .xlsx and send that.")
        formulas = [_checked(archive.read(part)) for part in parts if _is_xml(part.filename)]
        return any(formulas)


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


def _checked(part: bytes) -> bool:
    if b"<!" in part.replace(b"<!--", b"").replace(b"<![CDATA[", b"") or b"\x00" in part:
        raise Unreadable("The file has definitions that no spreadsheet needs. Save it as CSV.")
    return b"<f>" in part or b"<f " in part


def _first_sheet(data: bytes, has_formulas: bool) -> Sheet:
    book = openpyxl.load_workbook(
        io.BytesIO(data), read_only=True, data_only=True, keep_links=False
    )
    try:
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not shown:
            raise Unreadable("The file has no sheet that can be seen.")
        sheet = shown[0]
        sheet.reset_dimensions()
        raw = sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True)
        rows = [(number, [_as_text(v) for v in row]) for number, row in _few(raw)]
    finally:
        book.close()
    notes = []
    if len(book.worksheets) > 1:
        notes.append("Only the first sheet was read.")
    if has_formulas:
        notes.append("Formulas are not calculated: what was saved with them last was taken.")
    return _sheet("xlsx", rows, tuple(notes))


def _few(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    for number, row in enumerate(rows, start=1):
        if number > MAX_BLANK:
            raise Unreadable(TOO_LONG)
        if any(value is not None for value in row):
            yield number, row


def _as_text(value: Any) -> str:
    """Numbers as they were typed; a day as 2010-05-14, a moment as 2010-05-14 21:30."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


# --- both ---


def _sheet(
    kind: str, rows: list[tuple[int, list[str]]], notes: tuple[str, ...], **written: str
) -> Sheet:
    written_rows = [
        (number, tidy) for number, row in rows if any(tidy := [_tidy(text) for text in row])
    ]
    if not written_rows:
        raise Unreadable("There is nothing in the file.")
    top = written_rows[:TITLE_LINES]
    at = max(range(len(top)), key=lambda place: (recognised(top[place][1]), -place))
    headings = _trimmed(top[at][1])
    body = written_rows[at + 1 :]
    if len(body) > MAX_ROWS:
        raise Unreadable(TOO_LONG)
    width = max([len(headings), *(len(_trimmed(row)) for _, row in body)])
    if width > MAX_COLUMNS:
        raise Unreadable(f"There are more than {MAX_COLUMNS} columns. Take out what is not needed.")
    headings += [""] * (width - len(headings))
    lines = [Line(n, tuple((row + [""] * width)[:width])) for n, row in body]
    if at:
        notes = (*notes, f"The headings are in line {top[at][0]}; what is above was left out.")
    return Sheet(kind, tuple(headings), tuple(lines), notes, **written)


def _trimmed(row: list[str]) -> list[str]:
    end = max((place for place, text in enumerate(row, start=1) if text), default=0)
    return row[:end]


def _tidy(text: str) -> str:
    """The mark that we (or Excel) put before what would be calculated is no part of it."""
    if len(text) > MAX_CELL:
        raise Unreadable("A cell holds more than 64 KB. Take it out and send the file again.")
    try:
        plain = clean(text)
    except Unsavable:
        plain = clean(showable(text))
    return plain[1:] if plain.startswith("'") and is_obeyed(plain[1:]) else plain


# --- what is sent back ---


def written_back(sheet: Sheet, problems: dict[int, str]) -> bytes:
    """The rows of these lines in the same kind of file, columns and order, each with its problem
    at the end. Nothing in it is taken for a formula."""
    keep = [place for place, heading in enumerate(sheet.headings) if not is_problem(heading)]
    rows = [[*(sheet.headings[place] for place in keep), PROBLEM]]
    rows += [
        [*(line.cells[place] for place in keep), problems[line.number]]
        for line in sheet.lines
        if line.number in problems
    ]
    safe = [[cell(text) for text in row] for row in rows]
    return _csv_bytes(sheet, safe) if sheet.kind == "csv" else _xlsx_bytes(safe)


def is_problem(heading: str) -> bool:
    return heading.strip().casefold() == PROBLEM.casefold()


def _csv_bytes(sheet: Sheet, rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=sheet.separator, quoting=csv.QUOTE_ALL).writerows(rows)
    try:
        return out.getvalue().encode(sheet.encoding)
    except UnicodeEncodeError:
        return out.getvalue().encode("utf-8-sig")


def _xlsx_bytes(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("To mend")
    for row in rows:
        sheet.append([text[:32_767] for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
