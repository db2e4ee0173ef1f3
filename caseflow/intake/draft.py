"""What an intake adapter hands on: a draft of the referral and a list of problems, plain values.

Nothing here knows a database. A field the sender left out is None or an empty tuple, never a
guess. Text that has no field of its own is in ``Draft.sender_said``.
"""

from dataclasses import dataclass, field
from datetime import datetime

from caseflow.incidents.rules import Weapon
from caseflow.intake.codes import IndexReason, SceneSafety
from caseflow.kernel.nhs_number import NhsNumber
from caseflow.kernel.partial_date import PartialDate
from caseflow.kernel.phones import PhoneNumber
from caseflow.kernel.words import Words
from caseflow.people.rules import Ethnicity, FlagKind, Relation, Sex


class Kind(Words):
    """What one file turned out to be."""

    REFERRAL_NEW = "referral_new", "New referral"
    REFERRAL_UPDATE = "referral_update", "Update to a referral"
    WITHDRAWAL = "withdrawal", "Withdrawal of a referral"
    REFUSED = "refused", "Refused"


WITHDRAWING = ("revoked", "entered-in-error", "cancelled")


@dataclass(frozen=True)
class Problem:
    """One line for a person: where it is in the file, and what is wrong or was assumed."""

    where: str
    what: str


@dataclass(frozen=True)
class Said:
    """Something the sender wrote that has no field of its own: label and the words."""

    where: str
    text: str


@dataclass(frozen=True)
class Coded:
    code: str
    label: str
    system: str = ""


@dataclass(frozen=True)
class Organisation:
    """``code`` is the ODS code, upper case, where one was given."""

    name: str | None = None
    code: str | None = None


@dataclass(frozen=True)
class Name:
    """``use`` is FHIR's word: official, usual, nickname, anonymous, old, maiden, temp, or ""."""

    use: str
    family: str = ""
    given: tuple[str, ...] = ()
    prefix: str = ""
    suffix: str = ""
    text: str = ""

    @property
    def first(self) -> str:
        return self.given[0] if self.given else ""

    @property
    def full(self) -> str:
        parts = " ".join(part for part in (*self.given, self.family) if part)
        return parts or self.text


@dataclass(frozen=True)
class Telephone:
    """``whose``: "self", or "not_stated" where the sender did not say whose number it is."""

    number: PhoneNumber
    use: str = ""
    rank: int | None = None
    whose: str = "self"


@dataclass(frozen=True)
class Email:
    address: str
    use: str = ""
    rank: int | None = None
    whose: str = "self"


@dataclass(frozen=True)
class Address:
    """``use``: home, temp (staying at), work, old, billing, or ""."""

    use: str
    lines: tuple[str, ...] = ()
    city: str = ""
    district: str = ""
    postcode: str = ""
    text: str = ""

    @property
    def one_line(self) -> str:
        parts = dict.fromkeys(p for p in (*self.lines, self.city, self.district) if p)
        return ", ".join([*parts, *([self.postcode] if self.postcode else [])]) or self.text


@dataclass(frozen=True)
class Related:
    """Somebody else the sender named: parent, carer, emergency contact."""

    relation: Relation
    sender_word: str
    name: Name | None
    phones: tuple[Telephone, ...] = ()
    emails: tuple[Email, ...] = ()
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True)
class LocalId:
    value: str
    system: str = ""
    assigner: str = ""


@dataclass(frozen=True)
class EthnicityFound:
    """The 19-group code where the sender's word maps to one; the sender's own word always."""

    group: Ethnicity | None
    sender_code: str
    sender_label: str


@dataclass(frozen=True)
class Referrer:
    name: str | None = None
    role: str | None = None
    phone: PhoneNumber | None = None
    organisation: Organisation = Organisation()


@dataclass(frozen=True)
class ReasonFound:
    """``basis`` is "code" (the sender coded it) or "words" (read from text: a hint to check)."""

    reason: IndexReason
    basis: str
    evidence: str
    where: str


@dataclass(frozen=True)
class WeaponFound:
    weapon: Weapon
    basis: str
    evidence: str
    where: str


@dataclass(frozen=True)
class FlagFound:
    """``kind`` is our own flag where the sender's code plainly means it; a person still sets it."""

    kind: FlagKind | None
    category: Coded
    code: str
    label: str
    text: str = ""
    active: bool = True
    starts: str = ""
    ends: str = ""


