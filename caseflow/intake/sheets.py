"""Spreadsheets are brought in row by row: each row once, whoever sends it how often."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.intake import columns
from caseflow.intake.from_row import RowRead, SheetKind, read_row
from caseflow.intake.models import SheetLayout, SheetRow
from caseflow.intake.opening import receive
from caseflow.intake.rules import Source
from caseflow.intake.sheet import Line, Sheet, is_problem
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.kernel.sealed_fields import blind_index
from caseflow.kernel.words import Words
from caseflow.staff.models import User

CHANGED = (
    "This row was brought in before and says something else now. Change it in CaseFlow instead."
)


class Became(Words):
    """What became of a row; never whether the person was known."""

    TAKEN = "taken", "Brought in"
    BEFORE = "before", "Brought in before"
    REFUSED = "refused"


@dataclass(frozen=True)
class Sent:
    """A sheet, by whom it comes, what it holds, and which column is which of our fields."""

    sheet: Sheet
    sender: str
    kind: SheetKind
    source: Source
    columns: Mapping[str, int]
    operation: str = ""

    def read(self, line: Line, now: datetime) -> RowRead:
        return read_row(
            line,
            self.sheet.headings,
            self.columns,
            kind=self.kind,
            now=now,
            operation=self.operation,
        )


# --- the columns ---


def layout_of(sheet: Sheet, sender: str) -> tuple[dict[str, int], bool]:
    """As it was settled for this sender and these headings; else as the headings are usually
    meant. And whether it was settled."""
    held = _layout(sheet, sender)
    return (dict(held.columns), True) if held else (columns.guess(sheet.headings), False)


def settle_layout(sheet: Sheet, sender: str, found: Mapping[str, int]) -> None:
    """Remembered for the next file of this sender that has the same headings."""
    held = _layout(sheet, sender)
    if held is None:
        held = SheetLayout(
            sender=sender_name(sender), fingerprint=columns.fingerprint(sheet.headings)
        )
        db.session.add(held)
    held.columns, held.settled_at = dict(found), clock.now()
    db.session.flush()


def _layout(sheet: Sheet, sender: str) -> SheetLayout | None:
    return db.session.scalars(
        select(SheetLayout).filter_by(
            sender=sender_name(sender), fingerprint=columns.fingerprint(sheet.headings)
        )
    ).one_or_none()


def sender_name(sender: str) -> str:
    """One sender however it is spaced or capitalised."""
    name = " ".join(sender.casefold().split())
    if not name or len(name) > 120:
        raise Problem("Say in up to 120 letters who the spreadsheet comes from.", "sender")
    return name


# --- the rows ---


def bring_in(sent: Sent, line: Line, *, by: User | None) -> tuple[Became, str]:
    """One row, in the caller's transaction. The words are the problem of a refused one."""
    row = sent.read(line, clock.now())
    if row.arrival is None:
        return Became.REFUSED, " ".join(row.problems)
    sender, said = sender_name(sent.sender), _blind(sent, _said(sent, line))
    ledger = SheetRow(sender=sender, row_key=_key_of(sent, line), said=said, taken_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(ledger)
    except IntegrityError:  # the constraint decides, also between two who send at once
        return _again(ledger.row_key, sender, said)
    referral = receive(row.arrival, source=sent.source, received_at=clock.now(), by=by)
    referral.sender_name = sent.sender.strip()[:200]
    ledger.referral_id = referral.id
    db.session.flush()
    return Became.TAKEN, ""


def _again(row_key: str, sender: str, said: str) -> tuple[Became, str]:
    held = db.session.scalars(
        select(SheetRow.said).where(SheetRow.sender == sender, SheetRow.row_key == row_key)
    ).one()
    return (Became.BEFORE, "") if held == said else (Became.REFUSED, CHANGED)


def _key_of(sent: Sent, line: Line) -> str:
    """The sender's own number for the row; without one, all that the row says."""
    place = sent.columns.get("row_id")
    own = line.cells[place].casefold() if place is not None else ""
    return _blind(sent, f"number|{own}" if own else f"words|{_said(sent, line)}")


def _said(sent: Sent, line: Line) -> str:
    pairs = zip(sent.sheet.headings, line.cells, strict=True)
    return "\x1f".join(
        " ".join(text.casefold().split()) for heading, text in pairs if not is_problem(heading)
    ).rstrip("\x1f")


def _blind(sent: Sent, text: str) -> str:
    return blind_index(f"{sent.kind.value}|{text}", of="sheet_row").hex()


def look_through(sent: Sent) -> Iterator[tuple[Line, RowRead]]:
    """What would become of each row, as far as the file alone says it. Nothing is saved."""
    now = clock.now()
    for line in sent.sheet.lines:
        yield line, sent.read(line, now)


def record_the_run(sent: Sent, counts: Mapping[Became, int]) -> None:
    audit.record(
        Event.SHEET_BROUGHT_IN,
        kind=sent.kind.value,
        rows={became.value: counts.get(became, 0) for became in Became},
    )
