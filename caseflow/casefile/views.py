from typing import Any

from flask import Blueprint

bp = Blueprint("casefile", __name__)

LOADERS: dict[str, Any] = {}
