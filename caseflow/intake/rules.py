"""Where referrals come from, how urgent they are, what they were about. Source: domain.md §1.3."""

from collections.abc import Iterable

from caseflow.cases.rules import Stream
from caseflow.incidents.rules import Nature
from caseflow.intake.codes import IndexReason
from caseflow.kernel.words import Words
from caseflow.people.rules import Safe


class Source(Words):
    ED_CLINICIAN = "ed_clinician", "Emergency department clinician"
    ED_BOARD = "ed_board", "Youth worker's check of the ED board"
    TRAUMA_WARD = "trauma_ward", "Trauma or surgical ward"
    CHILDRENS_WARD = "childrens_ward", "Children's ward"
    HOSPITAL_SAFEGUARDING = "hospital_safeguarding", "Hospital safeguarding team"
    LIAISON_PSYCHIATRY = "liaison_psychiatry"
    OTHER_NHS = "other_nhs", "Other NHS: GP, ambulance, urgent care"
    OTHER_HOSPITAL = "other_hospital", "Another hospital's youth service"
    CUSTODY = "custody"
    POLICE_OPERATION = "police_operation", "After a police operation"
    YJS = "yjs", "Youth justice service"
    PROBATION = "probation"
    SOCIAL_CARE = "social_care", "Children's social care"
    EARLY_HELP = "early_help"
    SCHOOL = "school", "School or college"
    OUTREACH = "outreach", "Street outreach"
    VOLUNTARY = "voluntary", "Voluntary sector"
    HOUSING = "housing"
    SELF = "self", "The young person"
    PARENT = "parent", "Parent or carer"
    PEER = "peer", "A friend"


class Urgency(Words):
    ROUTINE = "routine", "Next shift is fine"
    URGENT = "urgent", "Today"
    NOW = "now", "See them now"


class Place(Words):
    """Where somebody is while a worker adds them at the bedside."""

    EMERGENCY = "emergency", "Emergency department"
    WARD = "ward", "On a ward"
    CHILDRENS_WARD = "childrens_ward", "Children’s ward"
    THEATRE = "theatre", "Theatre or intensive care"
    LEFT = "left", "Has left hospital"
    ELSEWHERE = "elsewhere", "Somewhere else"


SOURCE_AT = {
    Place.WARD: Source.TRAUMA_WARD,
    Place.THEATRE: Source.TRAUMA_WARD,
    Place.CHILDRENS_WARD: Source.CHILDRENS_WARD,
}
STILL_THERE = {Place.LEFT: Safe.NO, Place.ELSEWHERE: Safe.NOT_ASKED}


class Aware(Words):
    """Do they know of the referral, and agree? One question, two facts."""

    AGREES = "agrees", "Knows, and agrees"
    UNDECIDED = "undecided", "Knows, has not decided"
    UNTOLD = "untold", "Does not know yet"
    REFUSES = "refuses", "Knows, does not want it"

    @property
    def knows(self) -> Safe:
        return Safe.NO if self is Aware.UNTOLD else Safe.YES

    @property
    def agrees(self) -> Safe:
        return {Aware.AGREES: Safe.YES, Aware.REFUSES: Safe.NO}.get(self, Safe.NOT_ASKED)


# What may come by the outreach form: everything that is not a hospital's.
BY_HAND = (
    Source.OUTREACH, Source.CUSTODY, Source.POLICE_OPERATION, Source.YJS, Source.PROBATION,
    Source.SOCIAL_CARE, Source.EARLY_HELP, Source.SCHOOL, Source.VOLUNTARY, Source.HOUSING,
    Source.SELF, Source.PARENT, Source.PEER,
)  # fmt: skip

