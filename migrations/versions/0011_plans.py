"""Make room for goals, actions and onward referrals."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "goal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("their_words", sa.String(length=300), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["staff_user.id"], name=op.f("fk_goal_by_id_staff_user")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["episode.id"], name=op.f("fk_goal_case_id_episode")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
    )
    op.create_index(op.f("ix_goal_case_id"), "goal", ["case_id"], unique=False)
    op.create_table(
        "onward_referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["staff_user.id"], name=op.f("fk_onward_referral_by_id_staff_user")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["episode.id"], name=op.f("fk_onward_referral_case_id_episode")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_onward_referral_service_id_service")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onward_referral")),
    )
    op.create_index(
        op.f("ix_onward_referral_case_id"), "onward_referral", ["case_id"], unique=False
    )
    op.create_index(
        op.f("ix_onward_referral_service_id"), "onward_referral", ["service_id"], unique=False
    )
    op.create_table(
        "goal_rating",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["staff_user.id"], name=op.f("fk_goal_rating_by_id_staff_user")
        ),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_rating_goal_id_goal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_rating")),
    )
    op.create_index(op.f("ix_goal_rating_goal_id"), "goal_rating", ["goal_id"], unique=False)
    op.create_table(
        "onward_status_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["staff_user.id"], name=op.f("fk_onward_status_change_by_id_staff_user")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["onward_referral.id"],
            name=op.f("fk_onward_status_change_referral_id_onward_referral"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onward_status_change")),
    )
    op.create_index(
        op.f("ix_onward_status_change_referral_id"),
        "onward_status_change",
        ["referral_id"],
        unique=False,
    )
    op.create_table(
        "plan_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["staff_user.id"], name=op.f("fk_plan_action_by_id_staff_user")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["episode.id"], name=op.f("fk_plan_action_case_id_episode")
        ),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_plan_action_goal_id_goal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_action")),
    )
    op.create_index(op.f("ix_plan_action_case_id"), "plan_action", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_table("plan_action")
    op.drop_table("onward_status_change")
    op.drop_table("goal_rating")
    op.drop_table("onward_referral")
    op.drop_table("goal")
