from typing import Any

from flask import Blueprint

bp = Blueprint("people", __name__)

LOADERS: dict[str, Any] = {}
