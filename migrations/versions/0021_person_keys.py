"""Make room for what people are found by, and work it out for those who are there."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from caseflow.kernel import sealed
from caseflow.kernel.sealed_fields import about
from caseflow.people.keys import keys_of
from caseflow.people.known import identity, stored
from caseflow.people.rules import BornPrecision

revision = "0021"
down_revision = "0020"

BATCH = 500
PLAIN_ORDER = sa.String(100).with_variant(sa.String(100, collation="C"), "postgresql")


def _id(name: str = "person_id") -> Any:
    return sa.column(name, sa.Uuid())


PERSON = sa.table(
    "person",
    _id("id"),
    *(sa.column(name) for name in ("first_name", "last_name", "known_as", "nhs_number")),
    sa.column("born_on", sa.Date()),
    sa.column("born_precision"),
    *(sa.column(name, sa.LargeBinary()) for name in ("postcode_sealed", "address_sealed")),
)
ALIAS = sa.table("person_alias", _id(), sa.column("name"))
POINT = sa.table(
    "contact_point", _id("id"), _id(), sa.column("kind"), sa.column("removed_at"),
    sa.column("value_sealed", sa.LargeBinary()),
)  # fmt: skip


def upgrade() -> None:
    keys = op.create_table(
        "person_key",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("value", PLAIN_ORDER, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_key_person_id_person")
        ),
        sa.PrimaryKeyConstraint("kind", "value", "person_id", name=op.f("pk_person_key")),
        sqlite_with_rowid=False,
    )
    for people in _batches():
        op.bulk_insert(keys, list(_rows(people)))
    op.create_index("ix_person_key_person_id", "person_key", ["person_id"])
    _likeness()


def _likeness() -> None:
    op.create_table(
        "likeness",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        *[
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_likeness_{column}_{table}")
            )
            for column, table in (("case_id", "episode"), ("person_id", "person"))
        ],
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likeness")),
    )
    op.create_index("ix_likeness_case_id", "likeness", ["case_id"])
    op.create_index("ix_likeness_person_id", "likeness", ["person_id"])


def downgrade() -> None:
    op.drop_table("likeness")
    op.drop_table("person_key")


def _batches() -> Iterator[Sequence[Any]]:
    last = uuid.UUID(int=0)
    while True:
        people = (
            op.get_bind()
            .execute(sa.select(PERSON).where(PERSON.c.id > last).order_by(PERSON.c.id).limit(BATCH))
            .all()
        )
        if not people:
            return
        yield people
        last = people[-1].id


def _rows(people: Sequence[Any]) -> Iterator[dict[str, Any]]:
    bind, ids = op.get_bind(), [person.id for person in people]
    ciphers = {row.id: sealed.unwrap(row.id, row.wrapped) for row in sealed.data_keys(bind)}

    def opened(table: str, column: str, row: Any) -> str:
        blob, where = getattr(row, column), about(table, column, row.id)
        if not blob:
            return ""
        cipher = ciphers[sealed.key_id_of(blob, about=where)]
        return sealed.decrypt(cipher, blob, about=where).decode()

    aliases, phones = defaultdict(list), defaultdict(list)
    for alias in bind.execute(sa.select(ALIAS).where(ALIAS.c.person_id.in_(ids))):
        aliases[alias.person_id].append(alias.name)
    live = (POINT.c.kind == "phone", POINT.c.removed_at.is_(None))
    for point in bind.execute(sa.select(POINT).where(POINT.c.person_id.in_(ids), *live)):
        phones[point.person_id].append(opened("contact_point", "value_sealed", point))
    for person in people:
        who = identity(
            first_name=person.first_name,
            last_name=person.last_name,
            known_as=person.known_as,
            born_on=person.born_on,
            born_precision=BornPrecision(person.born_precision),
            aliases=aliases[person.id],
            phones=phones[person.id],
            nhs_number=person.nhs_number,
            postcode=opened("person", "postcode_sealed", person),
            address=opened("person", "address_sealed", person),
        )
        for kind, value in {stored(key) for key in keys_of(who)}:
            yield {"kind": kind.value, "value": value, "person_id": person.id}
