"""The tab about the young person: who they are, how to reach them, consent and flags."""

from collections.abc import Callable
from typing import Any

PERSON_LOADERS: dict[str, Callable[..., Any]] = {}
