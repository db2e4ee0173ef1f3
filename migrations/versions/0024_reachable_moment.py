"""Make room for the rota, the pauses of a case, and the young people who were missed."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    _shifts()
    _pauses()
    _missed()


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


def _shifts() -> None:
    op.create_table(
        "shift",
        _id("id"),
        _id("team_id"),
        _id("user_id"),
        _moment("from_at"),
        _moment("until_at"),
        _moment("set_at"),
        _id("set_by_id"),
        _moment("removed_at", nullable=True),
        *_refers("shift", team_id="team", user_id="staff_user", set_by_id="staff_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index("ix_shift_user_id", "shift", ["user_id"])
    op.create_index("ix_shift_team_id_until_at", "shift", ["team_id", "until_at"])


def _pauses() -> None:
    pause = op.create_table(
        "pause",
        _id("id"),
        _id("case_id"),
        _moment("from_at"),
        _moment("until_at", nullable=True),
        *_refers("pause", case_id="episode"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    op.create_index("ix_pause_case_id", "pause", ["case_id"])
    case = sa.table("episode", sa.column("id", sa.Uuid()), _moment("paused_at"))
    paused = op.get_bind().execute(sa.select(case).where(case.c.paused_at.is_not(None))).all()
    rows = [{"id": uuid.uuid4(), "case_id": key, "from_at": at} for key, at in paused]
    if rows:
        op.bulk_insert(pause, rows)


def _missed() -> None:
    op.create_table(
        "missed_moment",
        _id("id"),
        _id("case_id"),
        _id("referral_id"),
        _moment("arrived_at"),
        _moment("missed_at"),
        sa.Column("has_left", sa.Boolean(), nullable=False),
        _moment("made_at"),
        sa.Column("suggested", sa.String(40), nullable=True),
        sa.Column("why", sa.String(40), nullable=True),
        sa.Column("in_words", sa.String(300), nullable=False),
        _moment("confirmed_at", nullable=True),
        _id("confirmed_by_id", nullable=True),
        *_refers(
            "missed_moment",
            case_id="episode",
            referral_id="referral",
            confirmed_by_id="staff_user",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed_moment")),
    )
    op.create_index("ix_missed_moment_case_id", "missed_moment", ["case_id"])
    op.create_index("ix_missed_moment_arrived_at", "missed_moment", ["arrived_at"])
    op.create_index("ix_missed_moment_referral_id", "missed_moment", ["referral_id"], unique=True)


def downgrade() -> None:
    for table in ("missed_moment", "pause", "shift"):
        op.drop_table(table)
