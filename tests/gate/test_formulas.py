"""No export holds a formula, whatever was typed: a manager opens it in a spreadsheet."""

import csv
import io
import itertools
import shutil
import subprocess
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.evaluation import columns, export
from caseflow.kernel.cells import cell
from tests import builders
from tests.casefile.rich import rich_case
from tests.gate.test_output import fill_records

pytestmark = pytest.mark.one_database

_SIGNS = "=+-@|%＝＋－＠｜％﹢﹣﹦﹪﹫−"
_IN_FRONT = ["", " ", "  ", "\t", "\n", "\r\n", "\x00", "\x01", "\x1f", "\x7f", "\x85", "\xa0",
             "\xad", "\ufeff", "\u200b", "\u200c", "\u200d", "\u200e", "\u2028", "\u2060", "\u202e",
             "\u2066", "\u3000", "\u180e", "\u034f", "\ufe0f", "\u3164", "\u2800", "\u061c",
             " \ufeff\u200b\t"]  # fmt: skip
_CALLS = ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example","x")', "SUM(A1:A9)",
          'WEBSERVICE("http://evil.example")', "IMPORTXML(CONCAT(A1),1)", "A1", "DDE(1)",
          '"x"', "2+5+cmd|' /C calc'!A0", "rundll32|'URL.dll,OpenURL'!A", "'x'!A1"]  # fmt: skip
CORPUS = (
    [f"{front}={_CALLS[n % len(_CALLS)]}" for n, front in enumerate(_IN_FRONT)]
    + [f"{sign}{_CALLS[n % len(_CALLS)]}" for n, sign in enumerate(_SIGNS)]
    + [f"{front}{sign}{call}" for front, sign, call in zip(_IN_FRONT, _SIGNS * 2, _CALLS * 3)]
    + ["\tx", "\rx", "\nx", "\x00x"]
)
HARMLESS = ["Ana", "'quoted'", "07700 900123", "a=b", "5%", "x|y", "(=1)", "2026-11-23", "ä-b",
            "", "  two words", "آنا", "#1", "!A1", "{1}", '"said"']  # fmt: skip


def test_the_corpus_is_wide() -> None:
    assert len(set(CORPUS)) >= 60


@pytest.mark.parametrize("text", sorted(set(CORPUS)), ids=ascii)
def test_a_formula_becomes_text_and_reads_the_same(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_words_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


def test_numbers_stay_numbers() -> None:
    assert [cell(value) for value in (-5, 7.5, 0, True, False, None)] == [
        "-5", "7.5", "0", "yes", "no", "",
    ]  # fmt: skip


@given(st.text(alphabet=st.sampled_from("=+-@|% \t\n\ufeff\u200bab"), max_size=8))
def test_what_a_cell_begins_with_is_never_a_sign(text: str) -> None:
    made = cell(text)
    assert made.lstrip(" \t\r\n\ufeff\u200b")[:1] not in tuple("=+-@|%")
    assert made.removeprefix("'") == text.removeprefix("'")


def obeyed(folder: Path) -> list[str]:
    """Cells, of every file, that are not numbers and begin with a sign; quotes are counted too."""
    found = []
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
        for row in csv.reader(io.StringIO(text, newline="")):
            bad = [one for one in row if begins_with_sign(one) and not number(one)]
            found += [f"{path.name}: {one!r}" for one in bad]
        again = io.StringIO(newline="")
        csv.writer(again, quoting=csv.QUOTE_ALL).writerows(
            csv.reader(io.StringIO(text, newline=""))
        )
        found += [] if again.getvalue() == text else [f"{path.name}: a cell without quotes"]
    return found


def begins_with_sign(text: str) -> bool:
    """Said again here, in another way than where it is prevented."""
    seen = text.strip("".join(_IN_FRONT))
    return text[:1] in tuple("\t\r\n") or unicodedata.normalize("NFKC", seen)[:1] in tuple(
        "=+-@|%−"
    )


def number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("start", range(0, len(CORPUS), 7))
def test_no_export_holds_a_formula(session, tmp_path, start: int) -> None:
    """Every text of every record is one; what reaches a file is a code, a number or text."""
    rich_case(builders.worker())
    texts = [text.replace("\x00", "") for text in CORPUS]
    assert fill_records(session, lambda n: texts[(n + start) % len(texts)]) > 30
    written = dict(export.write(tmp_path))
    assert sum(written.values()) > 20
    assert obeyed(tmp_path) == []


def test_a_formula_that_reached_a_column_is_caught(session, tmp_path, monkeypatch) -> None:
    """The last line of defence works in the files themselves, not only by itself."""
    rich_case(builders.worker())
    texts = itertools.cycle(text.replace("\x00", "") for text in CORPUS)
    tables = tuple(
        replace(
            table,
            columns=tuple(replace(column, value=lambda _: next(texts)) for column in table.columns),
        )
        for table in columns.TABLES
    )
    monkeypatch.setattr(export, "TABLES", tables)
    dict(export.write(tmp_path))
    assert "HYPERLINK" in (tmp_path / f"{tables[0].name}.csv").read_text(encoding="utf-8")
    assert obeyed(tmp_path) == []


def test_a_real_spreadsheet_finds_no_formula(session, tmp_path) -> None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not on this machine")
    rich_case(builders.worker())
    fill_records(session, lambda n: CORPUS[n % len(CORPUS)].replace("\x00", ""))
    dict(export.write(tmp_path))
    for path in tmp_path.glob("*.csv"):
        subprocess.run(
            [program, "--headless", "--convert-to", "xlsx", "--outdir", tmp_path, path], check=True
        )
    for path in tmp_path.glob("*.xlsx"):
        with zipfile.ZipFile(path) as book:
            sheets = [book.read(name) for name in book.namelist() if "sheet" in name]
        assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets), path.name
