from typing import Any

from flask import Blueprint

bp = Blueprint("notices", __name__)

LOADERS: dict[str, Any] = {}
