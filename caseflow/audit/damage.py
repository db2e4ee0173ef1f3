"""What can be wrong with a trail, and telling one from another. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from caseflow.audit.chain import GENESIS, Chain
from caseflow.kernel.words import Words

MOST_TAKEN_OUT = 1_000  # so many rows, taken out one after another, are recognised as that
Row = Sequence[Any]


class Damage(Words):
    CHANGED = "changed", "A row was changed"
    PUT_IN = "put_in", "A row was put in"
    TAKEN_OUT = "taken_out", "Rows were taken out"
    ALTERED = "altered", "A row was changed, moved or put in"
    CUT = "cut", "The end was cut off"
    REPLACED = "replaced", "An earlier copy was put back, or the rows were written anew"
    LISTING = "listing", "The index of cases in lists does not match the rows"
    UNREADABLE = "unreadable", "A row cannot be read"


@dataclass(frozen=True)
class Fault:
    """``seq``: the first row that may be wrong; ``upto``: and the last that is the first."""

    seq: int
    damage: Damage
    upto: int

    def __str__(self) -> str:
        where = f"row {self.seq}" if self.seq == self.upto else f"rows {self.seq} to {self.upto}"
        return f"{self.damage.label}: {where}"


@dataclass(frozen=True)
class Head:
    """A row that is known to be right."""

    seq: int
    mac: str


START = Head(0, GENESIS)


def at(seq: int, damage: Damage) -> Fault:
    return Fault(seq, damage, seq)


def tell(chain: Chain, before: Head, row: Row, following: Row | None) -> Fault:
    """What became of the row after ``before``, where ``row`` is now, from what follows it."""
    wanted = before.seq + 1
    if row[0] < wanted:
        return at(row[0], Damage.PUT_IN)
    if row[0] > wanted:
        return Fault(wanted, Damage.TAKEN_OUT, wanted)
    return at(wanted, _told_apart(chain, before, row, following))


def _told_apart(chain: Chain, before: Head, row: Row, following: Row | None) -> Damage:
    if following is None or following[0] != row[0] + 1:
        return Damage.ALTERED
    try:
        kept, made = row[-1], chain.mac(before.mac, tuple(row[:-1]))
        seq, *rest, mac = following
        if mac in (chain.mac(kept, (seq, *rest)), chain.mac(made, (seq, *rest))):
            return Damage.CHANGED
        if mac == chain.mac(before.mac, (row[0], *rest)):
            return Damage.PUT_IN
        later = range(seq + 1, seq + 1 + MOST_TAKEN_OUT)
        if any(mac == chain.mac(kept, (number, *rest)) for number in later):
            return Damage.TAKEN_OUT
    except TypeError:  # bytes, where text was
        return Damage.ALTERED
    return Damage.ALTERED
