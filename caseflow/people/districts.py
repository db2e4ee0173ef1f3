"""The districts of Leicester, Leicestershire and Rutland, and whose children's services they are.

ONS codes. Pure.
"""

from caseflow.kernel.words import Words


class Authority(Words):
    """The local authority that looks after the children who live there."""

    LEICESTER = "leicester", "Leicester City"
    LEICESTERSHIRE = "leicestershire"
    RUTLAND = "rutland"


DISTRICTS = {
    "E06000016": "Leicester",
    "E06000017": "Rutland",
    "E07000129": "Blaby",
    "E07000130": "Charnwood",
    "E07000131": "Harborough",
    "E07000132": "Hinckley and Bosworth",
    "E07000133": "Melton",
    "E07000134": "North West Leicestershire",
    "E07000135": "Oadby and Wigston",
}
_CITY_AND_RUTLAND = {"E06000016": Authority.LEICESTER, "E06000017": Authority.RUTLAND}


def authority_of(district: str) -> Authority | None:
    """None for a district elsewhere, or for none."""
    if district not in DISTRICTS:
        return None
    return _CITY_AND_RUTLAND.get(district, Authority.LEICESTERSHIRE)
