"""Make room for restricted records, conflicts of interest, cover and break-glass."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    _cover()
    _restriction()
    _named_access()
    _conflict()
    _break_glass()


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


def _cover() -> None:
    op.create_table(
        "cover",
        _id("id"),
        _id("user_id"),
        _id("for_id"),
        _moment("from_at"),
        _moment("until_at"),
        _moment("set_at"),
        _id("set_by_id"),
        _moment("ended_at", nullable=True),
        *_refers("cover", user_id="staff_user", for_id="staff_user", set_by_id="staff_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover")),
    )
    op.create_index("ix_cover_user_id", "cover", ["user_id"])
    op.create_index("ix_cover_for_id", "cover", ["for_id"])


def _restriction() -> None:
    op.create_table(
        "restriction",
        _id("id"),
        _id("person_id"),
        sa.Column("why", sa.String(300), nullable=False),
        _moment("at"),
        _id("by_id"),
        _moment("lifted_at", nullable=True),
        _id("lifted_by_id", nullable=True),
        sa.Column("lifted_why", sa.String(300), nullable=False),
        *_refers("restriction", person_id="person", by_id="staff_user", lifted_by_id="staff_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction")),
    )
    op.create_index(
        "uq_restriction_person_id",
        "restriction",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )


def _named_access() -> None:
    op.create_table(
        "named_access",
        _id("id"),
        _id("person_id"),
        _id("user_id"),
        _moment("at"),
        _id("by_id"),
        _moment("ended_at", nullable=True),
        *_refers("named_access", person_id="person", user_id="staff_user", by_id="staff_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_access")),
    )
    op.create_index("ix_named_access_person_id", "named_access", ["person_id"])
    op.create_index("ix_named_access_user_id_person_id", "named_access", ["user_id", "person_id"])


def _conflict() -> None:
    op.create_table(
        "conflict",
        _id("id"),
        _id("person_id"),
        _id("user_id"),
        _moment("at"),
        _id("by_id"),
        _moment("removed_at", nullable=True),
        _id("removed_by_id", nullable=True),
        sa.Column("removed_why", sa.String(300), nullable=False),
        *_refers(
            "conflict",
            person_id="person",
            user_id="staff_user",
            by_id="staff_user",
            removed_by_id="staff_user",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    op.create_index("ix_conflict_person_id", "conflict", ["person_id"])
    op.create_index("ix_conflict_user_id_person_id", "conflict", ["user_id", "person_id"])


def _break_glass() -> None:
    op.create_table(
        "break_glass",
        _id("id"),
        sa.Column("reference", sa.String(12), nullable=False),
        _id("case_id"),
        _id("user_id"),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _moment("at"),
        _moment("until_at"),
        _moment("ended_at", nullable=True),
        _moment("review_by"),
        _moment("escalated_at", nullable=True),
        _moment("reviewed_at", nullable=True),
        _id("reviewed_by_id", nullable=True),
        sa.Column("finding", sa.String(40), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=False),
        *_refers(
            "break_glass", case_id="episode", user_id="staff_user", reviewed_by_id="staff_user"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass")),
        sa.UniqueConstraint("reference", name=op.f("uq_break_glass_reference")),
    )
    op.create_index("ix_break_glass_case_id", "break_glass", ["case_id"])
    op.create_index("ix_break_glass_review_by", "break_glass", ["review_by"])
    op.create_index("ix_break_glass_user_id_until_at", "break_glass", ["user_id", "until_at"])


def downgrade() -> None:
    for table in ("break_glass", "conflict", "named_access", "restriction", "cover"):
        op.drop_table(table)
