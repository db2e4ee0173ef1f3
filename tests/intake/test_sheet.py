"""Spreadsheet files, their columns and their cells: without a database."""

import csv
import io
import re
import time
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.intake import columns
from caseflow.intake import sheet as sheets
from caseflow.intake.cell_values import Unclear, read_born, read_day, read_moment, read_number
from caseflow.intake.from_row import SheetKind, read_row
from caseflow.intake.sheet import Sheet, Unreadable, read_sheet, written_back
from caseflow.kernel.cells import is_obeyed
from caseflow.people.rules import ContactKind

pytestmark = pytest.mark.one_database
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HEADINGS = ["Name", "DOB", "Mobile"]
BILLY = ["Billy Example", "14/05/2010", "07700 900123"]


def a_csv(*rows: list[str], separator: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def an_xlsx(*rows: list[object], more_sheets: int = 0) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for _ in range(more_sheets):
        book.create_sheet()
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), part)
    return out.getvalue()


def row_of(sheet: Sheet, kind: SheetKind = SheetKind.REFERRALS, at: int = 0):
    return read_row(
        sheet.lines[at], sheet.headings, columns.guess(sheet.headings), kind=kind, now=NOW
    )


# --- files ---


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_a_csv_is_read_however_it_was_saved(separator: str, encoding: str) -> None:
    zoe = ["Zoë, D’Example", "2010", "07700 900123"]
    data = a_csv(HEADINGS, [], BILLY, ["", "", ""], zoe, separator=separator, encoding=encoding)
    sheet = read_sheet(data)
    assert sheet.headings == tuple(HEADINGS)
    assert [line.cells for line in sheet.lines] == [tuple(BILLY), tuple(zoe)]
    assert [line.number for line in sheet.lines] == [3, 5]
    assert sheet.separator == separator


def test_a_workbook_is_read_and_a_title_above_is_said() -> None:
    moment = datetime(2026, 11, 20, 21, 30)  # noqa: DTZ001
    data = an_xlsx(
        ["Referrals of the week"],
        ["Name", "DOB", "Mobile", "Attended", "Age"],
        ["Zoë 李", date(2010, 5, 14), 447700900123, moment, 16.0],
        more_sheets=1,
    )
    sheet = read_sheet(data)
    cells = ("Zoë 李", "2010-05-14", "447700900123", "2026-11-20 21:30", "16")
    assert sheet.lines[0].cells == cells
    assert len(sheet.notes) == 2


def test_a_formula_is_not_calculated_and_that_is_said() -> None:
    sheet = read_sheet(an_xlsx(HEADINGS, ["Billy Example", "=TODAY()", "=1+1"]))
    assert sheet.lines[0].cells == ("Billy Example", "", "")
    assert "not calculated" in sheet.notes[0]