@dataclass(frozen=True)
class Incident:
    """Coordinates are as sent. ``offered`` is (latitude, longitude) swapped, where the sent pair
    lies outside the United Kingdom and the swapped pair inside: for a person to accept."""

    at: datetime | None = None
    day: PartialDate | None = None
    time_from: str = ""
    place: str = ""
    address: Address | None = None
    latitude: float | None = None
    longitude: float | None = None
    offered: tuple[float, float] | None = None
    location_type: str = ""


@dataclass(frozen=True)
class Attendance:
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    number: str | None = None
    setting: str | None = None
    site: str | None = None
    status: str | None = None


@dataclass(frozen=True)
class Draft:
    """One referral as one message tells it."""

    # the message
    sender: Organisation
    sender_key: str
    request_url: str
    message_id: str | None
    last_updated: datetime | None
    reason: str | None
    status: str | None
    category: str | None
    use_case: Coded | None
    priority: str | None
    urgency: Coded | None
    authored_on: datetime | None
    receiver: Organisation
    receiver_service: str | None
    # the person
    names: tuple[Name, ...]
    birth_date: PartialDate | None
    birth_date_text: str | None
    died: str | None
    nhs_number: NhsNumber | None
    nhs_number_status: Coded | None
    local_ids: tuple[LocalId, ...]
    sex: Sex | None
    gender: str | None
    ethnicity: EthnicityFound | None
    religion: Coded | None
    language: Coded | None
    interpreter_needed: bool | None
    addresses: tuple[Address, ...]
    phones: tuple[Telephone, ...]
    emails: tuple[Email, ...]
    related: tuple[Related, ...]
    gp: Organisation | None
    gp_practitioner: str | None
    # the referral
    referrer: Referrer
    attendance: Attendance
    presenting_complaints: tuple[str, ...]
    reasons: tuple[ReasonFound, ...]
    weapons: tuple[WeaponFound, ...]
    incident: Incident
    scene_safety: SceneSafety | None
    scene_safety_text: str | None
    safeguarding: tuple[FlagFound, ...]
    other_flags: tuple[FlagFound, ...]
    consents: tuple[str, ...]
    appointments: tuple[str, ...]
    sender_said: tuple[Said, ...]

    @property
    def identity(self) -> tuple[str, str]:
        """What makes two messages one referral: who sends it, and the request it is about."""
        return self.sender_key, self.request_url

    @property
    def withdraws(self) -> bool:
        return self.status in WITHDRAWING or self.reason == "delete"

    @property
    def main_name(self) -> Name | None:
        """Official before usual before unlabelled; a nickname or an old name never."""
        for use in ("official", "usual", "", "temp", "anonymous"):
            for name in self.names:
                if name.use == use and name.full:
                    return name
        return None

    @property
    def known_as(self) -> str | None:
        for use in ("nickname", "usual"):
            for name in self.names:
                if name.use == use and name is not self.main_name:
                    return name.first or name.full or None
        return None

    @property
    def aliases(self) -> tuple[Name, ...]:
        return tuple(name for name in self.names if name is not self.main_name and name.full)

    @property
    def is_unidentified(self) -> bool:
        return self.main_name is None or self.main_name.use == "anonymous"


@dataclass(frozen=True)
class Reading:
    """What became of one file. ``reason`` says why it was refused; ``draft`` is None then.
    ``is_malformed``: not XML or JSON that can be read at all.
    ``header_id``: what the MessageHeader calls itself, for the answer."""

    file: str
    kind: Kind
    reason: str = ""
    draft: Draft | None = None
    problems: tuple[Problem, ...] = field(default=())
    fault: str | None = None
    is_malformed: bool = False
    header_id: str = ""

    @property
    def is_refused(self) -> bool:
        return self.kind is Kind.REFUSED

    def summary(self) -> str:
        """One line for a terminal or a log; it names the file and the sender, never a person."""
        if self.draft is None:
            return f"{self.file}: refused: {self.reason}"
        draft = self.draft
        count = len(self.problems)
        problems = f"{count} problem{'' if count == 1 else 's'}" if count else "no problems"
        sender = draft.sender.code or draft.sender.name or "sender not named"
        return (
            f"{self.file}: {self.kind.label.lower()} from {sender}, {draft.request_url}, {problems}"
        )
