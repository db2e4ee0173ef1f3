"""What goes into a spreadsheet cell. Source: security.md R38."""

import re

# Optional white space, control, BOM or zero-width characters, then what a spreadsheet obeys.
_OBEYED = re.compile(r"^[\s\x00-\x1f\ufeff\u200b-\u200f\u2060]*[=+\-@|%＝＋－＠]|^[\t\r\n\x00]")


def cell(value: object) -> str:
    """Text that no spreadsheet takes for a formula; numbers stay numbers; nothing is blank."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if _OBEYED.match(text) else text
