"""Make room for police operations and links to them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("area", sa.String(length=200), nullable=False),
        sa.Column("lead_agency", sa.String(length=120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["staff_user.id"], name=op.f("fk_operation_entered_by_id_staff_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
        sa.UniqueConstraint("code", name=op.f("uq_operation_code")),
    )
    op.create_index(
        op.f("ix_operation_entered_by_id"), "operation", ["entered_by_id"], unique=False
    )
    op.create_table(
        "operation_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("support", sa.String(length=300), nullable=False),
        sa.Column("offer", sa.String(40), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["staff_user.id"], name=op.f("fk_operation_link_by_id_staff_user")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["episode.id"], name=op.f("fk_operation_link_case_id_episode")
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["operation.id"],
            name=op.f("fk_operation_link_operation_id_operation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation_link")),
        sa.UniqueConstraint(
            "operation_id", "case_id", name=op.f("uq_operation_link_operation_id_case_id")
        ),
    )
    op.create_index(op.f("ix_operation_link_case_id"), "operation_link", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_table("operation_link")
    op.drop_table("operation")
