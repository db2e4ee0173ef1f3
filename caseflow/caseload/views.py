from typing import Any

from flask import Blueprint

bp = Blueprint("caseload", __name__)

LOADERS: dict[str, Any] = {}
