"""Make room for data keys, and seal the fields that could get somebody hurt."""

import sqlalchemy as sa
from alembic import op

from caseflow.kernel import sealed

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "data_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    sealed.add_data_key(op.get_bind())


def downgrade() -> None:
    op.drop_table("data_key")
