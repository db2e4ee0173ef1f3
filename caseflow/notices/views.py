from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.kernel import clock
from caseflow.notices import actions, queries
from caseflow.notices.forms import SeenForm
from caseflow.staff.current import me

bp = Blueprint("notices", __name__)

LOADERS: dict[str, Any] = {}


@bp.get("/inbox")
@requires(Permission.OWN_ACCOUNT)
def inbox() -> str:
    items = queries.inbox_of(me())
    return render_template(
        "notices/inbox.html",
        items=items,
        new=sum(item.seen_at is None for item in items),
        form=SeenForm(until=max((item.at for item in items), default=clock.now()).isoformat()),
    )


@bp.post("/inbox/seen")
@requires(Permission.OWN_ACCOUNT)
def seen() -> Response:
    form = SeenForm()
    if form.validate_on_submit():
        actions.mark_seen(me(), until=_instant(form.until.data))
        flash("Everything here is marked as seen. What is due stays due.", "saved")
    return redirect(url_for("notices.inbox"))


def _instant(text: str) -> datetime:
    """What the page said; now, when it says nothing that can be read."""
    try:
        said = datetime.fromisoformat(text)
        return said.astimezone(UTC) if said.tzinfo else clock.now()
    except (ValueError, OverflowError):
        return clock.now()
