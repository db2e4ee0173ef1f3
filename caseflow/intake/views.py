from typing import Any

from flask import Blueprint

bp = Blueprint("intake", __name__)

LOADERS: dict[str, Any] = {}
