"""Make room for entries that are set aside as being about somebody else, and for moving them."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "misfiled_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("entry_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("to_case_id", sa.Uuid(), nullable=True),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *[
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_misfiled_entry_{column}_{table}")
            )
            for column, table in (
                ("case_id", "episode"),
                ("author_id", "staff_user"),
                ("by_id", "staff_user"),
                ("to_case_id", "episode"),
            )
        ],
        sa.PrimaryKeyConstraint("id", name=op.f("pk_misfiled_entry")),
    )
    op.create_index("ix_misfiled_entry_case_id", "misfiled_entry", ["case_id"])
    op.create_index("ix_misfiled_entry_to_case_id", "misfiled_entry", ["to_case_id"])
    op.create_index(
        "uq_misfiled_entry_entry_id",
        "misfiled_entry",
        ["entry_id"],
        unique=True,
        sqlite_where=sa.text("state = 'aside'"),
        postgresql_where=sa.text("state = 'aside'"),
    )


def downgrade() -> None:
    op.drop_table("misfiled_entry")
