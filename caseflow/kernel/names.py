"""Names as people write them, and a folded form for finding them again."""

import unicodedata

# From here on letters stand without spaces between the words.
FIRST_UNSPACED = "\u2e80"


def fold(text: str) -> str:
    """Lower case, no accents, single spaces; letters of every script are kept."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in spread if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())
