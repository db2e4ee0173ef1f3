"""A draft as plain values for the database, and back again."""

import types
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from caseflow.intake.draft import Draft
from caseflow.kernel.words import Words


def plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Words) else value


def draft_from(stored: dict[str, Any]) -> Draft:
    built: Draft = _built(Draft, stored)
    return built


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _built(kind: Any, value: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        kinds = [part for part in get_args(kind) if part is not type(None)]
        return None if value is None else _built(kinds[0], value)
    if get_origin(kind) is tuple:
        return _several(get_args(kind), value or ())
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        names = [f.name for f in fields(kind)]
        return kind(**{name: _built(hints[name], value.get(name)) for name in names})
    if isinstance(kind, type) and issubclass(kind, datetime):
        return datetime.fromisoformat(value)
    return kind(value) if isinstance(kind, type) and issubclass(kind, Words) else value


def _several(kinds: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if kinds[-1] is Ellipsis:
        return tuple(_built(kinds[0], item) for item in value)
    return tuple(_built(kind, item) for kind, item in zip(kinds, value, strict=True))
