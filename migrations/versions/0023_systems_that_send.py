"""Make room for the systems that send messages, for each message as it came, and its changes."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    _systems()
    _secrets()
    _deliveries()
    op.add_column(
        "referral_message",
        sa.Column("changes_sealed", sa.LargeBinary(), nullable=False, server_default=sa.text("''")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("referral_message", "changes_sealed", server_default=None)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _refers(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
        )
        for column, other in columns.items()
    ]


def _systems() -> None:
    op.create_table(
        "sending_system",
        _id("id"),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("ods_codes", sa.JSON(), nullable=False),
        _moment("added_at"),
        _id("added_by_id", nullable=True),
        _moment("revoked_at", nullable=True),
        _moment("window_at", nullable=True),
        sa.Column("in_window", sa.Integer(), nullable=False),
        *_refers("sending_system", added_by_id="staff_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_system")),
        sa.UniqueConstraint("name", name=op.f("uq_sending_system_name")),
    )


def _secrets() -> None:
    op.create_table(
        "system_secret",
        _id("id"),
        _id("system_id"),
        sa.Column("digest", sa.String(64), nullable=False),
        _moment("made_at"),
        _moment("ends_at", nullable=True),
        *_refers("system_secret", system_id="sending_system"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_secret")),
        sa.UniqueConstraint("digest", name=op.f("uq_system_secret_digest")),
    )
    op.create_index("ix_system_secret_system_id", "system_secret", ["system_id"])


def _deliveries() -> None:
    op.create_table(
        "delivery",
        _id("id"),
        sa.Column("door", sa.String(60), nullable=False),
        _id("system_id", nullable=True),
        _id("referral_id", nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        _moment("arrived_at"),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("sender", sa.String(200), nullable=False),
        sa.Column("focus", sa.String(400), nullable=False),
        sa.Column("raw_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=False),
        *_refers("delivery", system_id="sending_system", referral_id="referral"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("sha256", "door", name=op.f("uq_delivery_sha256_door")),
    )
    op.create_index("ix_delivery_system_id", "delivery", ["system_id"])
    op.create_index("ix_delivery_referral_id", "delivery", ["referral_id"])
    op.create_index("ix_delivery_outcome_arrived_at", "delivery", ["outcome", "arrived_at"])
    op.create_index("ix_delivery_sender_focus", "delivery", ["sender", "focus"])


def downgrade() -> None:
    op.drop_column("referral_message", "changes_sealed")
    for table in ("delivery", "system_secret", "sending_system"):
        op.drop_table(table)
