"""Make room for what happened."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("nature", sa.String(40), nullable=False),
        sa.Column("weapon", sa.String(40), nullable=False),
        sa.Column("knife", sa.String(40), nullable=False),
        sa.Column("injury", sa.String(40), nullable=False),
        sa.Column("perpetrator", sa.String(40), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("precision", sa.String(40), nullable=False),
        sa.Column("place_kind", sa.String(40), nullable=False),
        sa.Column("district", sa.String(length=9), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("corrected", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["episode.id"], name=op.f("fk_incident_case_id_episode")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_case_id"), "incident", ["case_id"], unique=True)


def downgrade() -> None:
    op.drop_table("incident")
