"""Where a safeguarding referral about a young person goes, as far as the reader may know."""

from caseflow.access.permissions import Permission
from caseflow.cases.models import Case
from caseflow.cases.shown import Shown
from caseflow.kernel import clock
from caseflow.kernel.settings import setting
from caseflow.people.front_doors import SETTING, Route, front_doors, route
from caseflow.people.places import home_district
from caseflow.people.rules import BornPrecision, age_on
from caseflow.staff.models import User

GROWN = 18


def route_for(case: Case, reader: User) -> Route:
    """Who may not see the address is not told the authority either: they see all three."""
    may_know = Shown(reader, case).may(Permission.ADDRESS_VIEW)
    district = home_district(case.person) if may_know else ""
    return route(district, front_doors(setting(SETTING, {})), clock.today())


def may_be_a_child(case: Case) -> bool:
    """Under 18, or near enough to it while the date of birth is not exact."""
    person = case.person
    if person.born_on is None:
        return True
    grace = 0 if person.born_precision is BornPrecision.DAY else 2
    return age_on(person.born_on, clock.today()) < GROWN + grace
