from typing import Any

from flask import Blueprint

bp = Blueprint("plans", __name__)

LOADERS: dict[str, Any] = {}
