"""Make room for sessions, second factors, known devices, links and kept forms."""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
