"""Make room for sessions, second factors, known devices, links and kept forms."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    with op.batch_alter_table("staff_user") as table:
        table.add_column(sa.Column("access_ends_on", sa.Date(), nullable=True))
        table.add_column(_moment("last_signed_in_at", nullable=True))
        table.add_column(_moment("enabled_at", nullable=True))
    _sign_in()
    _factors()
    _doors()
    _kept_form()


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _words(name: str, length: int, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _user(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], ["staff_user.id"], name=op.f(f"fk_{table}_{column}_staff_user")
        )
        for column in columns
    ]


def _make(table: str, *parts: object, unique: str = "", by_user: bool = True) -> None:
    op.create_table(
        table,
        _id("id"),
        _id("user_id"),
        *parts,
        *_user(table, "user_id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *([sa.UniqueConstraint(unique, name=op.f(f"uq_{table}_{unique}"))] if unique else []),
    )
    if by_user:
        op.create_index(f"ix_{table}_user_id", table, ["user_id"])


def _sign_in() -> None:
    _make(
        "sign_in",
        _words("token_hash", 64),
        _moment("started_at"),
        _moment("seen_at"),
        _words("factor", 40),
        _moment("factor_at"),
        _words("source", 64),
        _words("browser", 80),
        sa.Column("data", sa.JSON(), nullable=False),
        _moment("ended_at", nullable=True),
        _words("why_ended", 40, nullable=True),
        unique="token_hash",
    )


def _factors() -> None:
    _make(
        "authenticator_app",
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        _moment("added_at"),
        _moment("confirmed_at", nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        by_user=False,
    )
    op.create_index("ix_authenticator_app_user_id", "authenticator_app", ["user_id"], unique=True)
    _make(
        "passkey",
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        _words("label", 80),
        _moment("added_at"),
        _moment("last_used_at", nullable=True),
        unique="credential_id",
    )
    _make(
        "recovery_code",
        _words("code_hash", 64),
        _moment("made_at"),
        _moment("used_at", nullable=True),
    )


def _doors() -> None:
    _make(
        "known_device",
        _words("token_hash", 64),
        _words("label", 80),
        _moment("added_at"),
        _moment("last_seen_at"),
        _moment("until_at"),
        _moment("ended_at", nullable=True),
        unique="token_hash",
    )
    _make(
        "link",
        _words("token_hash", 64),
        _words("kind", 40),
        _moment("made_at"),
        _id("made_by_id", nullable=True),
        _id("approved_by_id", nullable=True),
        _moment("until_at"),
        _moment("used_at", nullable=True),
        *_user("link", "made_by_id", "approved_by_id"),
        unique="token_hash",
    )
    op.create_table(
        "guess_bucket",
        _words("bucket", 64),
        _moment("since"),
        sa.Column("guesses", sa.Integer(), nullable=False),
        sa.Column("blocks", sa.Integer(), nullable=False),
        _moment("blocked_until", nullable=True),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_guess_bucket")),
    )
    op.create_index("ix_guess_bucket_blocked_until", "guess_bucket", ["blocked_until"])
    op.create_table(
        "spent_challenge",
        _words("challenge_hash", 64),
        _moment("at"),
        sa.PrimaryKeyConstraint("challenge_hash", name=op.f("pk_spent_challenge")),
    )
    op.create_index("ix_spent_challenge_at", "spent_challenge", ["at"])


def _kept_form() -> None:
    _make(
        "kept_form",
        _words("path", 500),
        _words("form_key", 64),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _moment("at"),
        _moment("until_at"),
    )
    op.create_index("ix_kept_form_until_at", "kept_form", ["until_at"])


def downgrade() -> None:
    for table in (
        "kept_form",
        "spent_challenge",
        "guess_bucket",
        "link",
        "known_device",
        "recovery_code",
        "passkey",
        "authenticator_app",
        "sign_in",
    ):
        op.drop_table(table)
    with op.batch_alter_table("staff_user") as table:
        table.drop_column("enabled_at")
        table.drop_column("last_signed_in_at")
        table.drop_column("access_ends_on")
