"""Make room for what is due, who was told, reviews held."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "due_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Uuid(), nullable=True),
        sa.Column("moved_reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["episode.id"], name=op.f("fk_due_item_case_id_episode")
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["staff_user.id"], name=op.f("fk_due_item_done_by_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_item")),
    )
    op.create_index(
        "ix_due_item_case_id_state_due_at",
        "due_item",
        ["case_id", "state", "due_at"],
        unique=False,
    )
    op.create_index("ix_due_item_state_due_at", "due_item", ["state", "due_at"], unique=False)
    op.create_index("ix_due_item_subject", "due_item", ["subject"], unique=False)
    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("risk", sa.String(40), nullable=False),
        sa.Column("risk_reason", sa.Text(), nullable=False),
        sa.Column("what_changed", sa.Text(), nullable=False),
        sa.Column("their_words", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["staff_user.id"], name=op.f("fk_review_by_id_staff_user")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["episode.id"], name=op.f("fk_review_case_id_episode")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["due_item.id"], name=op.f("fk_review_item_id_due_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_case_id"), "review", ["case_id"], unique=False)
    op.create_index(op.f("ix_review_item_id"), "review", ["item_id"], unique=False)
    op.create_table(
        "told",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["due_item.id"], name=op.f("fk_told_item_id_due_item")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["staff_user.id"], name=op.f("fk_told_recipient_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told")),
        sa.UniqueConstraint(
            "item_id",
            "step",
            "due_at",
            "recipient_id",
            "channel",
            name=op.f("uq_told_item_id_step_due_at_recipient_id_channel"),
        ),
    )
    op.create_index(op.f("ix_told_recipient_id"), "told", ["recipient_id"], unique=False)


def downgrade() -> None:
    op.drop_table("told")
    op.drop_table("review")
    op.drop_table("due_item")
    op.drop_table("heartbeat")
