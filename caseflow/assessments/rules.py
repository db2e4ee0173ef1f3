"""CaseFlow's own needs and strengths tool, and the safety plan. Source: domain.md §2.1, §3.2."""

from caseflow.cases.rules import NeedDomain
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


def change_words(then: int | None, now: int | None) -> str:
    """What changed between two scores of one domain, lower being better."""
    if then is None or now is None:
        return "not comparable"
    if now == then:
        return "no change"
    return f"{'better' if now < then else 'worse'} by {abs(now - then)}"
