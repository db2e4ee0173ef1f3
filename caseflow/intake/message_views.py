"""A message as it was sent: on the referral it made, or among those that were refused. And the
door by which hospitals' systems send."""

import uuid
from typing import Any

from flask import Response, render_template

from caseflow.access.declare import machine, requires
from caseflow.access.permissions import Permission
from caseflow.audit import actions as audit
from caseflow.cases.models import Case
from caseflow.intake import door
from caseflow.intake import refused as refusals
from caseflow.intake import sent as sent_reads
from caseflow.intake.blueprint import bp
from caseflow.intake.deliveries import Why
from caseflow.intake.models import Delivery
from caseflow.intake.reading import MAX_BYTES
from caseflow.intake.refused import text_of
from caseflow.kernel.cleaning import showable
from caseflow.kernel.ids import new_id
from caseflow.kernel.limits import takes
from caseflow.kernel.same_site import from_anywhere
from caseflow.staff.current import me
from caseflow.staff.models import User


def _sent(_: User, records: dict[str, Any], delivery_id: uuid.UUID) -> Delivery | None:
    return sent_reads.delivery_in(records["case"], delivery_id)


def _refused(user: User, _: dict[str, Any], delivery_id: uuid.UUID) -> Delivery | None:
    return refusals.refused_one(user, delivery_id)


LOADERS = {"sent": _sent, "refused": _refused}


@bp.post("/fhir/$process-message")
@machine
@from_anywhere
@takes(body=MAX_BYTES)
def process_message() -> Response:
    return door.process()


@bp.get("/cases/<uuid:case>/sent/<uuid:sent>")
@requires(Permission.MESSAGE_VIEW)
def sent(case: Case, sent: Delivery) -> str:
    audit.noted(delivery=str(sent.id))
    text = showable(text_of(sent))
    return render_template("intake/sent.html", case=case, sent=sent, text=text)


@bp.get("/cases/<uuid:case>/sent/<uuid:sent>/file")
@requires(Permission.MESSAGE_VIEW)
def sent_file(case: Case, sent: Delivery) -> Response:
    del case  # it is in the address, so that the gate looks inside it
    return _as_file(sent)


@bp.get("/referrals/refused")
@requires(Permission.REFUSED_VIEW)
def refused_messages() -> str:
    return render_template("intake/refused.html", refused=refusals.refused_for(me()), why=Why)


@bp.get("/referrals/refused/<uuid:refused>")
@requires(Permission.REFUSED_VIEW)
def refused_message(refused: Delivery) -> str:
    audit.noted(delivery=str(refused.id))
    return render_template(
        "intake/refused_message.html",
        refused=refused,
        why=Why(refused.answer["why"]),
        text=showable(text_of(refused)),
    )


@bp.get("/referrals/refused/<uuid:refused>/file")
@requires(Permission.REFUSED_VIEW)
def refused_file(refused: Delivery) -> Response:
    return _as_file(refused)


def _as_file(delivery: Delivery) -> Response:
    """To keep, not to open here: no name of anybody, and nothing in it runs."""
    audit.noted(delivery=str(delivery.id), as_file=True)
    response = Response(delivery.raw, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{new_id().hex}.txt"'
    return response
