"""CaseFlow's own needs and strengths tool, and the safety plan. Source: domain.md §2.1, §3.2."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from caseflow.cases.rules import NeedDomain, Risk
from caseflow.kernel.words import Words


class Point(Words):
    BASELINE = "baseline"
    REVIEW = "review"
    EXIT = "exit"
    FOLLOW_UP = "follow_up"


NEED_LABELS = {
    0: "0 – no need",
    1: "1 – low or stable",
    2: "2 – some, being met",
    3: "3 – significant, unmet",
    4: "4 – acute or unsafe",
}

# The same in a word, under the number on a phone.
NEED_WORDS = {0: "None", 1: "Low", 2: "In hand", 3: "Unmet", 4: "Acute"}
LEAST_NEED, MOST_NEED = 0, 4
NOT_DISCUSSED = "not_discussed"

PROMPTS: dict[NeedDomain, str] = {
    NeedDomain.SAFETY: "Ongoing threat, can they go home, places avoided, wish to retaliate, "
    "conflict online",
    NeedDomain.EXPLOITATION: "Debt, missing, county lines, sexual, made to carry",
    NeedDomain.WEAPONS: "Past 4 weeks: never, some days, most days; why",
    NeedDomain.HEALTH: "Wound care, pain, clinics, disability, registered with a GP",
    NeedDomain.MENTAL_HEALTH: "Sleep, flashbacks, low mood, self-harm, bereavement",
    NeedDomain.EDUCATION: "Status, attendance, exclusion, EHCP",
    NeedDomain.HOUSING: "Suitable, homeless, supported, in care",
    NeedDomain.FAMILY: "Support at home, abuse at home, young parent, a trusted adult",
    NeedDomain.PEERS: "Friends who help, activities, belonging",
    NeedDomain.SUBSTANCES: "Alcohol, cannabis, other, nitrous oxide; how often",
    NeedDomain.JUSTICE: "Bail, court dates, orders, wish for victim support",
    NeedDomain.LEGAL: "Worries about status (no copies of documents)",
    NeedDomain.MONEY: "Food, phone, debt, benefits",
    NeedDomain.IDENTITY: "Goals in their words, faith and culture, motivation",
}


@dataclass(frozen=True)
class Score:
    """What was said of one domain. ``need`` None means it was not discussed."""

    domain: NeedDomain
    need: int | None
    is_strength: bool = False
    is_priority: bool = False
    note: str = ""


def need_words(need: int | None) -> str:
    return "not discussed" if need is None else NEED_LABELS[need]


def score_words(score: Score) -> str:
    """One answer in a line: "3 – significant, unmet; a priority"."""
    ticks = ((score.is_strength, "a strength"), (score.is_priority, "a priority"))
    more = [words for is_so, words in ticks if is_so]
    return "; ".join([need_words(score.need), *more])


def change_words(then: int | None, now: int | None) -> str:
    """What changed between two scores of one domain, lower being better."""
    if then is None or now is None:
        return "not comparable"
    if now == then:
        return "no change"
    return f"{'better' if now < then else 'worse'} by {abs(now - then)}"


# --- Risk and the safety plan --------------------------------------------------------------

REVIEW_RISK_WITHIN: dict[Risk, timedelta] = {
    Risk.LOW: timedelta(days=28),
    Risk.MEDIUM: timedelta(days=28),
    Risk.HIGH: timedelta(days=7),
    Risk.IMMEDIATE: timedelta(hours=24),
}
SAFETY_PLAN_DAYS = 28
ROOMY_SHEET = 1_200  # characters that fit one side of A4 in large type

# Heading on the young person's own sheet, by the plan's field.
PLAN_PARTS = {
    "avoid": "Times and places I stay away from",
    "travel": "How I get about",
    "safe_people": "People and places that are safe",
    "if_followed": "If I am followed or cornered",
    "online": "Online",
    "school": "At school, college or work",
    "home": "At home",
}
CRISIS_LINES = (
    ("999", "if somebody is in danger now"),
    ("111, option 2", "when it is all too much, any hour"),
    ("Text SHOUT to 85258", "if talking is hard"),
    ("0800 1111", "Childline, up to 19"),
    ("116 123", "Samaritans"),
)


def risk_review_by(level: Risk, assessed_at: datetime) -> datetime:
    return assessed_at + REVIEW_RISK_WITHIN[level]


def within_words(level: Risk) -> str:
    days = REVIEW_RISK_WITHIN[level].days
    return "24 hours" if days == 1 else f"{days} days"


def safety_plan_review(agreed_on: date) -> date:
    return agreed_on + timedelta(days=SAFETY_PLAN_DAYS)
