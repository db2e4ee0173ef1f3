"""Code lists: the stored word, and the label a person reads."""

from enum import StrEnum
from typing import Self


class Words(StrEnum):
    """Members may be ``NAME = "stored_word"`` or ``NAME = "stored_word", "What people read"``."""

    _label: str

    def __new__(cls, word: str, label: str = "") -> Self:
        member = str.__new__(cls, word)
        member._value_ = word
        member._label = label or word.replace("_", " ").capitalize()
        return member

    @property
    def label(self) -> str:
        return self._label

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(member.value, member.label) for member in cls]
