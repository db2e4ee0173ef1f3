from typing import Any

from flask import Blueprint

bp = Blueprint("reviews", __name__)

LOADERS: dict[str, Any] = {}