REFUSED = {
    "too large": (b"a," * (sheets.MAX_BYTES // 2 + 1), "10 MB"),
    "nothing": (b"", "nothing"),
    "old Excel or a password": (b"\xd0\xcf\x11\xe0" + b"x" * 500, "password"),
    "an image": (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "not a CSV or XLSX"),
    "an open quotation mark": (b'Name,DOB\n"Billy,2010\nAmy,2011\n', "quotation mark"),
    "too many rows": (b"Name,DOB\n" + b"A B,2010\n" * 20_001, "20,000 rows"),
    "too many columns": (b"Name" + b",x" * 200 + b"\n" + b"A" * 9, "columns"),
    "a cell too long": (b"Name,DOB\n" + b"A" * 70_000 + b",2010\n", "64 KB"),
    "a cell far too long": (b"Name,DOB\n" + b"A" * 200_000 + b",2010\n", "too long"),
    "any archive": (packed(readme=b"hello"), "damaged"),
    "half a workbook": (an_xlsx(HEADINGS, BILLY)[:-400], "damaged"),
    "macros": (packed(xl__vbaProject_dot_bin=b"x"), "macros"),
    "packed too tightly": (packed(xl__sheet_dot_xml=b" " * 2_000_000), "too tightly"),
    "a bomb": (packed(xl__sheet_dot_xml=b" " * 60_000_000), "too large"),
    "entities": (packed(a_dot_xml=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "definitions"),
    "entities hidden": (packed(a_dot_xml='<!DOCTYPE a>'.encode("utf-16")), "definitions"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_a_safe_spreadsheet_is_refused_with_what_to_do(name: str) -> None:
    data, why = REFUSED[name]
    start = time.perf_counter()
    with pytest.raises(Unreadable, match=re.escape(why)):
        read_sheet(data)
    assert time.perf_counter() - start < 2


def test_definitions_are_looked_for_behind_a_formula_too() -> None:
    data = packed(a_dot_xml=b"<f>1</f>", b_dot_xml=b"<!DOCTYPE a>")
    with pytest.raises(Unreadable, match="definitions"):
        read_sheet(data)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_no_bytes_are_a_fault(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"Name,DOB,Age,Phone\n"):
        try:
            sheet = read_sheet(start + data)
        except Unreadable:
            continue
        for at in range(len(sheet.lines)):
            for kind in SheetKind:
                assert row_of(sheet, kind, at).problems is not None


WHOLE = an_xlsx(HEADINGS, BILLY)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_a_damaged_workbook_is_read_or_refused(at: int, byte: int) -> None:
    data = WHOLE[:at] + bytes([byte]) + WHOLE[at + 1 :]
    try:
        assert read_sheet(data).headings
    except Unreadable as why:
        assert str(why)


# --- cells ---


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("14/05/2010", "2010-05-14"), ("14.5.10", "2010-05-14"), ("14-05-2010", "2010-05-14"),
        ("2010-05-14", "2010-05-14"), ("14 May 2010", "2010-05-14"),
        ("14th Sept 2010", "2010-09-14"),
        ("14-May-10", "2010-05-14"), ("May 2010", "2010-05"), ("05/2010", "2010-05"),
        ("2010", "2010"), ("40312", "2010-05-14"), ("2010-05-14 00:00:00", "2010-05-14"),
        ("01/02/99", "1999-02-01"),
    ],
)  # fmt: skip
def test_a_day_is_read_as_it_is_written_here(written: str, day: str) -> None:
    assert str(read_day(written, TODAY)) == day


@pytest.mark.parametrize(
    "written", ["05/14/2010", "31/02/2010", "soon", "14", "9999999", "١٤/٠٥/٢٠١٠", "0", "ma 2010"]
)
def test_a_day_that_is_unclear_is_not_guessed(written: str) -> None:
    with pytest.raises(Unclear):
        read_day(written, TODAY)


@pytest.mark.parametrize("written", ["25/12/2026", "1880", "2027"])
def test_nobody_was_born_then(written: str) -> None:
    with pytest.raises(Unclear):
        read_born(written, TODAY)


def test_a_moment_is_by_the_clock_here() -> None:
    assert read_moment("20/06/2026 21:30", NOW) == datetime(2026, 6, 20, 20, 30, tzinfo=UTC)
    assert read_moment("2026-11-20 9.05 pm", NOW) == datetime(2026, 11, 20, 21, 5, tzinfo=UTC)
    assert read_moment("46346.5", NOW) == datetime(2026, 11, 20, 12, tzinfo=UTC)
    with pytest.raises(Unclear):
        read_moment("20/06/2026 25:61", NOW)


@pytest.mark.parametrize("written", ["4.47E+11", "4,477E+11", "7.7009E+9", "4E+11"])
def test_a_number_whose_digits_are_lost_is_refused(written: str) -> None:
    with pytest.raises(Unclear, match="digits are lost"):
        read_number(written)
    row = row_of(read_sheet(a_csv(HEADINGS, ["Billy Example", "2010", written])))
    assert row.arrival is None
    assert row.problems[0].startswith("Their phone")


def test_a_number_that_lost_its_zero_is_mended_and_that_is_said() -> None:
    row = row_of(read_sheet(a_csv(HEADINGS, ["Billy Example", "2010", "7700900123"])))
    assert row.arrival is not None
    assert [(r.kind, r.value) for r in row.arrival.reach] == [(ContactKind.PHONE, "07700 900 123")]
    assert "check it before you call" in row.arrival.problems[0].what


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=70))
def test_no_text_in_a_cell_is_a_fault(text: str) -> None:
    reads = [lambda t: read_born(t, TODAY), lambda t: read_moment(t, NOW), read_number]
    for read in reads:
        try:
            read(text)
        except Unclear as why:
            assert str(why)


# --- rows ---


def test_a_row_becomes_our_fields_and_the_rest_is_kept_in_their_words() -> None:
    headings = [
        "Ref",
        "Surname",
        "Forename",
        "D.O.B.",
        "NHS No.",
        "What happened",
        "Dog’s name",
        "",
    ]
    cells = ["7", "O’Example", "Zoë", "May 2010", "999 000 0018", "Stabbed in the leg", "Rex", "!"]
    row = row_of(read_sheet(a_csv(headings, cells)))
    assert row.arrival is not None, row.problems
    person = row.arrival.person
    assert (person["first_name"], person["last_name"]) == ("Zoë", "O’Example")
    assert (person["born_on"], person["born_precision"].value) == (date(2010, 5, 1), "month")
    assert person["nhs_number"] == "9990000018"
    assert row.arrival.referral["reasons"][0]["reason"] == "assault_sharp"
    said = {line["where"]: line["text"] for line in row.arrival.referral["sender_said"]}
    assert said == {"Ref": "7", "D.O.B.": "May 2010", "Dog’s name": "Rex", "Column 8": "!"}


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [("EXAMPLE, Billy", "Billy", "EXAMPLE"), ("Mary Ann Example", "Mary Ann", "Example"),
     ("王 小明", "王", "小明")],
)  # fmt: skip
def test_a_whole_name_is_taken_apart(written: str, first: str, last: str) -> None:
    row = row_of(read_sheet(a_csv(HEADINGS, [written, "2010", ""])))
    assert row.arrival is not None
    assert row.arrival.person["first_name"] == first
    assert row.arrival.person["last_name"] == last


