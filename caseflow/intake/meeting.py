"""Whether somebody to be kept apart is in the same hospital now. Nobody is named."""

from sqlalchemy import ColumnElement, Select, and_, or_, select

from caseflow.cases.keeping_apart import kept_from
from caseflow.cases.lifecycle import TERMINAL
from caseflow.cases.models import Case
from caseflow.cases.visibility import known_to
from caseflow.intake.models import Referral
from caseflow.kernel import clock
from caseflow.kernel.database import db
from caseflow.kernel.names import fold
from caseflow.people.rules import Safe
from caseflow.staff.models import User

BOTH_THERE = (
    "Keep-apart concern with somebody who is in the same place now. Tell the nurse in charge, "
    "and ask your supervisor."
)


def both_there(case: Case, reader: User) -> str:
    """The warning, or nothing: as far as ``reader`` may know of the other."""
    here = _sites(select(Referral.site).where(Referral.case_id == case.id, _is_there()))
    there = _sites(
        select(Referral.site)
        .join(Case, Case.id == Referral.case_id)
        .where(
            Case.person_id.in_(kept_from(case.person_id)),
            Case.stage.not_in(TERMINAL),
            _is_there(),
            known_to(reader),
        )
    )
    return BOTH_THERE if here & there else ""


def _is_there() -> ColumnElement[bool]:
    leaves = Referral.discharge_at
    return and_(Referral.is_still_there == Safe.YES, or_(leaves.is_(None), leaves > clock.now()))


def _sites(question: Select[str]) -> set[str]:
    """A sender leaves the site out at times, so two that say nothing are one place."""
    return {fold(site) for site in db.session.scalars(question)}
