"""Keeping the directory true."""

from collections.abc import Sequence
from datetime import date

from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.cases.rules import NeedDomain
from caseflow.kernel import clock
from caseflow.kernel.database import db, lock
from caseflow.kernel.errors import Problem, Stale
from caseflow.services.models import Service
from caseflow.staff.models import User


def add_service(
    *,
    by: User,
    agency: str,
    name: str,
    domains: Sequence[NeedDomain],
    youngest: int = 0,
    oldest: int = 25,
    area: str = "",
    wait_days: int | None = None,
    route: str = "",
    verified_on: date | None = None,
) -> Service:
    service = Service()
    _write(
        service, agency=agency, name=name, domains=domains, youngest=youngest, oldest=oldest,
        area=area, wait_days=wait_days, route=route, verified_on=verified_on,
    )  # fmt: skip
    db.session.add(service)
    _saved(service, by, "added")
    return service


def change_service(
    service: Service,
    *,
    by: User,
    agency: str,
    name: str,
    domains: Sequence[NeedDomain],
    youngest: int,
    oldest: int,
    area: str,
    wait_days: int | None,
    route: str,
    verified_on: date | None,
    version: int | None = None,
) -> None:
    lock(service)
    if version is not None and version != service.version:
        raise Stale(
            "Somebody changed this service after you opened the page. What you typed is still "
            "here, not saved yet. Save again to keep yours."
        )
    _write(
        service, agency=agency, name=name, domains=domains, youngest=youngest, oldest=oldest,
        area=area, wait_days=wait_days, route=route, verified_on=verified_on,
    )  # fmt: skip
    _saved(service, by, "changed")


def _write(
    service: Service,
    *,
    agency: str,
    name: str,
    domains: Sequence[NeedDomain],
    youngest: int,
    oldest: int,
    area: str,
    wait_days: int | None,
    route: str,
    verified_on: date | None,
) -> None:
    if not domains:
        raise Problem("Select what the service helps with", "domains")
    if youngest > oldest:
        raise Problem("The oldest age must not be below the youngest", "oldest")
    service.agency, service.name = agency.strip(), name.strip()
    service.domains = [domain.value for domain in NeedDomain if domain in domains]
    service.youngest, service.oldest = youngest, oldest
    service.area, service.wait_days, service.route = area.strip(), wait_days, route.strip()
    service.verified_on = verified_on


def verify_service(service: Service, *, by: User) -> None:
    """Somebody rang: all of it is still so."""
    service.verified_on = clock.today()
    _saved(service, by, "verified")


def end_service(service: Service, *, by: User) -> None:
    """It takes nobody any more; what was referred to it stays."""
    service.ended_at = service.ended_at or clock.now()
    _saved(service, by, "ended")


def reopen_service(service: Service, *, by: User) -> None:
    service.ended_at = None
    _saved(service, by, "reopened")


def _saved(service: Service, by: User, what: str) -> None:
    db.session.flush()
    audit.record(Event.SERVICE_SAVED, actor_id=by.id, service=str(service.id), what=what)
