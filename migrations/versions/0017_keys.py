"""Make room for data keys, and seal the fields that could get somebody hurt."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from caseflow.kernel import sealed
from caseflow.kernel.sealed_fields import about, blind_index
from caseflow.people.rules import ContactKind, contact_ending, folded_contact

revision = "0017"
down_revision = "0016"

BATCH = 500
FIELDS: dict[str, dict[str, sa.types.TypeEngine[Any]]] = {
    "person": {
        "address": sa.String(400),
        "postcode": sa.String(10),
        "staying_at": sa.String(400),
    },
    "contact_point": {"value": sa.String(254)},
    "related_person": {"phone": sa.String(60)},
    "flag": {"detail": sa.String(300), "removed_reason": sa.String(300)},
    "referral": {"referrer_phone": sa.String(60), "sender_said": sa.JSON()},
    "referral_message": {"draft": sa.JSON()},
    "operation": {"about": sa.Text()},
    "risk_assessment": {name: sa.Text() for name in ("evidence", "protective", "plan")},
    "safety_plan": {
        **{
            name: sa.Text()
            for name in (
                "avoid", "travel", "safe_people", "if_followed", "online", "school", "home",
            )
        },
        "worker_number": sa.String(60),
    },
}  # fmt: skip
INDEXES = ("value_index", "ending_index")


def upgrade() -> None:
    op.create_table(
        "data_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    sealed.add_data_key(op.get_bind())
    key_id, cipher = sealed.current_key(op.get_bind())
    for table, fields in FIELDS.items():
        for name in fields:
            _add_blob(table, f"{name}_sealed")
        _rewrite(table, _sealing(table, key_id, cipher))
    _index_contact_points()
    op.drop_index("ix_person_postcode", "person")
    for table, fields in FIELDS.items():
        for name in fields:
            op.drop_column(table, name)


def downgrade() -> None:
    ciphers = {
        row.id: sealed.unwrap(row.id, row.wrapped) for row in sealed.data_keys(op.get_bind())
    }
    for table, fields in FIELDS.items():
        for name, kind in fields.items():
            empty = "'null'" if isinstance(kind, sa.JSON) else "''"
            column = sa.Column(name, kind, nullable=False, server_default=sa.text(empty))
            op.add_column(table, column)
        _rewrite(table, _unsealing(table, ciphers))
    _unindex_contact_points()
    op.create_index("ix_person_postcode", "person", ["postcode"])
    for table, fields in FIELDS.items():
        for name in fields:
            op.drop_column(table, f"{name}_sealed")
    op.drop_table("data_key")


def _add_blob(table: str, name: str) -> None:
    """SQLite's '' would be a text, PostgreSQL's x'' a string of bits."""
    empty = "x''" if op.get_bind().dialect.name == "sqlite" else "''"
    column = sa.Column(name, sa.LargeBinary(), nullable=False, server_default=sa.text(empty))
    op.add_column(table, column)


def _columns(table: str) -> sa.TableClause:
    plain = FIELDS[table].items()
    return sa.table(
        table,
        sa.column("id", sa.Uuid()),
        *(sa.column(name, kind) for name, kind in plain),
        *(sa.column(f"{name}_sealed", sa.LargeBinary()) for name, _ in plain),
    )


def _sealing(table: str, key_id: Any, cipher: AESGCM) -> Callable[[Any], dict[str, Any]]:
    def seal(row: Any) -> dict[str, Any]:
        found = {}
        for name, kind in FIELDS[table].items():
            value = getattr(row, name)
            plain = json.dumps(value) if value and isinstance(kind, sa.JSON) else value
            where = about(table, f"{name}_sealed", row.id)
            found[f"{name}_sealed"] = (
                sealed.encrypt(key_id, cipher, plain.encode(), about=where) if plain else b""
            )
        return found

    return seal


def _unsealing(table: str, ciphers: dict[Any, AESGCM]) -> Callable[[Any], dict[str, Any]]:
    def unseal(row: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, kind in FIELDS[table].items():
            blob, where = getattr(row, f"{name}_sealed"), about(table, f"{name}_sealed", row.id)
            plain = ""
            if blob:
                cipher = ciphers[sealed.key_id_of(blob, about=where)]
                plain = sealed.decrypt(cipher, blob, about=where).decode()
            empty: Any = {} if name == "draft" else []
            is_json = isinstance(kind, sa.JSON)
            found[name] = (json.loads(plain) if plain else empty) if is_json else plain
        return found

    return unseal


def _rewrite(table: str, change: Callable[[Any], dict[str, Any]]) -> None:
    columns, bind = _columns(table), op.get_bind()
    for rows in _batches(columns):
        for row in rows:
            bind.execute(columns.update().where(columns.c.id == row.id).values(change(row)))


def _batches(columns: sa.TableClause) -> Iterator[Any]:
    last = None
    while True:
        after = columns.c.id > last if last is not None else sa.true()
        query = sa.select(columns).where(after).order_by(columns.c.id).limit(BATCH)
        rows = op.get_bind().execute(query).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _index_contact_points() -> None:
    bind = op.get_bind()
    for name in INDEXES:
        _add_blob("contact_point", name)
    points = sa.table(
        "contact_point",
        sa.column("id", sa.Uuid()),
        sa.column("kind"),
        sa.column("folded"),
        *(sa.column(name, sa.LargeBinary()) for name in INDEXES),
    )
    for row in bind.execute(sa.select(points.c.id, points.c.kind, points.c.folded)).all():
        ending = contact_ending(row.folded) if row.kind == ContactKind.PHONE else ""
        bind.execute(
            points.update()
            .where(points.c.id == row.id)
            .values(
                value_index=blind_index(row.folded, of="contact_point|value"),
                ending_index=blind_index(ending, of="contact_point|ending"),
            )
        )
    op.drop_index("ix_contact_point_folded", "contact_point")
    op.drop_column("contact_point", "folded")
    for name in INDEXES:
        op.create_index(f"ix_contact_point_{name}", "contact_point", [name])


def _unindex_contact_points() -> None:
    bind = op.get_bind()
    op.add_column(
        "contact_point",
        sa.Column("folded", sa.String(254), nullable=False, server_default=sa.text("''")),
    )
    points = sa.table(
        "contact_point",
        sa.column("id", sa.Uuid()),
        sa.column("kind"),
        sa.column("value"),
        sa.column("folded"),
    )
    for row in bind.execute(sa.select(points.c.id, points.c.kind, points.c.value)).all():
        folded = folded_contact(ContactKind(row.kind), row.value)
        bind.execute(points.update().where(points.c.id == row.id).values(folded=folded))
    for name in INDEXES:
        op.drop_index(f"ix_contact_point_{name}", "contact_point")
        op.drop_column("contact_point", name)
    op.create_index("ix_contact_point_folded", "contact_point", ["folded"])
