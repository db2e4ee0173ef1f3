"""The trail as text, in the same words from either database: what the chain is made of."""

from sqlalchemy import TextClause, text

SQLITE = """
SELECT seq, at, event, actor_id, case_id, person_id, endpoint, request_id, session_id, source,
       facts, mac
FROM audit WHERE seq > :after ORDER BY seq LIMIT :most
"""
POSTGRESQL = """
SELECT seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), event,
       replace(CAST(actor_id AS text), '-', ''), replace(CAST(case_id AS text), '-', ''),
       replace(CAST(person_id AS text), '-', ''), endpoint, request_id, session_id, source,
       CAST(facts AS text), mac
FROM audit WHERE seq > :after ORDER BY seq LIMIT NULLIF(:most, -1)
"""

LISTED_SQLITE = "SELECT seq, case_id FROM audit_listed WHERE seq > :after AND seq <= :until"
LISTED_POSTGRESQL = """
SELECT seq, replace(CAST(case_id AS text), '-', '')
FROM audit_listed WHERE seq > :after AND seq <= :until
"""
LISTED_ALONE = text("""
SELECT min(audit_listed.seq) FROM audit_listed
LEFT JOIN audit ON audit.seq = audit_listed.seq
WHERE audit_listed.seq > :after AND audit.seq IS NULL
""")


def statement(dialect: str) -> TextClause:
    """Parameters: ``after`` which number, and how many at ``most`` (-1: all)."""
    return text(SQLITE if dialect == "sqlite" else POSTGRESQL)


def listed_statement(dialect: str) -> TextClause:
    """Parameters: ``after`` which number, and ``until`` which."""
    return text(LISTED_SQLITE if dialect == "sqlite" else LISTED_POSTGRESQL)