def test_who_did_not_agree_to_a_call_is_not_brought_in() -> None:
    headings = ["Name", "Operation", "Agreed"]
    sheet = read_sheet(
        a_csv(headings, ["A B", "OP-1", "yes"], ["C D", "OP-1", "No"], ["E F", "OP-1", ""],
              ["G H", "OP-1", "maybe"], ["I J", "", "yes"])
    )  # fmt: skip
    rows = [row_of(sheet, SheetKind.AFTERMATH, at) for at in range(5)]
    assert [row.arrival is not None for row in rows] == [True, False, False, False, False]
    assert rows[0].arrival is not None
    assert rows[0].arrival.referral["operation_code"] == "OP-1"


# --- columns ---


def test_columns_are_known_by_their_usual_headings() -> None:
    found = columns.guess(["D.O.B. (dd/mm/yyyy)", "Young Person’s Name", "Mobile No.", "Phone"])
    assert found == {"born": 0, "name": 1, "phone": 2}
    assert columns.guess([heading for c in columns.COLUMNS for heading in c.headings[:1]]) == {
        column.name: place for place, column in enumerate(columns.COLUMNS)
    }


def test_no_heading_means_two_fields() -> None:
    every = [heading for column in columns.COLUMNS for heading in column.headings]
    assert len(every) == len(set(every))
    assert all(columns.guess([heading]) for heading in every)


def test_a_column_is_corrected_by_hand() -> None:
    headings = ["Name", "Seen", "DOB"]
    guessed = columns.guess(headings)
    assert columns.corrected(guessed, headings, ["attended_at=seen"])["attended_at"] == 1
    assert "born" not in columns.corrected(guessed, headings, ["born="])
    assert columns.corrected(guessed, headings, ["known_as=Name"]) == {"known_as": 0, "born": 2}
    for wrong in ("nothing=Name", "born=Nowhere"):
        with pytest.raises(ValueError, match="There is no"):
            columns.corrected(guessed, headings, [wrong])


# --- what is sent back ---

HOSTILE = ["=1+1", "+44 7700 900123", "@x", "\u200b=1", "＝1", "|x", "-5", "'quoted'"]


@pytest.mark.parametrize("build", [a_csv, an_xlsx])
def test_refused_rows_come_back_harmless_and_are_known_again(build) -> None:
    rows = [[text, "2010", f"x{at}"] for at, text in enumerate(HOSTILE)]
    if build is an_xlsx:
        rows = [["'" + cell if is_obeyed(cell) else cell for cell in row] for row in rows]
    sheet = read_sheet(build(HEADINGS, ["Fine One", "2010", ""], *rows))
    bad = {line.number: "=What is wrong" for line in sheet.lines[1:]}
    data = written_back(sheet, bad)
    again = read_sheet(data)
    assert again.kind == sheet.kind
    assert again.headings == (*HEADINGS, "Problem")
    assert [line.cells[:3] for line in again.lines] == [line.cells for line in sheet.lines[1:]]
    assert columns.fingerprint(again.headings) == columns.fingerprint(HEADINGS)
    assert written_back(again, {line.number: "Still" for line in again.lines}).count(b"Problem") < 2
    if build is a_csv:
        cells = [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in row]
        assert not any(is_obeyed(cell) for cell in cells)
    else:
        book = openpyxl.load_workbook(io.BytesIO(data))
        kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}
        assert "f" not in kinds
        assert not any(is_obeyed(str(c.value)) for row in book.active.iter_rows() for c in row)
