"""Make room for who is to be kept apart, and for what each worker is good at."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    _keep_apart()
    op.create_table(
        "worker_profile",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        *[
            sa.ForeignKeyConstraint(
                [column], ["staff_user.id"], name=op.f(f"fk_worker_profile_{column}_staff_user")
            )
            for column in ("user_id", "set_by_id")
        ],
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_worker_profile")),
    )


def _keep_apart() -> None:
    op.create_table(
        "keep_apart",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_why_sealed", sa.LargeBinary(), nullable=False),
        *[
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_keep_apart_{column}_{table}")
            )
            for column, table in (
                ("person_id", "person"),
                ("other_id", "person"),
                ("by_id", "staff_user"),
                ("ended_by_id", "staff_user"),
            )
        ],
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keep_apart")),
    )
    op.create_index("ix_keep_apart_person_id", "keep_apart", ["person_id"])
    op.create_index("ix_keep_apart_other_id", "keep_apart", ["other_id"])


def downgrade() -> None:
    op.drop_table("worker_profile")
    op.drop_table("keep_apart")