STREAM_OF = {
    Source.CUSTODY: Stream.CUSTODY,
    Source.POLICE_OPERATION: Stream.OPERATION,
    Source.OUTREACH: Stream.OUTREACH,
    Source.SELF: Stream.OUTREACH,
    Source.PARENT: Stream.OUTREACH,
    Source.PEER: Stream.OUTREACH,
    Source.SCHOOL: Stream.OUTREACH,
    Source.YJS: Stream.OUTREACH,
    Source.PROBATION: Stream.OUTREACH,
    Source.SOCIAL_CARE: Stream.OUTREACH,
    Source.EARLY_HELP: Stream.OUTREACH,
    Source.VOLUNTARY: Stream.OUTREACH,
    Source.HOUSING: Stream.OUTREACH,
}


def stream_of(source: Source) -> Stream:
    return STREAM_OF.get(source, Stream.HOSPITAL)


URGENCY_ORDER = (Urgency.NOW, Urgency.URGENT, Urgency.ROUTINE)


REFUSED_DAYS = 30  # for so long a message that was refused is kept
A_MINUTE_FROM_A_SYSTEM = 60
SECRETS_OVERLAP_DAYS = 7


class PublicState(Words):
    """What became of words that came by the public page."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Progress(Words):
    """All that somebody who sent words by the public page is ever told of them."""

    RECEIVED = "received", "We have received it. Nobody has read it yet."
    DEALT_WITH = "dealt_with", "It is being dealt with."
    FINISHED = "finished", "We have finished with it."


REJECTED_DAYS = 30  # for so long what the public sent and nobody accepted is kept
MOST_WAITING = 300  # so many from the public may wait at once


class Outcome(Words):
    """What became of one message."""

    CREATED = "created", "New referral"
    UPDATED = "updated", "Referral updated"
    WITHDRAWN = "withdrawn", "Referral withdrawn"
    REFUSED = "refused"
    UNCHANGED = "unchanged", "Nothing new"
    PARKED = "parked", "Waiting for somebody to decide"


# The index reason of a referral in the words of what happened.
NATURE_OF = {
    IndexReason.ASSAULT_SHARP: Nature.STABBING,
    IndexReason.ASSAULT_GUN: Nature.SHOOTING,
    IndexReason.ASSAULT_BLUNT: Nature.BLUNT,
    IndexReason.ASSAULT_BODY: Nature.BODY_PART,
    IndexReason.ASSAULT_CORROSIVE: Nature.CORROSIVE,
    IndexReason.ROBBERY: Nature.ROBBERY,
    IndexReason.SEXUAL_ASSAULT: Nature.SEXUAL,
    IndexReason.EXPLOITATION: Nature.EXPLOITATION,
    IndexReason.WEAPON_CARRYING: Nature.SELF_PROTECTION,
    IndexReason.REPEAT_ATTENDANCE: Nature.REPEAT,
    IndexReason.WITNESS_BEREAVED: Nature.WITNESS,
    IndexReason.DOMESTIC_ABUSE: Nature.DOMESTIC,
}


def nature_of(reasons: Iterable[tuple[IndexReason, str]]) -> Nature:
    """The first reason a person or a code gave. Words on a note ("a knife on scene") say that
    there was a weapon, not whose: alone they leave the nature open."""
    for reason, basis in reasons:
        if reason is IndexReason.WEAPON_CARRYING and basis == "words":
            continue
        if reason in NATURE_OF:
            return NATURE_OF[reason]
    return Nature.UNKNOWN


_TH = "first second third fourth fifth sixth seventh eighth ninth tenth".split()  # noqa: SIM905


def came_before(episodes: int, *, is_open: bool, days_since: int | None, worker: str) -> str:
    """What a worker wants to know of somebody who was here before: "Would be their third
    presentation; last closed 41 days ago; last worker Amara Example"."""
    number = episodes + 1
    which = _TH[episodes] if number <= len(_TH) else f"{number}th"
    said = "Has an open case" if is_open else f"Would be their {which} presentation"
    closed = f"last closed {_days_ago(days_since)}" if days_since is not None else ""
    held = f"{'with' if is_open else 'last worker'} {worker}" if worker else ""
    return "; ".join(filter(None, (said, closed, held)))


def _days_ago(days: int) -> str:
    return {0: "today", 1: "yesterday"}.get(days, f"{days:,} days ago")
