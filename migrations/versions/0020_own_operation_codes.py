"""Give each operation a reference of our own, so that its code may be unique for who entered it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

OPERATION = sa.table(
    "operation",
    *(sa.column(name) for name in ("code", "reference", "entered_at")),
    sa.column("id", sa.Uuid()),
)


def upgrade() -> None:
    """The old column keeps its constraint and becomes the reference: SQLite cannot drop it."""
    op.execute("ALTER TABLE operation RENAME COLUMN code TO reference")
    op.add_column("operation", sa.Column("code", sa.String(40), nullable=False, server_default=""))
    op.execute(sa.update(OPERATION).values(code=OPERATION.c.reference))
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("operation", "code", server_default=None)
    op.create_index(
        "uq_operation_entered_by_id_code", "operation", ["entered_by_id", "code"], unique=True
    )


def downgrade() -> None:
    """The first to use a code keeps it; the others get a number behind it."""
    op.drop_index("uq_operation_entered_by_id_code", "operation")
    op.execute(sa.update(OPERATION).values(reference=sa.cast(OPERATION.c.id, sa.String(40))))
    for row_id, code in _codes():
        op.execute(sa.update(OPERATION).where(OPERATION.c.id == row_id).values(reference=code))
    op.drop_column("operation", "code")
    op.execute("ALTER TABLE operation RENAME COLUMN reference TO code")


def _codes() -> list[tuple[object, str]]:
    rows = op.get_bind().execute(
        sa.select(OPERATION.c.id, OPERATION.c.code).order_by(OPERATION.c.entered_at, OPERATION.c.id)
    )
    taken: dict[str, object] = {}
    for row_id, wanted in rows:
        code, number = wanted, 2
        while code in taken:
            code, number = f"{wanted[:36]}-{number}", number + 1
        taken[code] = row_id
    return [(row_id, code) for code, row_id in taken.items()]
