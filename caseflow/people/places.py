"""Where a postcode lies: by the table that ``caseflow places`` fills; empty, it finds nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from sqlalchemy import delete, func, insert, select

from caseflow.kernel.database import Base, db
from caseflow.people.districts import DISTRICTS
from caseflow.people.models import AreaName, Person, Place
from caseflow.people.place_files import NameRow, PlaceRow, Row, squeezed

AT_A_TIME = 2_000


def place_of(postcode: str) -> Place | None:
    return db.session.get(Place, squeezed(postcode)[:8]) if postcode.strip() else None


def district_of(postcode: str) -> str:
    """ "" where nobody can say."""
    found = place_of(postcode)
    return found.district if found else ""


def home_district(person: Person) -> str:
    """As it was recorded, or as the postcode says since the table was filled."""
    return person.district or district_of(person.postcode)


def name_of(code: str) -> str:
    """The district or ward by name; its code where the name is not known."""
    if code in DISTRICTS or not code:
        return DISTRICTS.get(code, "")
    found = db.session.get(AreaName, code)
    return found.name if found else code


def save(rows: Sequence[Row]) -> None:
    """Each takes the place of what was said of the same postcode or code before."""
    _save(Place, "postcode", (row for row in rows if isinstance(row, PlaceRow)))
    _save(AreaName, "code", (row for row in rows if isinstance(row, NameRow)))


def _save(model: type[Base], key: str, rows: Iterable[Row]) -> None:
    latest = {getattr(row, key): asdict(row) for row in rows}
    if latest:
        db.session.execute(delete(model).where(getattr(model, key).in_(list(latest))))
        db.session.execute(insert(model), list(latest.values()))


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Place)) or 0
