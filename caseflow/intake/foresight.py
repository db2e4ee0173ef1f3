"""What other rules would change for the referrals that wait, as counts: no case is named."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import not_, select

from caseflow.cases.lifecycle import Stage
from caseflow.cases.models import Case
from caseflow.cases.visibility import is_kept_from
from caseflow.intake.eligibility import DEFAULT, Decision, judge
from caseflow.intake.queries import facts_of
from caseflow.kernel.database import db
from caseflow.kernel.settings import setting
from caseflow.staff.models import User

Foreseen = Counter[tuple[Decision, Decision]]


def foreseen(rules: Mapping[str, Any], *, to: User) -> Foreseen:
    """(by today's rules, by the others) → how many wait. Whoever is kept from ``to`` is not
    counted: a number that moves by one would say that they are there."""
    now = setting("eligibility", DEFAULT)
    waiting = db.session.scalars(
        select(Case).where(
            Case.stage.in_([Stage.RECEIVED, Stage.TRIAGED]), not_(is_kept_from(to, Case.person_id))
        )
    ).all()
    return Counter(
        (judge(facts, now).decision, judge(facts, rules).decision)
        for facts in map(facts_of, waiting)
    )
