from typing import Any

from flask import Blueprint

bp = Blueprint("assessments", __name__)

LOADERS: dict[str, Any] = {}
