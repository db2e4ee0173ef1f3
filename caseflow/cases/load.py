"""How much work somebody's open cases are. Source: domain.md §1.7; the numbers are settings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from caseflow.cases.lifecycle import Stage
from caseflow.cases.rules import Risk

WEIGHTS: dict[str, float] = {
    "immediate": 3,
    "high": 3,
    "medium": 2,
    "low": 1,
    "not_assessed": 2,
    "brief": 0.5,
}
AMBER, RED = 24, 30
HIGH = frozenset({Risk.HIGH, Risk.IMMEDIATE})

# How many open cases somebody holds of one kind.
Held = tuple[Stage, Risk, int]


@dataclass(frozen=True)
class Load:
    points: float
    cases: int
    by_risk: Mapping[Risk, int]
    amber: float = AMBER
    red: float = RED

    @property
    def high(self) -> int:
        return sum(self.by_risk.get(risk, 0) for risk in HIGH)

    @property
    def level(self) -> str:
        """``full`` from amber on, ``over`` from red on; else nothing to remark."""
        if self.points >= self.red:
            return "over"
        return "full" if self.points >= self.amber else ""

    @property
    def words(self) -> str:
        cases = f"{self.cases} case{'' if self.cases == 1 else 's'}"
        high = f", {self.high} at high risk" if self.high else ""
        return f"{cases}{high}. Load {self.points:g} of {self.red:g}"


def weight(stage: Stage, risk: Risk, weights: Mapping[str, float] = WEIGHTS) -> float:
    """Brief support is light work, but never while somebody may be hurt."""
    if stage is Stage.BRIEF and risk not in HIGH:
        return weights["brief"]
    return weights[risk.value]


def load_of(
    held: Iterable[Held],
    weights: Mapping[str, float] = WEIGHTS,
    amber: float = AMBER,
    red: float = RED,
) -> Load:
    points, by_risk = 0.0, dict.fromkeys(Risk, 0)
    for stage, risk, count in held:
        points += count * weight(stage, risk, weights)
        by_risk[risk] += count
    return Load(points, sum(by_risk.values()), by_risk, amber, red)
