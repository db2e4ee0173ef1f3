"""How a view says what it needs. A view that says nothing stops the application starting."""

from collections.abc import Callable
from typing import Any

from caseflow.access.permissions import Permission

View = Callable[..., Any]

PUBLIC = "public"
MACHINE = "machine"
_NAME = "needs_permission"
_PASSIVE = "is_passive"


def requires(permission: Permission) -> Callable[[View], View]:
    def declare(view: View) -> View:
        setattr(view, _NAME, permission)
        return view

    return declare


def public(view: View) -> View:
    """Open to anybody, signed in or not. There are six of these at most."""
    setattr(view, _NAME, PUBLIC)
    return view


def machine(view: View) -> View:
    """For a system of somebody else's: no session, no cookie, a secret of its own each time."""
    setattr(view, _NAME, MACHINE)
    return view


def passive(view: View) -> View:
    """Asked by the page itself, not by a person: it never keeps a session alive."""
    setattr(view, _PASSIVE, True)
    return view


def is_passive(view: View) -> bool:
    return getattr(view, _PASSIVE, False)


def declared(view: View) -> Permission | str | None:
    found: Permission | str | None = getattr(view, _NAME, None)
    return found
