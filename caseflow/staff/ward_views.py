"""A ward's computer is everybody's: lock it, stay, be told how long. Source: security.md R12."""

from flask import jsonify, redirect, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import passive, requires
from caseflow.access.permissions import Permission
from caseflow.audit import actions as audit
from caseflow.audit.rules import Event
from caseflow.staff import kept, sessions, ward
from caseflow.staff.blueprint import bp
from caseflow.staff.current import me
from caseflow.staff.rules import WhyEnded


@bp.post("/lock")
@requires(Permission.OWN_ACCOUNT)
def lock() -> Response:
    audit.record(Event.SIGNED_OUT, how="locked")
    sessions.end_mine(WhyEnded.SIGNED_OUT)
    response = redirect(url_for("staff.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.post("/stay")
@requires(Permission.OWN_ACCOUNT)
def stay() -> Response:
    """Somebody pressed the button: that is all it takes, and the gate notes it."""
    return Response(status=204)


@bp.get("/time-left")
@passive
@requires(Permission.OWN_ACCOUNT)
def time_left() -> Response:
    return jsonify(ward.time_left())


@bp.post("/keep")
@passive
@requires(Permission.OWN_ACCOUNT)
def keep() -> Response:
    """A page that is about to leave the screen sends what was typed on it."""
    kept.keep(me().id)
    return Response(status=204)
