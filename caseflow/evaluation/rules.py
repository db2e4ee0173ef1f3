"""The steps of the funnel, and the words printed beside every figure. Source: domain.md §1.5."""

from dataclasses import dataclass
from datetime import date

from caseflow.cases.lifecycle import Stage
from caseflow.kernel.words import Words


class Step(Words):
    REFERRED = "referred"
    ELIGIBLE = "eligible"
    APPROACHED = "approached"
    AGREED = "agreed"
    ENGAGED = "engaged"
    COMPLETED = "completed"


DEFINITIONS = {
    Step.REFERRED: "An episode received in the quarter.",
    Step.ELIGIBLE: "An episode found eligible in the quarter.",
    Step.APPROACHED: "Two-way contact with the young person, first made in the quarter. "
    "A voicemail is not an approach.",
    Step.AGREED: "The young person agreed to receive support in the quarter.",
    Step.ENGAGED: "Agreed, and at least one conversation after the first approach; "
    "counted in the quarter in which both were true.",
    Step.COMPLETED: "A planned ending approved in the quarter: goals reviewed, "
    "exit assessment attempted.",
}
STAGE_OF = {
    Step.REFERRED: Stage.RECEIVED,
    Step.ELIGIBLE: Stage.ELIGIBLE,
    Step.APPROACHED: Stage.APPROACHED,
    Step.AGREED: Stage.AGREED,
    Step.COMPLETED: Stage.COMPLETED,
}
NOTE = (
    "Counts of moves between stages, never of today’s stage. An episode is one referral and what "
    "followed; one person may have several. A step may hold episodes referred earlier."
)


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        return cls(day.year, (day.month - 1) // 3 + 1)

    @classmethod
    def parse(cls, text: str) -> "Quarter | None":
        year, _, number = text.partition("-Q")
        if len(year) == 4 and year.isascii() and year.isdigit() and number in {"1", "2", "3", "4"}:
            return cls(int(year), int(number)) if 2000 <= int(year) <= 2999 else None
        return None

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def label(self) -> str:
        months = ("January to March", "April to June", "July to September", "October to December")
        return f"{months[self.number - 1]} {self.year}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def previous(self) -> "Quarter":
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)


def last_quarters(today: date, count: int = 8) -> list[Quarter]:
    found = [Quarter.of(today)]
    while len(found) < count:
        found.append(found[-1].previous)
    return found
