import uuid
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.kernel import clock
from caseflow.kernel.database import Base, key, refers, words
from caseflow.kernel.sealed_fields import SealedJSON, SealedText, blind_index, sealed_column
from caseflow.people.keys import KeyKind
from caseflow.people.rules import (
    BornPrecision,
    Care,
    ConsentMethod,
    ConsentPurpose,
    ContactKind,
    Decision,
    Ethnicity,
    FlagKind,
    FlagLevel,
    FlagSource,
    GivenBy,
    Relation,
    Safe,
    Sex,
    age_words,
    contact_ending,
    folded_contact,
)
from caseflow.staff.models import User

VALUE_INDEX, ENDING_INDEX = "contact_point|value", "contact_point|ending"
# Ordered byte by byte on both databases, so that a beginning can be looked for by the index.
PLAIN_ORDER = String(100).with_variant(String(100, collation="C"), "postgresql")


class Person(Base):
    """The young person. ``label`` stands in while nobody knows who he is ("Trauma X").

    ``born_on`` is the first day consistent with what is known; ``born_precision`` says how much.
    """

    __tablename__ = "person"

    id: Mapped[uuid.UUID] = key()
    label: Mapped[str] = mapped_column(String(120), default="")
    first_name: Mapped[str] = mapped_column(String(120), default="")
    last_name: Mapped[str] = mapped_column(String(120), default="")
    known_as: Mapped[str] = mapped_column(String(120), default="")
    folded_name: Mapped[str] = mapped_column(String(400), default="", index=True)
    pronouns: Mapped[str] = mapped_column(String(40), default="")
    born_on: Mapped[date | None] = mapped_column(index=True)
    born_precision: Mapped[BornPrecision] = mapped_column(
        words(BornPrecision), default=BornPrecision.UNKNOWN
    )
    sex: Mapped[Sex] = mapped_column(words(Sex), default=Sex.NOT_ASKED)
    gender_identity: Mapped[str] = mapped_column(String(80), default="")
    ethnicity: Mapped[Ethnicity] = mapped_column(words(Ethnicity), default=Ethnicity.NOT_ASKED)
    language: Mapped[str] = mapped_column(String(80), default="")
    needs_interpreter: Mapped[Safe] = mapped_column(words(Safe), default=Safe.NOT_ASKED)
    nhs_number: Mapped[str] = mapped_column(String(20), default="", index=True)
    hospital_number: Mapped[str] = mapped_column(String(40), default="")
    address_sealed: Mapped[bytes] = sealed_column()
    address = SealedText()
    postcode_sealed: Mapped[bytes] = sealed_column()
    postcode = SealedText()
    district: Mapped[str] = mapped_column(String(9), default="")
    staying_at_sealed: Mapped[bytes] = sealed_column()
    staying_at = SealedText()
    gp: Mapped[str] = mapped_column(String(200), default="")
    school: Mapped[str] = mapped_column(String(200), default="")
    school_district: Mapped[str] = mapped_column(String(9), default="")
    care_status: Mapped[Care] = mapped_column(words(Care), default=Care.NOT_ASKED)
    care_since: Mapped[date | None]
    carer_aware: Mapped[Safe] = mapped_column(words(Safe), default=Safe.NOT_ASKED)
    corrected: Mapped[list[str]] = mapped_column(JSON, default=list)
    died_on: Mapped[date | None]
    added_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def display_name(self) -> str:
        """The name as they like it."""
        full = f"{self.known_as or self.first_name} {self.last_name}".strip()
        return full or self.label or "Name not known"

    @property
    def initials(self) -> str:
        return "".join(f"{part[0]}." for part in self.display_name.split()[:3])

    def age_words(self, day: date | None = None) -> str:
        return age_words(self.born_on, self.born_precision, day or clock.today())


class Place(Base):
    """Where a postcode lies, in ONS codes; the postcode without its blank."""

    __tablename__ = "place"

    postcode: Mapped[str] = mapped_column(String(8), primary_key=True)
    district: Mapped[str] = mapped_column(String(9))
    ward: Mapped[str] = mapped_column(String(9), default="")
    lsoa: Mapped[str] = mapped_column(String(9), default="")


class AreaName(Base):
    """What a ward or another area is called."""

    __tablename__ = "area_name"

    code: Mapped[str] = mapped_column(String(9), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))


