"""Is the trail whole? Reads all of it, or what came since it was last found whole.

A few thousand rows at a time, so that nobody who writes has to wait: what lies behind cannot
change without breaking the chain that the next check walks.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from caseflow.audit.anchors import Anchor
from caseflow.audit.chain import COLUMNS, Chain
from caseflow.audit.damage import START, Damage, Fault, Head, Row, at, tell
from caseflow.audit.reading import LISTED_ALONE, listed_statement, statement
from caseflow.audit.writing import AUDIT, cases_named

AT_A_TIME = 5_000
BEFORE_ALL = -(2**63)
FACTS = COLUMNS.index("facts")


@dataclass(frozen=True)
class Verdict:
    """``head``: the last row that is as it was written. ``fault``: the first thing wrong."""

    head: Head
    fault: Fault | None = None


class _Broken(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def check(
    connection: Connection,
    key: bytes,
    anchors: Iterable[Anchor] = (),
    *,
    since: Head = START,
    between: Callable[[], object] = lambda: None,
) -> Verdict:
    """``between``: called after each part, for ending its transaction."""
    walk = _Walk(connection, Chain(key), since, anchors)
    try:
        walk.look_at_start()
        while walk.next_part():
            between()
        walk.look_at_end()
    except _Broken as broken:
        return Verdict(walk.head, broken.fault)
    return Verdict(walk.head)


class _Walk:
    def __init__(
        self, connection: Connection, chain: Chain, since: Head, anchors: Iterable[Anchor]
    ) -> None:
        self.head = since
        self._since = since
        self._connection, self._chain = connection, chain
        self._anchors = _by_seq(anchors, since)
        self._anchored = since.seq  # the last row that an anchor agrees with
        self._at_a_time = AT_A_TIME

    def look_at_start(self) -> None:
        """What we go on from must still be there."""
        if self._since == START:
            return
        if (last := self._last_seq()) < self._since.seq:
            raise _Broken(Fault(last + 1, Damage.CUT, last + 1))
        here = select(AUDIT.c.mac).where(AUDIT.c.seq == self._since.seq)
        if self._connection.execute(here).scalar() != self._since.mac:
            raise _Broken(Fault(1, Damage.REPLACED, self._since.seq))

    def look_at_end(self) -> None:
        if any(seq > self.head.seq for seq in self._anchors):
            raise _Broken(Fault(self._anchored + 1, Damage.CUT, self.head.seq + 1))
        alone = self._connection.execute(LISTED_ALONE, {"after": self.head.seq}).scalar()
        if alone is not None:
            raise _Broken(at(alone, Damage.LISTING))

    def next_part(self) -> bool:
        after = self._after()
        rows = self._read()
        if not rows:
            return False
        named = self._follow(rows)
        self._compare_listing(after, self.head.seq, named)
        return True

    def _read(self) -> Sequence[Row]:
        try:
            return self._rows(self._after(), self._at_a_time)
        except DBAPIError:
            if self._at_a_time == 1:
                raise _Broken(at(self.head.seq + 1, Damage.UNREADABLE)) from None
            self._at_a_time = 1  # until the row is found
            return self._read()

    def _after(self) -> int:
        """From the very beginning, so that no row is hidden before the first."""
        return BEFORE_ALL if self.head == START else self.head.seq

    def _rows(self, after: int, most: int) -> Sequence[Row]:
        found = self._connection.execute(
            statement(self._connection.dialect.name), {"after": after, "most": most}
        )
        return found.all()

    def _follow(self, rows: Sequence[Row]) -> set[tuple[int, str]]:
        """Every row's link; says which cases the rows name among others."""
        seq, before = self.head.seq, self.head.mac
        mac, anchors = self._chain.mac, self._anchors
        named: set[tuple[int, str]] = set()
        try:
            for row in rows:
                if row[0] != seq + 1 or mac(before, row[:-1]) != row[-1]:
                    break
                seq, before = row[0], row[-1]
                if '"cases"' in row[FACTS]:
                    named.update((seq, key) for key in _cases(row[FACTS]))
                if seq in anchors:
                    self._compare_anchors(seq, before)
            else:
                self.head = Head(seq, before)
                return named
        except TypeError:
            pass  # bytes or a number, where text was
        self.head = Head(seq, before)
        raise _Broken(self._told())

    def _told(self) -> Fault:
        row, *following = self._rows(self._after(), 2)
        return tell(self._chain, self.head, row, following[0] if following else None)

    def _compare_anchors(self, seq: int, mac: str) -> None:
        if self._anchors[seq] != {mac}:
            raise _Broken(Fault(self._anchored + 1, Damage.REPLACED, seq))
        self._anchored = seq

    def _compare_listing(self, after: int, until: int, named: set[tuple[int, str]]) -> None:
        kept = self._connection.execute(
            listed_statement(self._connection.dialect.name), {"after": after, "until": until}
        )
        if odd := named ^ {(row[0], row[1]) for row in kept}:
            raise _Broken(at(min(odd)[0], Damage.LISTING))

    def _last_seq(self) -> int:
        last = select(AUDIT.c.seq).order_by(AUDIT.c.seq.desc()).limit(1)
        return self._connection.execute(last).scalar() or 0


def _by_seq(anchors: Iterable[Anchor], since: Head) -> Mapping[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for anchor in anchors:
        if anchor.seq > since.seq:
            found[anchor.seq].add(anchor.mac)
    return dict(found)


def _cases(facts: str) -> list[str]:
    return [key.hex for key in cases_named(json.loads(facts))]
