"""Make room for data keys, and seal the fields that could get somebody hurt."""

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
