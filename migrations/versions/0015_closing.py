"""Make room for closures and outcome summaries."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "closure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("ending", sa.String(40), nullable=False),
        sa.Column("is_planned", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("goals_reviewed", sa.Boolean(), nullable=False),
        sa.Column("no_exit", sa.String(40), nullable=True),
        sa.Column("risk_at_exit", sa.String(40), nullable=False),
        sa.Column("handover_to", sa.String(length=200), nullable=False),
        sa.Column("handover_person", sa.String(length=120), nullable=False),
        sa.Column("handover_accepted_on", sa.Date(), nullable=True),
        sa.Column("handover_attended", sa.String(40), nullable=False),
        sa.Column("may_follow_up", sa.String(40), nullable=False),
        sa.Column("follow_up_how", sa.String(length=200), nullable=False),
        sa.Column("felt_listened", sa.Integer(), nullable=True),
        sa.Column("felt_safer", sa.Integer(), nullable=True),
        sa.Column("would_recommend", sa.Integer(), nullable=True),
        sa.Column("their_words", sa.Text(), nullable=False),
        sa.Column("learning", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["staff_user.id"], name=op.f("fk_closure_asked_by_id_staff_user")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["episode.id"], name=op.f("fk_closure_case_id_episode")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["staff_user.id"], name=op.f("fk_closure_decided_by_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    op.create_index(op.f("ix_closure_case_id"), "closure", ["case_id"], unique=False)
    op.create_table(
        "summary",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frozen", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["staff_user.id"], name=op.f("fk_summary_by_id_staff_user")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["episode.id"], name=op.f("fk_summary_case_id_episode")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary")),
    )
    op.create_index(op.f("ix_summary_case_id"), "summary", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_table("summary")
    op.drop_table("closure")
