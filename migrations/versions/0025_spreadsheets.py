"""Make room for how a sender's spreadsheet is laid out, and for which rows were brought in."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "sheet_layout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender", sa.String(120), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_layout")),
        sa.UniqueConstraint(
            "sender", "fingerprint", name=op.f("uq_sheet_layout_sender_fingerprint")
        ),
    )
    op.create_table(
        "sheet_row",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender", sa.String(120), nullable=False),
        sa.Column("row_key", sa.String(64), nullable=False),
        sa.Column("said", sa.String(64), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_sheet_row_referral_id_referral")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_row")),
        sa.UniqueConstraint("sender", "row_key", name=op.f("uq_sheet_row_sender_row_key")),
    )
    op.create_index("ix_sheet_row_referral_id", "sheet_row", ["referral_id"])


def downgrade() -> None:
    op.drop_table("sheet_row")
    op.drop_table("sheet_layout")
