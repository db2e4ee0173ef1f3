from typing import Any

from flask import Blueprint

bp = Blueprint("operations", __name__)

LOADERS: dict[str, Any] = {}
