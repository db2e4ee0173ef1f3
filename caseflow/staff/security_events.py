"""Its owner hears of what happened to an account. ``create_app`` says how: an inbox line, a
letter."""

from collections.abc import Callable

from caseflow.staff.models import User

Teller = Callable[[User, str], None]
_tellers: list[Teller] = []


def call_on_security_event(teller: Teller) -> None:
    """``teller(user, text)``: the text names nobody and no young person."""
    _tellers[:] = [teller]


def tell(user: User, text: str) -> None:
    for teller in _tellers:
        teller(user, text)
