"""Make room for restricted records, conflicts of interest, cover and break-glass."""

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
