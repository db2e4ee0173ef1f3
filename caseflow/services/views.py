from typing import Any

from flask import Blueprint

bp = Blueprint("services", __name__)

LOADERS: dict[str, Any] = {}
