import uuid
from collections.abc import Sequence

from sqlalchemy import select

from caseflow.cases.rules import NeedDomain
from caseflow.kernel.database import db
from caseflow.services import rules
from caseflow.services.models import Service


def service(service_id: uuid.UUID) -> Service | None:
    return db.session.get(Service, service_id)


def all_services() -> Sequence[Service]:
    """Ended ones too, by agency and name."""
    return db.session.scalars(select(Service).order_by(Service.agency, Service.name)).all()


def offered(
    *, need: NeedDomain | None = None, age: int | None = None, area: str = ""
) -> list[Service]:
    """The directory, narrowed down; a few hundred rows, so they are sifted here."""
    return [
        one
        for one in all_services()
        if one.ended_at is None
        and rules.suits_need(one.domains, need)
        and rules.suits_age(one.youngest, one.oldest, age)
        and rules.suits_area(one.area, area)
    ]


def ended() -> list[Service]:
    return [one for one in all_services() if one.ended_at is not None]


def suggested(*, need: NeedDomain, age: int | None) -> list[Service]:
    """For one need of somebody this old: checked lately first, then the shorter wait."""
    return sorted(
        offered(need=need, age=age),
        key=lambda one: rules.preference(
            stale=one.is_stale, wait_days=one.wait_days, name=one.name
        ),
    )


def areas() -> list[str]:
    return sorted({one.area for one in all_services() if one.area and one.ended_at is None})
