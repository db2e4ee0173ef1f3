"""SDQ: sub-scale scores only, never the items (© Youthinmind; no electronic copy is licensed).

The total adds four sub-scales and leaves prosocial out. Lower is better, but prosocial is not.
"""

from decimal import Decimal

from caseflow.assessments.instruments.common import (
    Band,
    Change,
    InvalidAnswers,
    Scored,
    Threshold,
    band_of,
    bands,
    change,
)
from caseflow.kernel.words import Words


class Informant(Words):
    SELF = "self", "Young person"
    PARENT = "parent"
    TEACHER = "teacher"


TOTALLED = ("emotional", "conduct", "hyperactivity", "peer")
HIGHEST = 10
RELIABLE = {
    Informant.SELF: Threshold(
        Decimal(7), "1.96·SD·√(2(1−r)) with SD 5.2 and α .80 gives 6.4; no official figure"
    ),
    Informant.PARENT: Threshold(Decimal(7), "as for self-report; no official figure"),
    Informant.TEACHER: Threshold(Decimal(7), "as for self-report; no official figure"),
}
_FOUR = ("close to average", "slightly raised", "high", "very high")
_PROSOCIAL = ("close to average", "slightly lowered", "low", "very low")
_THREE = ("normal", "borderline", "abnormal")


def _rising(highest: int, labels: tuple[str, ...], *ends: int) -> tuple[Band, ...]:
    starts = (0, *(end + 1 for end in ends))
    return bands(*zip(starts, (*ends, highest), labels, strict=True))


BANDS: dict[Informant, dict[str, tuple[Band, ...]]] = {
    Informant.SELF: {
        "total": _rising(40, _FOUR, 14, 17, 19),
        "emotional": _rising(10, _FOUR, 4, 5, 6),
        "conduct": _rising(10, _FOUR, 3, 4, 5),
        "hyperactivity": _rising(10, _FOUR, 5, 6, 7),
        "peer": _rising(10, _FOUR, 2, 3, 4),
        "prosocial": _rising(10, _PROSOCIAL[::-1], 4, 5, 6),
        "impact": _rising(10, _FOUR, 0, 1, 2),
    },
    Informant.PARENT: {
        "total": _rising(40, _THREE, 13, 16),
        "emotional": _rising(10, _THREE, 3, 4),
        "conduct": _rising(10, _THREE, 2, 3),
        "hyperactivity": _rising(10, _THREE, 5, 6),
        "peer": _rising(10, _THREE, 2, 3),
    },
    Informant.TEACHER: {
        "total": _rising(40, _FOUR, 11, 15, 18),
        "emotional": _rising(10, _FOUR, 3, 4, 5),
        "conduct": _rising(10, _FOUR, 2, 3, 4),
        "hyperactivity": _rising(10, _FOUR, 5, 7, 8),
        "peer": _rising(10, _FOUR, 2, 4, 5),
        "prosocial": _rising(10, _PROSOCIAL[::-1], 3, 4, 5),
    },
}


def total(
    *, emotional: int | None, conduct: int | None, hyperactivity: int | None, peer: int | None
) -> int | None:
    """0 to 40; None when a sub-scale is missing."""
    parts = (emotional, conduct, hyperactivity, peer)
    given = [part for part in parts if part is not None]
    if any(not 0 <= part <= HIGHEST for part in given):
        raise InvalidAnswers(f"a sub-scale is 0 to {HIGHEST}")
    return sum(given) if len(given) == len(parts) else None


def score(value: int | None, *, informant: Informant, scale: str = "total") -> Scored:
    """A score that was counted elsewhere, with its band; no band where none is published."""
    highest = 40 if scale == "total" else HIGHEST
    if value is not None and not 0 <= value <= highest:
        raise InvalidAnswers(f"{scale} is 0 to {highest}")
    return Scored(value, band_of(value, BANDS[informant].get(scale, ())))


def compare(
    then: Scored, now: Scored, *, informant: Informant, threshold: Threshold | None = None
) -> Change:
    """Of two totals."""
    return change(then.score, now.score, threshold or RELIABLE[informant])
