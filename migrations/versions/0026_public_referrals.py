"""Make room for what the public sends, until somebody decides about it."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "public_referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("told_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("waiting_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        *[
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_public_referral_{column}_{table}")
            )
            for column, table in (("decided_by_id", "staff_user"), ("referral_id", "referral"))
        ],
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_referral")),
        sa.UniqueConstraint("code_index", name=op.f("uq_public_referral_code_index")),
        sa.UniqueConstraint("waiting_index", name=op.f("uq_public_referral_waiting_index")),
    )
    op.create_index("ix_public_referral_state_at", "public_referral", ["state", "at"])
    op.create_index("ix_public_referral_referral_id", "public_referral", ["referral_id"])


def downgrade() -> None:
    op.drop_table("public_referral")
