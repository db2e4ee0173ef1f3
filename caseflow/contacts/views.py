from typing import Any

from flask import Blueprint

bp = Blueprint("contacts", __name__)

LOADERS: dict[str, Any] = {}
