"""Fields that offer a closed list: what is not on it is refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms.validators import ValidationError

from caseflow.kernel.fields import Asked, strings
from caseflow.kernel.words import Words


@dataclass(frozen=True)
class Item:
    """One choice. ``reveals`` names fields of the same form, shown under it when chosen."""

    value: str
    label: str
    hint: str = ""
    reveals: tuple[str, ...] = ()
    alone: bool = False
    """Nothing else may be ticked with it: "None of these"."""


Choices = type[Words] | Sequence[tuple[str, str]] | Sequence[Item]


def items_of(choices: Choices) -> list[Item]:
    pairs = choices.choices() if isinstance(choices, type) else choices
    return [pair if isinstance(pair, Item) else Item(str(pair[0]), str(pair[1])) for pair in pairs]


class ChoiceField(Asked):
    """Radios. ``data`` is the chosen word (a member, for a Words class), or None.

    ``look``: "list" (plain radios), "big" (large tap targets), "chips", "inline".
    ``reveals={"other": ("other_text",)}`` and ``hints={"other": "…"}`` add to plain choices.
    """

    macro = "radios"
    verb = "Select"

    def __init__(
        self,
        label: str,
        choices: Choices = (),
        validators: Sequence[Callable[..., None]] = (),
        *,
        coerce: Callable[[str], Any] | None = None,
        look: str = "list",
        hints: dict[str, str] | None = None,
        reveals: dict[str, tuple[str, ...]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.look = look
        self.hints = hints or {}
        self.reveals = reveals or {}
        self.coerce = coerce
        self.choices = choices

    @property
    def choices(self) -> Choices:
        return self._choices

    @choices.setter
    def choices(self, choices: Choices) -> None:
        """May be set by the view after the form is made, before it is validated."""
        self._choices = choices
        if self.coerce is None and isinstance(choices, type):
            self.coerce = choices

    @property
    def items(self) -> list[Item]:
        return [
            Item(
                item.value,
                item.label,
                item.hint or self.hints.get(item.value, ""),
                item.reveals or self.reveals.get(item.value, ()),
                item.alone,
            )
            for item in items_of(self.choices)
        ]

    def revealed_by(self, item: Item) -> list[Any]:
        return [self._form[name] for name in item.reveals]

    def is_chosen(self, item: Item) -> bool:
        return self.data is not None and str(self.data) == item.value

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        self.data = (strings(valuelist) or [""])[0] or None

    def permitted(self, value: object) -> Any:
        if str(value) not in {item.value for item in items_of(self.choices)}:
            raise ValidationError(f"{self.verb} {self.noun} from the list")
        try:
            return self.coerce(str(value)) if self.coerce else str(value)
        except ValueError:
            raise ValidationError(f"{self.verb} {self.noun} from the list") from None

    def check(self, form: Any) -> None:
        try:
            self.data = self.permitted(self.data)
        except ValidationError:
            self.data = None
            raise


class SelectField(ChoiceField):
    """A drop-down, for long lists only. ``blank`` is the first, empty line."""

    macro = "select"

    def __init__(
        self, label: str, choices: Choices = (), *, blank: str = "Choose one", **kwargs: Any
    ) -> None:
        super().__init__(label, choices, **kwargs)
        self.blank = blank


class YesNoField(ChoiceField):
    """``data`` is True, False or None."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        words = [("yes", "Yes"), ("no", "No")]
        super().__init__(label, words, **({"look": "inline"} | kwargs))
        self.coerce = "yes".__eq__

    def process_data(self, value: Any) -> None:
        self.data = value

    def is_chosen(self, item: Item) -> bool:
        word = {True: "yes", False: "no"}.get(self.data, self.data)
        return bool(word == item.value)


class CheckboxesField(ChoiceField):
    """``data`` is the list of what was ticked, in the order of the choices."""

    macro = "checkboxes"

    def is_chosen(self, item: Item) -> bool:
        return item.value in {str(value) for value in self.data or ()}

    def nothing(self) -> Any:
        return []

    def process_data(self, value: Any) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist: Sequence[object]) -> None:
        self.data = strings(valuelist)

    def check(self, form: Any) -> None:
        allowed = {item.value for item in self.items}
        strange = [value for value in self.data if str(value) not in allowed]
        ticked = [item for item in self.items if self.is_chosen(item)]
        self.data = [self.permitted(item.value) for item in ticked]
        if strange:
            raise ValidationError(f"{self.verb} {self.noun} from the list")
        alone = next((item for item in ticked if item.alone), None)
        if alone and len(ticked) > 1:
            raise ValidationError(f"Select {self.noun}, or “{alone.label}”, but not both")
