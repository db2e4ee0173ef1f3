"""What the bytes of a file are: a FHIR message to read, or something else, said in one line."""

import re

from caseflow.intake.from_json import read_json
from caseflow.intake.from_xml import read_xml
from caseflow.intake.tree import Node, UnreadableError

MAX_BYTES = 2 * 1024 * 1024


def read_tree(data: bytes) -> Node:
    """Raises UnreadableError with the reason."""
    text = _decoded(_recognised(data))
    start = text.lstrip()[:1]
    return read_xml(text) if start == "<" else read_json(text)


_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "This is a PDF; a referral message is FHIR in XML or JSON."),
    (b"PK\x03\x04", "This is a zip file, a spreadsheet or a Word document, not a FHIR message."),
    (b"\x1f\x8b", "This is a compressed file; send the message itself."),
    (b"7z\xbc\xaf", "This is a compressed file; send the message itself."),
    (b"\xd0\xcf\x11\xe0", "This is an old Office document, not a FHIR message."),
    (b"\xff\xd8\xff", "This is a picture, not a FHIR message."),
    (b"\x89PNG", "This is a picture, not a FHIR message."),
    (b"{\\rtf", "This is a rich-text document, not a FHIR message."),
)
_HL7 = re.compile(rb"\A[\x0b\s]*(?:FHS|BHS|MSH)\|([^\r\n]{0,200})")


def _recognised(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"The file is {len(data) / 2**20:.1f} MiB; the most is 2 MiB.")
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableError("The file is empty.")
    for magic, reason in _OTHERS:
        if data.startswith(magic):
            raise UnreadableError(reason)
    if re.match(rb"\s*<(?:!doctype )?html\b", data[:200], re.I):
        raise UnreadableError("This is a web page, not a FHIR message.")
    hl7 = _HL7.match(data.removeprefix(b"\xef\xbb\xbf"))
    if hl7:
        raise UnreadableError(f"This is HL7 v2{_event(hl7.group(1))}; HL7 v2 is not read here.")
    return data


def _event(header: bytes) -> str:
    found = re.search(rb"\|([A-Z]{3}\^[A-Z0-9]{3})", header)
    return f" ({found.group(1).decode().replace('^', ' ')})" if found else ""


_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]{0,150}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_READ_AS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-8",  # said of text that was saved again as UTF-8; real UTF-16 shows its NULs
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
}


def _decoded(data: bytes) -> str:
    encoding, body = _encoding(data)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            f"Line {line}: not {encoding.upper()} text (byte {body[error.start]:#04x});"
            " save the file as UTF-8 and send it again."
        ) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise UnreadableError(f"Line {line}: the file holds a NUL character.")
    return text


def _encoding(data: bytes) -> tuple[str, bytes]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding, data[len(bom) :]
    if data[:4:2] == b"\x00\x00" and data[1:2] != b"\x00":
        return "utf-16-be", data
    if data[1:4:2] == b"\x00\x00" and data[:1] != b"\x00":
        return "utf-16-le", data
    declared = _ENCODING.match(data)
    if declared is None:
        return "utf-8", data
    name = declared.group(1).decode("ascii").lower()
    if name not in _READ_AS:
        raise UnreadableError(f"Line 1: the encoding {name} is not read here; send UTF-8.")
    return _READ_AS[name], data
