from typing import Any

from flask import Blueprint

bp = Blueprint("evaluation", __name__)

LOADERS: dict[str, Any] = {}
