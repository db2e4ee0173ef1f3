"""Chain the audit trail, and let nothing be put between its rows.

Rows that were written before are numbered anew without a gap and chained as they stand: from here
on a change to them is found, what was done to them earlier cannot be.
"""

import uuid

import sqlalchemy as sa
from alembic import op

from caseflow.audit.chain import COLUMNS, GENESIS, PURPOSE, Chain
from caseflow.audit.reading import statement
from caseflow.kernel import keys

revision = "0016"
down_revision = "0015"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OLD_SQLITE = ("audit_no_UPDATE", "audit_no_DELETE")
ON_SQLITE = (
    "CREATE TRIGGER audit_no_UPDATE BEFORE UPDATE ON audit {refuse}",
    "CREATE TRIGGER audit_no_DELETE BEFORE DELETE ON audit {refuse}",
    # REPLACE deletes without a word to the trigger above, unless recursive triggers are on.
    """CREATE TRIGGER audit_only_next BEFORE INSERT ON audit
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit) {refuse}""",
    "CREATE TRIGGER audit_listed_no_update BEFORE UPDATE ON audit_listed {refuse}",
    "CREATE TRIGGER audit_listed_no_delete BEFORE DELETE ON audit_listed {refuse}",
    """CREATE TRIGGER audit_listed_only_next BEFORE INSERT ON audit_listed
    WHEN NEW.seq < (SELECT coalesce(max(seq), 0) FROM audit_listed) {refuse}""",
)
REFUSE = "BEGIN SELECT raise(ABORT, 'the audit trail is append-only'); END"
ON_POSTGRESQL = (
    """CREATE FUNCTION audit_only_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM audit) THEN
      RAISE EXCEPTION 'the audit trail is append-only';
    END IF;
    RETURN NEW; END $$""",
    """CREATE FUNCTION audit_listed_only_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.seq < (SELECT coalesce(max(seq), 0) FROM audit_listed) THEN
      RAISE EXCEPTION 'the audit trail is append-only';
    END IF;
    RETURN NEW; END $$""",
    """CREATE TRIGGER audit_only_next BEFORE INSERT ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_only_next()""",
    """CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()""",
    """CREATE TRIGGER audit_listed_only_next BEFORE INSERT ON audit_listed
    FOR EACH ROW EXECUTE FUNCTION audit_listed_only_next()""",
    """CREATE TRIGGER audit_listed_no_change BEFORE UPDATE OR DELETE ON audit_listed
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()""",
    """CREATE TRIGGER audit_listed_no_truncate BEFORE TRUNCATE ON audit_listed
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()""",
)
CHANGE_POSTGRESQL = """CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()"""
NEW_COLUMNS = ("session_id", "source", "mac")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    _take_off_old_triggers()
    with op.batch_alter_table("audit") as batch:
        for name in NEW_COLUMNS:
            batch.add_column(sa.Column(name, sa.String(64), nullable=False, server_default=""))
    _listed()
    _chain_what_is_there()
    with op.batch_alter_table("audit") as batch:
        for name in NEW_COLUMNS:
            batch.alter_column(name, existing_type=sa.String(64), server_default=None)
    op.create_index("ix_audit_person_id_seq", "audit", ["person_id", "seq"])
    op.create_index("ix_audit_actor_id_event_at", "audit", ["actor_id", "event", "at"])
    _put_on_triggers()


def _take_off_old_triggers() -> None:
    if _is_sqlite():
        for name in OLD_SQLITE:
            op.execute(f"DROP TRIGGER {name}")
        return
    op.execute("DROP TRIGGER audit_no_change ON audit")
    op.execute("ALTER TABLE audit ALTER COLUMN seq DROP DEFAULT")
    op.execute("DROP SEQUENCE audit_seq_seq")


def _listed() -> None:
    op.create_table(
        "audit_listed",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("seq", "case_id", name=op.f("pk_audit_listed")),
    )
    op.create_index("ix_audit_listed_case_id_seq", "audit_listed", ["case_id", "seq"])


def _chain_what_is_there() -> None:
    bind = op.get_bind()
    audit = sa.table("audit", sa.column("seq", NUMBER), sa.column("facts", sa.JSON))
    for seq, old in enumerate(bind.scalars(sa.select(audit.c.seq).order_by(audit.c.seq)).all(), 1):
        bind.execute(sa.update(audit).where(audit.c.seq == old).values(seq=seq))
    chain, before = Chain(keys.derived(PURPOSE)), GENESIS
    for row in bind.execute(statement(bind.dialect.name), {"after": 0, "most": -1}).all():
        before = chain.mac(before, tuple(row)[: len(COLUMNS)])
        bind.execute(
            sa.text("UPDATE audit SET mac = :mac WHERE seq = :seq"), {"mac": before, "seq": row[0]}
        )
    listed = sa.table("audit_listed", sa.column("seq", NUMBER), sa.column("case_id", sa.Uuid))
    for seq, facts in bind.execute(sa.select(audit.c.seq, audit.c.facts)).all():
        for case_id in dict.fromkeys(facts.get("cases", ())):
            bind.execute(sa.insert(listed).values(seq=seq, case_id=uuid.UUID(case_id)))


def _put_on_triggers() -> None:
    if _is_sqlite():
        for sentence in ON_SQLITE:
            op.execute(sentence.format(refuse=REFUSE))
        return
    for sentence in (CHANGE_POSTGRESQL, *ON_POSTGRESQL):
        op.execute(sentence)


def downgrade() -> None:
    _take_off_triggers()
    op.drop_table("audit_listed")
    for name in ("ix_audit_person_id_seq", "ix_audit_actor_id_event_at"):
        op.drop_index(name, "audit")
    with op.batch_alter_table("audit") as batch:
        for name in NEW_COLUMNS:
            batch.drop_column(name)
    _put_back_old_triggers()


def _take_off_triggers() -> None:
    if _is_sqlite():
        for name in (*OLD_SQLITE, "audit_only_next"):
            op.execute(f"DROP TRIGGER {name}")
        return
    for name in ("audit_no_change", "audit_only_next", "audit_no_truncate"):
        op.execute(f"DROP TRIGGER {name} ON audit")


def _put_back_old_triggers() -> None:
    if _is_sqlite():
        for sentence in ON_SQLITE[: len(OLD_SQLITE)]:
            op.execute(sentence.format(refuse=REFUSE))
        return
    for name in ("audit_only_next", "audit_listed_only_next"):
        op.execute(f"DROP FUNCTION {name}()")
    op.execute(CHANGE_POSTGRESQL)
    op.execute("CREATE SEQUENCE audit_seq_seq OWNED BY audit.seq")
    op.execute("ALTER TABLE audit ALTER COLUMN seq SET DEFAULT nextval('audit_seq_seq')")
    op.execute(
        "SELECT setval('audit_seq_seq', (SELECT coalesce(max(seq), 0) + 1 FROM audit), false)"
    )
