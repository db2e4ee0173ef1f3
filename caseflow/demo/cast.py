"""The made-up members of staff: a first name, and what they do for a family name."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from caseflow.access.permissions import Role
from caseflow.cases.rules import Stream
from caseflow.kernel import clock
from caseflow.staff import actions as staff
from caseflow.staff import queries as staff_queries
from caseflow.staff.models import Team, User
from caseflow.staff.rules import DEMO_PASSWORD

HOSPITAL, COMMUNITY = "Hospital team", "Community team"
STREAMS = {
    HOSPITAL: [Stream.HOSPITAL, Stream.OPERATION],
    COMMUNITY: [Stream.CUSTODY, Stream.OUTREACH, Stream.FOCUSED_DETERRENCE],
}

# Who may sign in, in the order of the sign-in page: name, role, team, deputy.
STAFF: tuple[tuple[str, Role, str | None, bool], ...] = (
    ("Amara Worker", Role.YOUTH_WORKER, HOSPITAL, False),
    ("Sunita Supervisor", Role.SUPERVISOR, HOSPITAL, False),
    ("Marcus Manager", Role.PROGRAMME_MANAGER, None, False),
    ("Callum Worker", Role.YOUTH_WORKER, HOSPITAL, False),
    ("Priya Worker", Role.YOUTH_WORKER, HOSPITAL, False),
    ("Beth Deputy", Role.SUPERVISOR, HOSPITAL, True),
    ("Hodan Worker", Role.YOUTH_WORKER, COMMUNITY, False),
    ("Tomasz Worker", Role.YOUTH_WORKER, COMMUNITY, False),
    ("Leon Worker", Role.YOUTH_WORKER, COMMUNITY, False),
    ("Dermot Supervisor", Role.SUPERVISOR, COMMUNITY, False),
    ("Lena Safeguarding", Role.SAFEGUARDING_LEAD, None, False),
    ("Eve Evaluator", Role.EVALUATOR, None, False),
    ("Paul Police", Role.POLICE_LIAISON, None, False),
    ("Ines Governance", Role.INFORMATION_GOVERNANCE, None, False),
    ("Ada Admin", Role.ADMINISTRATOR, None, False),
)
MORE_WORKERS = ("Amina", "Bryn", "Chidi", "Dilip", "Erin", "Farid", "Gwen", "Hari", "Iwona", "Jo")
PEOPLE_PER_WORKER = 120


@dataclass(frozen=True)
class Cast:
    """Everybody by first name, in lower case, and the two teams."""

    users: dict[str, User]
    hospital: Team
    community: Team

    def __getitem__(self, first_name: str) -> User:
        return self.users[first_name]

    def supervisor_of(self, team: Team) -> User:
        return self["sunita"] if team.id == self.hospital.id else self["dermot"]


def email_of(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@demo.example"


def engage(now: datetime) -> Cast:
    """Teams and staff, there since before the first young person of the demo."""
    with clock.at(now - timedelta(days=900)):
        teams = {name: staff.add_team(name=name, streams=list(s)) for name, s in STREAMS.items()}
    users = {}
    for place, (name, role, team, deputises) in enumerate(STAFF):
        with clock.at(now - timedelta(days=900) + timedelta(minutes=place)):
            users[name.split()[0].lower()] = staff.add_user(
                email=email_of(name),
                name=name,
                role=role,
                team=teams[team] if team else None,
                deputises=deputises,
                password=DEMO_PASSWORD,
                is_demo=True,
                access_ends_on=_ends_on(role, now),
            )
    return Cast(users, teams[HOSPITAL], teams[COMMUNITY])


def _ends_on(role: Role, now: datetime) -> date | None:
    return clock.local(now + timedelta(days=365)).date() if role is Role.EVALUATOR else None


def engage_more(cast: Cast, people: int, now: datetime) -> dict[str, list[User]]:
    """Workers by team name: the cast, and as many more as so many young people need."""
    found = {
        team: list(staff_queries.workers_in(team.id)) for team in (cast.hospital, cast.community)
    }
    by_team = {
        team.name: [user for user in users if user.role is Role.YOUTH_WORKER]
        for team, users in found.items()
    }
    with clock.at(now - timedelta(days=890)):
        for number in range(people // PEOPLE_PER_WORKER):
            team = cast.hospital if number % 2 else cast.community
            name = f"{MORE_WORKERS[number % len(MORE_WORKERS)]} Worker {number + 1}"
            made = staff.add_user(
                email=email_of(name),
                name=name,
                role=Role.YOUTH_WORKER,
                team=team,
                password=DEMO_PASSWORD,
            )
            by_team[team.name].append(made)
    return by_team
