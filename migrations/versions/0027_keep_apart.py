"""Make room for who is kept apart, what workers are good at, places, and being in care."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    _keep_apart()
    _worker_profile()
    op.create_table(
        "place",
        sa.Column("postcode", sa.String(8), nullable=False),
        *[sa.Column(name, sa.String(9), nullable=False) for name in ("district", "ward", "lsoa")],
        sa.PrimaryKeyConstraint("postcode", name=op.f("pk_place")),
    )
    op.create_table(
        "area_name",
        sa.Column("code", sa.String(9), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_area_name")),
    )
    for name, kind, empty in (
        ("school_district", sa.String(9), "''"),
        ("care_status", sa.String(40), "'not_asked'"),
    ):
        column = sa.Column(name, kind, nullable=False, server_default=sa.text(empty))
        op.add_column("person", column)
    op.add_column("person", sa.Column("care_since", sa.Date(), nullable=True))


def _worker_profile() -> None:
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
    for name in ("care_since", "care_status", "school_district"):
        op.drop_column("person", name)
    for table in ("area_name", "place", "worker_profile"):
        op.drop_table(table)
    op.drop_table("keep_apart")
