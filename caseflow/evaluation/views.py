import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from flask import Blueprint, render_template, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from caseflow.access.declare import requires
from caseflow.access.permissions import Permission
from caseflow.cases.rules import Stream
from caseflow.evaluation import export, queries
from caseflow.evaluation.rules import DEFINITIONS, NOTE, Quarter, Step, last_quarters
from caseflow.kernel import clock
from caseflow.kernel.counts import suppressed

bp = Blueprint("evaluation", __name__)
LOADERS: dict[str, Any] = {}


@bp.get("/programme")
@requires(Permission.PROGRAMME_VIEW)
def programme() -> str:
    quarters = last_quarters(clock.today())
    chosen = Quarter.parse(request.args.get("quarter", "")) or quarters[0]
    found = queries.funnel(chosen)
    none = queries.Count()
    streams: list[Stream | None] = [None, *Stream]
    table = [
        {
            "name": stream.label if stream else "All streams",
            "counts": [found.get((step, stream), none) for step in Step],
        }
        for stream in streams
    ]
    return render_template(
        "evaluation/programme.html",
        quarter=chosen,
        quarters=quarters,
        steps=list(Step),
        definitions=DEFINITIONS,
        note=NOTE,
        table=table,
        bars=[{"label": step.label, "value": found[step, None].episodes} for step in Step],
        suppressed=suppressed,
    )


@bp.post("/programme/export")
@requires(Permission.DATASET_EXPORT)
def export_dataset() -> AnyResponse:
    packed = io.BytesIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name, _ in export.write(Path(folder)):
            archive.write(Path(folder) / name, name)
    packed.seek(0)
    name = f"caseflow-evaluation-{clock.today().isoformat()}.zip"
    return send_file(packed, "application/zip", as_attachment=True, download_name=name)
