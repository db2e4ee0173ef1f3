"""Bytes to a tree, or one readable line."""

import json

import pytest

from caseflow.demo.messages import bars_referral
from caseflow.intake.reading import MAX_BYTES, read_tree
from caseflow.intake.tree import MAX_DEPTH, UnreadableError, first, nodes, texts

XML = bars_referral()
JSON = bars_referral(as_json=True)


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableError) as refused:
        read_tree(data)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_xml_and_json_of_one_message_make_one_tree():
    assert read_tree(XML) == read_tree(JSON)


def test_a_value_knows_its_line_in_either_format():
    for data in (XML, JSON):
        tree = read_tree(data)
        (family,) = [
            text
            for node in nodes(tree, "entry.resource.name")
            for text in texts(node, "family")
            if text == "Testerton"
        ]
        line = data.decode().splitlines()[family.line - 1]
        assert "Testerton" in line


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("data", [XML, JSON], ids=["xml", "json"])
def test_byte_order_marks_and_utf_16_are_read(data, encoding):
    text = data.decode().replace("<?xml version='1.0' encoding='utf-8'?>\n", "")
    assert read_tree(text.encode(encoding)) == read_tree(data)


def test_a_declared_latin_1_is_read():
    declared = b"<?xml version='1.0' encoding='ISO-8859-1'?>"
    body = XML.decode().split("?>", 1)[1].replace("Jaden", "José").encode("iso-8859-1")
    assert "José" in str(read_tree(declared + body))


def test_prefixes_comments_and_processing_instructions_change_nothing():
    text = XML.decode().split("?>", 1)[1].replace('xmlns="', 'xmlns:f="')
    for opening in ("</", "<"):
        text = text.replace(opening, f"{opening}f:").replace("<f:/", "</")
    text = text.replace("<f:MessageHeader>", "<?x y?><f:MessageHeader><!-- one <two> -->")
    assert read_tree(text.encode()) == read_tree(XML)


def test_prose_becomes_its_words():
    prose = (
        b"<text><div xmlns='http://www.w3.org/1999/xhtml'><p>One <b>two</b></p> three</div></text>"
    )
    tree = read_tree(b"<Bundle xmlns='http://hl7.org/fhir'>" + prose + b"</Bundle>")
    assert first(tree, "text.div") == "One two three"


def test_a_number_keeps_the_digits_it_was_written_with():
    tree = read_tree(b'{"resourceType":"Bundle","a":53.578960,"b":[1,2],"c":true,"d":null}')
    assert (first(tree, "a"), texts(tree, "b"), first(tree, "c")) == (
        "53.578960",
        ["1", "2"],
        "true",
    )
    assert "d" not in tree


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is empty."),
        (b" \r\n\t", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04....", "zip file, a spreadsheet"),
        (b"\x1f\x8b....", "compressed"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"MSH|^~\\&|PAS|X|Y|Z|2026||ADT^A28^ADT_A05|1|P|2.4\r", "HL7 v2 (ADT A28)"),
        (b"\x0bMSH|^~\\&|PAS\r", "HL7 v2;"),
        (b"first,last,dob\nA,B,2010-05-14\n", "Neither XML nor JSON: the file begins “first,last"),
        (b"<Bundle xmlns='http://hl7.org/fhir'><entry>", "Line 1: not well-formed XML (it stops"),
        (b"<Bundle>\n\n<a></b></Bundle>", "Line 3: not well-formed XML (a tag is closed"),
        (b"<a/>\n<b/>", "Line 2: not well-formed XML (there is more after its end"),
        (b'{"a": 1,\n "b" 2}', "Line 2: not well-formed JSON (a colon is missing after “b”"),
        (b'{"a": 1\n "b": 2}', "Line 2: not well-formed JSON (a comma is missing"),
        (b'{"a": [1,\n', "Line 2: not well-formed JSON (it stops before its end"),
        (b'{"a": "b', "Line 1: not well-formed JSON (unterminated string"),
        (b'{"a": NaN}', "NaN and Infinity"),
        (b'{"a": -Infinity}', "NaN and Infinity"),
        (b'{"a": 1, "a": 2}', "“a” is given twice"),
        (b'{"a": 9007199254740993}', "too large"),
        (b'{"a": 01}', "a comma is missing"),
        (b'{"a": maybe}', "“maybe}” is no value"),
        (b'{"a": "\\ud800"}', "half a character"),
        (b'{"a": "x\\u0000y"}', "NUL"),
        (b'[{"a": 1}]', "is a list"),
        (b'{"a": 1} tail', "more after its end"),
        ("<Bundle>\ncafé</Bundle>".encode("latin-1"), "Line 2: not UTF-8 text (byte 0xe9)"),
        (b"<?xml version='1.0' encoding='EBCDIC'?><a/>", "the encoding ebcdic is not read"),
        (b"<a>\x00</a>", "Line 1: the file holds a NUL"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(data, reason):
    assert reason in refusal(data)


def test_every_truncation_is_refused_with_a_line():
    for data in (XML, JSON):
        for end in range(200, len(data) - 40, 997):
            assert "Line" in refusal(data[:end])


@pytest.mark.parametrize(
    "bomb",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><z>&b;</z>',
    ],
)
def test_document_types_and_entities_are_refused(bomb):
    assert "document type or entities" in refusal(bomb)


def test_too_large_a_file_is_refused_before_it_is_read():
    assert "the most is 2 MiB" in refusal(b"<" + b" " * MAX_BYTES)


def test_too_deep_is_refused():
    deep = MAX_DEPTH + 5
    assert "nested more than" in refusal(b"<a>" * deep + b"</a>" * deep)
    assert "nested more than" in refusal(b'{"a":' * deep + b"1" + b"}" * deep)
    assert "nested more than" in refusal(b"[" * 100_000)


def test_too_many_elements_are_refused():
    assert "more than 5,000 elements" in refusal(b"<a>" + b"<b/>" * 6_000 + b"</a>")
    assert "more than 5,000 elements" in refusal(json.dumps({"a": [1] * 6_000}).encode())


def test_too_long_a_text_is_refused():
    long = "x" * 70_000
    assert "longer than 64 KiB" in refusal(f'<a value="{long}"/>'.encode())
    assert "longer than 64 KiB" in refusal(json.dumps({"a": long}).encode())


def test_an_utf_16_declaration_over_utf_8_text_is_forgiven():
    assert read_tree(XML.replace(b"encoding='utf-8'", b"encoding='utf-16'")) == read_tree(XML)
