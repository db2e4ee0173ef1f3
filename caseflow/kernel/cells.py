"""What goes into a spreadsheet cell. Source: security.md R38."""

import unicodedata

OBEYED = frozenset("=+-@|%\u2212")
_AT_ONCE = frozenset("\t\r\n\x00")
# Spaces, controls, byte order marks, zero-width and other invisible characters.
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Zl", "Zp", "Zs"})


def cell(value: object) -> str:
    """Text that no spreadsheet takes for a formula; numbers stay numbers; nothing is blank."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if is_obeyed(text) else text


def is_obeyed(text: str) -> bool:
    """Whether some spreadsheet would calculate it: also what merely looks like a sign, such as
    the full-width ``＝``, and a sign behind characters that nobody sees."""
    if text[:1] in _AT_ONCE:
        return True
    for letter in text:
        if unicodedata.category(letter) not in _UNSEEN and letter not in _FILLERS:
            return unicodedata.normalize("NFKC", letter)[0] in OBEYED
    return False


# Letters by their category, and blank all the same.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
