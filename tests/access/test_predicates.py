import uuid

import pytest

from caseflow.access.grants import GRANTS, NEEDS_OPEN_CASE, Relation
from caseflow.access.permissions import Permission, Role
from caseflow.access.predicates import Actor, Held, may, refusal

ME, SOMEBODY, MY_TEAM, ANOTHER = (uuid.uuid4() for _ in range(4))
CASE_PERMISSIONS = (Permission.CASE_VIEW, *NEEDS_OPEN_CASE)


def actor(role: Role) -> Actor:
    return Actor(id=ME, role=role, team_id=MY_TEAM)


@pytest.mark.parametrize("permission", list(Permission))
def test_every_permission_is_written_in_the_table(permission: Permission) -> None:
    assert permission in GRANTS


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("permission", list(Permission))
def test_what_is_not_granted_is_refused_with_a_reason(role: Role, permission: Permission) -> None:
    if role not in GRANTS[permission]:
        assert refusal(actor(role), permission)
        assert refusal(actor(role), permission, Held(ME, MY_TEAM, is_open=True))


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("permission", CASE_PERMISSIONS)
def test_another_teams_case_is_refused_unless_every_record_is_granted(
    role: Role, permission: Permission
) -> None:
    foreign = Held(holder_id=SOMEBODY, team_id=ANOTHER, is_open=True)
    allowed = GRANTS[permission].get(role) is Relation.ANY
    assert may(actor(role), permission, foreign) is allowed


def test_a_colleague_reads_a_team_case_and_may_not_write_in_it() -> None:
    colleagues = Held(holder_id=SOMEBODY, team_id=MY_TEAM, is_open=True)
    worker = actor(Role.YOUTH_WORKER)
    assert may(worker, Permission.CASE_VIEW, colleagues)
    assert not may(worker, Permission.CONTACT_LOG, colleagues)


@pytest.mark.parametrize("role", [Role.YOUTH_WORKER, Role.SUPERVISOR])
def test_an_emergency_opening_gives_reading_and_the_flags_that_keep_safe(role: Role) -> None:
    """No address, no school, no paper, nothing written. Source: design.md §8."""
    opened = Held(holder_id=SOMEBODY, team_id=ANOTHER, is_open=True, by_glass=True)
    given = {permission for permission in Permission if may(actor(role), permission, opened)}
    assert given == {Permission.CASE_VIEW, Permission.FLAG_VIEW}


@pytest.mark.parametrize("permission", sorted(NEEDS_OPEN_CASE))
def test_a_closed_case_refuses_changes_even_to_its_own_people(permission: Permission) -> None:
    closed = Held(holder_id=ME, team_id=MY_TEAM, is_open=False)
    assert not any(may(actor(role), permission, closed) for role in Role)


@pytest.mark.parametrize(
    "role",
    [
        Role.PROGRAMME_MANAGER,
        Role.EVALUATOR,
        Role.POLICE_LIAISON,
        Role.INFORMATION_GOVERNANCE,
        Role.ADMINISTRATOR,
    ],
)
def test_these_roles_never_open_a_case(role: Role) -> None:
    own = Held(holder_id=ME, team_id=MY_TEAM, is_open=True)
    assert not may(actor(role), Permission.CASE_VIEW, own)


def test_nobody_belongs_to_no_team_together() -> None:
    teamless = Actor(id=ME, role=Role.SUPERVISOR, team_id=None)
    unheld = Held(holder_id=None, team_id=None, is_open=True)
    assert not may(teamless, Permission.CASE_VIEW, unheld)