class PersonKey(Base):
    """What a person is found by when somebody like them comes: worked out from their record each
    time it changes. A name's sounds are plain; a number or a home is there as a blind index."""

    __tablename__ = "person_key"
    __table_args__ = {"sqlite_with_rowid": False}

    kind: Mapped[KeyKind] = mapped_column(words(KeyKind), primary_key=True)
    value: Mapped[str] = mapped_column(PLAIN_ORDER, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(
        Uuid(), ForeignKey("person.id"), primary_key=True, index=True
    )


class Alias(Base):
    __tablename__ = "person_alias"

    id: Mapped[uuid.UUID] = key()
    person_id: Mapped[uuid.UUID] = refers("person")
    name: Mapped[str] = mapped_column(String(240))
    folded: Mapped[str] = mapped_column(String(240), index=True)


class ContactPoint(Base):
    """One number, address or handle, and what is safe to do with it."""

    __tablename__ = "contact_point"

    id: Mapped[uuid.UUID] = key()
    person_id: Mapped[uuid.UUID] = refers("person")
    kind: Mapped[ContactKind] = mapped_column(words(ContactKind))
    value_sealed: Mapped[bytes] = sealed_column()
    value = SealedText()
    value_index: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    ending_index: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    safe_to_call: Mapped[Safe] = mapped_column(words(Safe), default=Safe.NOT_ASKED)
    safe_to_text: Mapped[Safe] = mapped_column(words(Safe), default=Safe.NOT_ASKED)
    safe_voicemail: Mapped[Safe] = mapped_column(words(Safe), default=Safe.NOT_ASKED)
    who_else: Mapped[str] = mapped_column(String(200), default="")
    best_time: Mapped[str] = mapped_column(String(120), default="")
    removed_at: Mapped[datetime | None]

    @property
    def folded(self) -> str:
        return folded_contact(self.kind, self.value)

    def say(self, kind: ContactKind, value: str) -> None:
        """The value and what it is found by go together."""
        self.kind, self.value = kind, value
        self.value_index = blind_index(self.folded, of=VALUE_INDEX)
        ending = contact_ending(self.folded) if kind is ContactKind.PHONE else ""
        self.ending_index = blind_index(ending, of=ENDING_INDEX)


class RelatedPerson(Base):
    """A parent, carer or professional: who they are and whether they may be contacted."""

    __tablename__ = "related_person"

    id: Mapped[uuid.UUID] = key()
    person_id: Mapped[uuid.UUID] = refers("person")
    name: Mapped[str] = mapped_column(String(200))
    relation: Mapped[Relation] = mapped_column(words(Relation))
    phone_sealed: Mapped[bytes] = sealed_column()
    phone = SealedText()
    may_contact: Mapped[Safe] = mapped_column(words(Safe), default=Safe.NOT_ASKED)
    reason: Mapped[str] = mapped_column(String(300), default="")
    has_responsibility: Mapped[Safe] = mapped_column(words(Safe), default=Safe.NOT_ASKED)
    removed_at: Mapped[datetime | None]


class Consent(Base):
    """One decision about one purpose. The latest for a purpose (and agency) is in force."""

    __tablename__ = "consent"

    id: Mapped[uuid.UUID] = key()
    person_id: Mapped[uuid.UUID] = refers("person")
    purpose: Mapped[ConsentPurpose] = mapped_column(words(ConsentPurpose))
    decision: Mapped[Decision] = mapped_column(words(Decision))
    agency: Mapped[str] = mapped_column(String(200), default="")
    until: Mapped[date | None]
    given_by: Mapped[GivenBy] = mapped_column(words(GivenBy))
    competence_note: Mapped[str] = mapped_column(Text, default="")
    method: Mapped[ConsentMethod] = mapped_column(words(ConsentMethod))
    notice_version: Mapped[str] = mapped_column(String(40), default="")
    decided_at: Mapped[datetime]
    recorded_by: Mapped[uuid.UUID] = refers("staff_user", index=False)


class Flag(Base):
    __tablename__ = "flag"

    id: Mapped[uuid.UUID] = key()
    person_id: Mapped[uuid.UUID] = refers("person")
    kind: Mapped[FlagKind] = mapped_column(words(FlagKind))
    level: Mapped[FlagLevel] = mapped_column(words(FlagLevel))
    source: Mapped[FlagSource] = mapped_column(words(FlagSource))
    detail_sealed: Mapped[bytes] = sealed_column()
    detail = SealedText()
    set_by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    set_at: Mapped[datetime]
    expires_on: Mapped[date | None]
    removed_at: Mapped[datetime | None]
    removed_reason_sealed: Mapped[bytes] = sealed_column()
    removed_reason = SealedText()

    set_by: Mapped[User] = relationship()

    @property
    def is_live(self) -> bool:
        expired = self.expires_on is not None and self.expires_on < clock.today()
        return self.removed_at is None and not expired


class Merge(Base):
    """Two records that were one young person, put together. Everything it changed is written
    down, so that it can be undone: ``fields`` {name: [before, after]} of the person who was kept,
    ``rows`` [[table, row, column, before, after]]; a column "" is a row that the merge made.
    """

    __tablename__ = "person_merge"
    __table_args__ = (
        Index(
            "uq_person_merge_absorbed_id",
            "absorbed_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = key()
    kept_id: Mapped[uuid.UUID] = refers("person")
    absorbed_id: Mapped[uuid.UUID] = refers("person", index=False)
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID] = refers("staff_user", index=False)
    why: Mapped[str] = mapped_column(String(300))
    fields_sealed: Mapped[bytes] = sealed_column()
    fields = SealedJSON(dict)
    rows_sealed: Mapped[bytes] = sealed_column()
    rows = SealedJSON(list)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[uuid.UUID | None] = refers("staff_user", index=False)
    undone_why: Mapped[str] = mapped_column(String(300), default="")

    kept: Mapped[Person] = relationship(foreign_keys=[kept_id])
    absorbed: Mapped[Person] = relationship(foreign_keys=[absorbed_id])
    by: Mapped[User] = relationship(foreign_keys=[by_id])
