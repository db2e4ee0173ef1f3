from typing import Any

from flask import Blueprint

bp = Blueprint("closing", __name__)

LOADERS: dict[str, Any] = {}
