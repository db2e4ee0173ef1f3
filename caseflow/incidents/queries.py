from sqlalchemy import select

from caseflow.cases.models import Case
from caseflow.incidents.models import Incident
from caseflow.kernel.database import db


def incident_of(case: Case) -> Incident | None:
    return db.session.scalar(select(Incident).where(Incident.case_id == case.id))
