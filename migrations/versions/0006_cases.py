"""Make room for episodes, their stages, allocation and triage."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "episode",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.String(40), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("arm", sa.String(40), nullable=True),
        sa.Column("risk", sa.String(40), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("support_began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_episode_person_id_person")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_episode_team_id_team")),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["staff_user.id"], name=op.f("fk_episode_worker_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episode")),
        sa.UniqueConstraint("reference", name=op.f("uq_episode_reference")),
    )
    op.create_index(op.f("ix_episode_person_id"), "episode", ["person_id"], unique=False)
    op.create_index(op.f("ix_episode_received_at"), "episode", ["received_at"], unique=False)
    op.create_index(op.f("ix_episode_stage"), "episode", ["stage"], unique=False)
    op.create_index("ix_episode_team_id_stage", "episode", ["team_id", "stage"], unique=False)
    op.create_index("ix_episode_worker_id_stage", "episode", ["worker_id", "stage"], unique=False)
    op.create_table(
        "allocation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["staff_user.id"], name=op.f("fk_allocation_by_id_staff_user")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["episode.id"], name=op.f("fk_allocation_case_id_episode")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["staff_user.id"], name=op.f("fk_allocation_worker_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    op.create_index(op.f("ix_allocation_case_id"), "allocation", ["case_id"], unique=False)
    op.create_index(op.f("ix_allocation_worker_id"), "allocation", ["worker_id"], unique=False)
    op.create_table(
        "stage_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("from_stage", sa.String(40), nullable=True),
        sa.Column("to_stage", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["staff_user.id"], name=op.f("fk_stage_change_by_id_staff_user")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["episode.id"], name=op.f("fk_stage_change_case_id_episode")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_change")),
    )
    op.create_index(op.f("ix_stage_change_case_id"), "stage_change", ["case_id"], unique=False)
    op.create_index("ix_stage_change_to_stage_at", "stage_change", ["to_stage", "at"], unique=False)
    op.create_table(
        "triage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("is_eligible", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rules_said", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("confirm_by", sa.Date(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["staff_user.id"], name=op.f("fk_triage_by_id_staff_user")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["episode.id"], name=op.f("fk_triage_case_id_episode")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"],
            ["staff_user.id"],
            name=op.f("fk_triage_confirmed_by_id_staff_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage")),
    )
    op.create_index(op.f("ix_triage_case_id"), "triage", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_table("triage")
    op.drop_table("stage_change")
    op.drop_table("allocation")
    op.drop_table("episode")
