from typing import Any

from flask import Blueprint

bp = Blueprint("rights", __name__)

LOADERS: dict[str, Any] = {}
