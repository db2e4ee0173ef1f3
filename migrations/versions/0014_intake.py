"""Make room for referrals and their messages."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("referrer_name", sa.String(length=200), nullable=False),
        sa.Column("referrer_role", sa.String(length=200), nullable=False),
        sa.Column("referrer_phone", sa.String(length=60), nullable=False),
        sa.Column("sender", sa.String(length=200), nullable=True),
        sa.Column("sender_name", sa.String(length=200), nullable=False),
        sa.Column("focus", sa.String(length=400), nullable=True),
        sa.Column("attended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discharge_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("site", sa.String(length=120), nullable=False),
        sa.Column("ward", sa.String(length=120), nullable=False),
        sa.Column("is_still_there", sa.String(40), nullable=False),
        sa.Column("urgency", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("knows", sa.String(40), nullable=False),
        sa.Column("agrees", sa.String(40), nullable=False),
        sa.Column("police_involved", sa.String(40), nullable=False),
        sa.Column("operation_code", sa.String(length=40), nullable=False),
        sa.Column("sender_said", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["episode.id"], name=op.f("fk_referral_case_id_episode")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("sender", "focus", name=op.f("uq_referral_sender_focus")),
    )
    op.create_index(op.f("ix_referral_case_id"), "referral", ["case_id"], unique=False)
    op.create_index("ix_referral_received_at", "referral", ["received_at"], unique=False)
    op.create_table(
        "referral_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("parked_because", sa.String(length=300), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["staff_user.id"],
            name=op.f("fk_referral_message_decided_by_id_staff_user"),
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_message_referral_id_referral")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_message")),
        sa.UniqueConstraint("sha256", name=op.f("uq_referral_message_sha256")),
    )
    op.create_index(
        op.f("ix_referral_message_referral_id"), "referral_message", ["referral_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("referral_message")
    op.drop_table("referral")
