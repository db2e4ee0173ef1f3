"""May this person do this, to this record? Pure: plain facts in, an answer out."""

import uuid
from dataclasses import dataclass

from caseflow.access.grants import (
    BY_GLASS,
    GRANTS,
    NEEDS_OPEN_CASE,
    ONLY_IN_FOCUSED_DETERRENCE,
    Relation,
)
from caseflow.access.permissions import Permission, Role

CLOSED = "This case is closed. You can still record a follow-up contact."
NOT_GRANTED = "Your role does not allow this: {permission}."
READ_ONLY = "You opened this case in an emergency: you may read it, and nothing else."
ELSEWHERE = "Your role does not allow this outside focused deterrence: {permission}."
NOT_YOURS = "Only {who} can do this: {permission}."


@dataclass(frozen=True)
class Actor:
    """Who asks. ``covers``: the workers this one stands in for now."""

    id: uuid.UUID
    role: Role
    team_id: uuid.UUID | None
    covers: frozenset[uuid.UUID] = frozenset()


@dataclass(frozen=True)
class Held:
    """Who holds the record that is asked about. ``is_open`` is None for what has no stage;
    ``by_glass``: who asks knows of it through an emergency opening only; ``is_named``: it is
    restricted, and who asks is on its list, so they work with it as its team would."""

    holder_id: uuid.UUID | None
    team_id: uuid.UUID | None
    is_open: bool | None = None
    by_glass: bool = False
    is_focused_deterrence: bool = False
    is_named: bool = False


def refusal(actor: Actor, permission: Permission, held: Held | None = None) -> str | None:
    """None when it may be done; otherwise the reason, fit to show."""
    if held is not None and held.by_glass and permission not in BY_GLASS:
        return READ_ONLY
    relation = GRANTS[permission].get(actor.role)
    if relation is None:
        return NOT_GRANTED.format(permission=permission.label.lower())
    if held is None or held.by_glass:
        return None
    if (permission, actor.role) in ONLY_IN_FOCUSED_DETERRENCE and not held.is_focused_deterrence:
        return ELSEWHERE.format(permission=permission.label.lower())
    if not holds(actor, held, relation):
        return NOT_YOURS.format(who=relation.label, permission=permission.label.lower())
    if permission in NEEDS_OPEN_CASE and held.is_open is False:
        return CLOSED
    return None


def holds(actor: Actor, held: Held, relation: Relation) -> bool:
    is_own = held.holder_id is not None and held.holder_id in {actor.id, *actor.covers}
    is_team = held.is_named or (held.team_id is not None and held.team_id == actor.team_id)
    return {
        Relation.OWN: is_own,
        Relation.TEAM: is_own or is_team,
        Relation.ANY: True,
    }[relation]


def may(actor: Actor, permission: Permission, held: Held | None = None) -> bool:
    return refusal(actor, permission, held) is None
