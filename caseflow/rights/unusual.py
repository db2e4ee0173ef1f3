"""Looks that somebody should ask about. Pure: what the trail says of one day, in; findings, out.

None of them is proof of anything: each is a question for information governance to ask.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from caseflow.audit.rules import Event
from caseflow.kernel.words import Words

HOURS = range(7, 21)  # o'clock, when looking needs no explanation
MANY_LOOKS = 10
VAIN_SEARCHES = 5
FOLLOWED = timedelta(minutes=10)


class Unusual(Words):
    NO_LINK = "no_link", "Looked at cases of another team"
    SAME_NAME = "same_name", "Looked at somebody with their own surname"
    OUT_OF_HOURS = "out_of_hours", "Looked outside working hours"
    TOO_MANY = "too_many", "Was held back for opening too many cases"
    AGAIN = "again", "Looked again and again at a case that is not theirs"
    SEARCHED_IN_VAIN = "searched_in_vain", "Searched again and again and opened nothing"


@dataclass(frozen=True)
class Look:
    """``at`` on the wall clock. ``is_held_back``: refused for going too fast."""

    actor_id: uuid.UUID
    at: datetime
    event: Event
    case_id: uuid.UUID | None = None
    is_linked: bool = True
    is_holder: bool = False
    same_name: bool = False
    is_held_back: bool = False


@dataclass(frozen=True)
class Finding:
    actor_id: uuid.UUID
    what: Unusual
    times: int
    case_ids: tuple[uuid.UUID, ...] = ()


def findings(looks: Iterable[Look]) -> list[Finding]:
    by_actor: dict[uuid.UUID, list[Look]] = defaultdict(list)
    for look in sorted(looks, key=lambda look: look.at):
        by_actor[look.actor_id].append(look)
    return [finding for looks in by_actor.values() for finding in _of_one(looks)]


def _of_one(looks: Sequence[Look]) -> Iterator[Finding]:
    views = [look for look in looks if look.event is Event.VIEWED and look.case_id]
    yield from _if_any(Unusual.NO_LINK, [look for look in views if not look.is_linked])
    yield from _if_any(Unusual.SAME_NAME, [look for look in views if look.same_name])
    yield from _if_any(Unusual.OUT_OF_HOURS, [x for x in views if x.at.hour not in HOURS])
    yield from _if_any(Unusual.TOO_MANY, [look for look in looks if look.is_held_back])
    yield from _if_any(Unusual.AGAIN, _again(views))
    vain = [look for look in looks if look.event is Event.SEARCHED and not _led_on(look, views)]
    if len(vain) >= VAIN_SEARCHES:
        yield from _if_any(Unusual.SEARCHED_IN_VAIN, vain)


def _if_any(what: Unusual, looks: Sequence[Look]) -> Iterator[Finding]:
    if looks:
        ids = dict.fromkeys(look.case_id for look in looks if look.case_id)
        yield Finding(looks[0].actor_id, what, len(looks), tuple(ids))


def _again(views: Sequence[Look]) -> list[Look]:
    times: dict[uuid.UUID | None, list[Look]] = defaultdict(list)
    for look in views:
        if not look.is_holder:
            times[look.case_id].append(look)
    return [look for looks in times.values() if len(looks) >= MANY_LOOKS for look in looks]


def _led_on(search: Look, views: Sequence[Look]) -> bool:
    return any(search.at <= look.at <= search.at + FOLLOWED for look in views)
