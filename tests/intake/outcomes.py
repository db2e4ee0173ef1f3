"""``python -m tests.intake.outcomes DIR``: what becomes of each file there on an empty database."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import caseflow
from caseflow.cases.rules import Stream
from caseflow.intake.files import files_in
from caseflow.intake.outcomes import as_text, table
from caseflow.kernel.config import from_environment
from caseflow.kernel.database import db
from caseflow.staff.actions import add_team
from tests.harness.migrate import upgrade


def outcomes(places: list[Path]) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as directory:
        os.environ["CASEFLOW_DATABASE_URL"] = f"sqlite:///{directory}/empty.db"
        os.environ["CASEFLOW_DATA_DIR"] = directory
        os.environ.setdefault("CASEFLOW_SECRET_KEY", "only for a table that is thrown away")
        app = caseflow.create_app(from_environment())
        upgrade(app)
        with app.app_context():
            add_team(name="Hospital team", streams=list(Stream))
            db.session.commit()
            rows = table(files_in(places))
            db.session.remove()
            db.engine.dispose()
        return rows


if __name__ == "__main__":
    print(as_text(outcomes([Path(name) for name in sys.argv[1:]])))
