"""The needs tool in numbers. Pure. Source: domain.md §2.1.

A need that was not discussed is None, never 0. There is no total: needs are not added up.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from caseflow.assessments.rules import LEAST_NEED, MOST_NEED, change_words
from caseflow.cases.rules import NeedDomain

Needs = Mapping[NeedDomain, int | None]
COUNTS_FROM = 2
SIGNIFICANT = 3


@dataclass(frozen=True)
class NeedLine:
    """One domain, then and now."""

    domain: NeedDomain
    then: int | None
    now: int | None

    @property
    def label(self) -> str:
        return self.domain.label

    @property
    def words(self) -> str:
        return change_words(self.then, self.now)

    @property
    def latest(self) -> int | None:
        return self.then if self.now is None else self.now


@dataclass(frozen=True)
class Distance:
    """Needs of 2 or more at the start, scored at both points. ``eligible`` had such a need."""

    eligible: int
    moves: tuple[int, ...]
    """Then minus now, one for each paired domain: above 0 is better."""

    @property
    def paired(self) -> int:
        return len(self.moves)

    @property
    def better(self) -> int:
        return sum(move > 0 for move in self.moves)

    @property
    def same(self) -> int:
        return sum(move == 0 for move in self.moves)

    @property
    def worse(self) -> int:
        return sum(move < 0 for move in self.moves)


def valid_need(need: int | None) -> bool:
    return need is None or LEAST_NEED <= need <= MOST_NEED


def lines(then: Needs, now: Needs) -> list[NeedLine]:
    """Every domain that was scored at either point, worst at the start first."""
    found = [NeedLine(domain, then.get(domain), now.get(domain)) for domain in NeedDomain]
    scored = [line for line in found if line.latest is not None]
    order = list(NeedDomain)
    return sorted(scored, key=lambda line: (_worst_first(line), order.index(line.domain)))


def _worst_first(line: NeedLine) -> tuple[int, int]:
    start = line.now if line.then is None else line.then
    return -(start or 0), -(line.latest or 0)


def not_discussed(then: Needs, now: Needs) -> list[NeedDomain]:
    """Talked about at neither point."""
    return [d for d in NeedDomain if then.get(d) is None and now.get(d) is None]


def distance_travelled(then: Needs, now: Needs) -> Distance:
    starts = {d: need for d, need in then.items() if need is not None and need >= COUNTS_FROM}
    ends = {d: need for d in starts if (need := now.get(d)) is not None}
    return Distance(len(starts), tuple(starts[d] - ends[d] for d in NeedDomain if d in ends))


def highest(needs: Needs) -> int | None:
    return max((need for need in needs.values() if need is not None), default=None)


def significant(needs: Needs) -> int:
    """How many needs are 3 or 4."""
    return sum(need is not None and need >= SIGNIFICANT for need in needs.values())


def scored(needs: Needs) -> int:
    return sum(need is not None for need in needs.values())
