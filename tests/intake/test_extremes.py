"""A message at its longest and strangest is kept, cut or refused; never a fault."""

from typing import Any

import pytest

from caseflow.demo.messages import bars_referral
from caseflow.intake.actions import receive_message
from caseflow.intake.models import Referral
from caseflow.kernel.database import db
from tests import builders

LONG = "Ǆﬃΐ" * 800
EDGES = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")
STRANGE: list[dict[str, Any]] = [
    {"given": (LONG,), "family": LONG, "nickname": LONG},
    {"sender_name": LONG, "note": LONG, "complaint": LONG, "place": LONG},
    {"sender_code": "R" * 900},
    {"request_url": "urn:uuid:" + "0" * 900},
    {"request_url": "https://example.org/" + LONG},
    {"address": (LONG, LONG), "postcode": "L" * 300},
    {"postcode": "LE2 0AA" * 20},
    {"phones": ("07" * 300,), "email": f"{'a' * 400}@example.org", "parent": (LONG, LONG, LONG)},
    {"nhs_number": "9" * 400, "hospital_number": LONG, "language": ("en", LONG)},
    {"birth_date": "0001-01-01"},
    {"birth_date": "1890-05-14"},
    {"birth_date": "9999-12-31"},
    *({"last_updated": edge} for edge in EDGES),
    *({"arrived_at": edge} for edge in EDGES),
    *({"happened_at": edge} for edge in EDGES),
    {"position": ("1e999", "NaN")},
    {"position": ("9" * 400, "-1e-400")},
]


@pytest.mark.parametrize("told", STRANGE, ids=" ".join)
@pytest.mark.parametrize("as_json", [False, True], ids=["xml", "json"])
def test_nothing_in_a_message_is_too_much(session, told: dict[str, Any], as_json: bool) -> None:
    builders.team()
    received = receive_message(
        bars_referral(**({"reason_code": None} | told), as_json=as_json), name="message"
    )
    session.commit()
    session.expire_all()
    kept = db.session.query(Referral).count()
    assert kept == (received.case is not None)
    assert received.case is not None or received.problems
