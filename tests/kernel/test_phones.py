import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.kernel.phones import PhoneKind, read_phone


@pytest.mark.parametrize(
    ("text", "e164", "kind"),
    [
        ("07700 900123", "+447700900123", PhoneKind.MOBILE),
        ("0770 0900123", "+447700900123", PhoneKind.MOBILE),
        ("+44 7700 900123", "+447700900123", PhoneKind.MOBILE),
        ("+44 (0)7700 900 123", "+447700900123", PhoneKind.MOBILE),
        ("0044 7700-900-123", "+447700900123", PhoneKind.MOBILE),
        ("7700900123", "+447700900123", PhoneKind.MOBILE),
        ("tel:+447700900123", "+447700900123", PhoneKind.MOBILE),
        ("０７７００ ９００１２３", "+447700900123", PhoneKind.MOBILE),
        ("(0116) 496 0123", "+441164960123", PhoneKind.LANDLINE),
        ("+44 (0116) 496 0123", "+441164960123", PhoneKind.LANDLINE),
        ("01204 12345", "+44120412345", PhoneKind.LANDLINE),
        ("020 7946 0123", "+442079460123", PhoneKind.LANDLINE),
        ("0300 123 4567", "+443001234567", PhoneKind.OTHER),
        ("0800 1111", "+448001111", PhoneKind.OTHER),
        ("+353 20 910 1234", "+353209101234", PhoneKind.OTHER),
        ("00353 20 910 1234", "+353209101234", PhoneKind.OTHER),
    ],
)
def test_a_number_is_one_number_however_it_is_written(text, e164, kind):
    number = read_phone(text)
    assert (number.e164, number.kind, number.text) == (e164, kind, text)


@pytest.mark.parametrize("text", ["07700 900123 ext 45", "07700900123x45", "07700 900123, #45"])
def test_an_extension_is_kept_apart(text):
    number = read_phone(text)
    assert (number.e164, number.extension) == ("+447700900123", "45")


@pytest.mark.parametrize(
    "text",
    ["", "0205663333", "mum 07700 900123", "07700 900", "999", "07700 900123 / 07700 900456",
     "٠٧٧٠٠", "+0123456789", "07700-9OO123", "0" * 500],
)  # fmt: skip
def test_what_is_no_number_that_can_be_dialled_is_kept_as_written(text):
    number = read_phone(text)
    assert (number.e164, number.kind, number.text) == (None, PhoneKind.UNREADABLE, text)
    assert number.display == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+447700900123", "07700 900 123"),
        ("01164960123", "0116 496 0123"),
        ("02079460123", "020 7946 0123"),
        ("01632960123 x9", "01632 960123 ext 9"),
    ],
)
def test_a_number_is_shown_the_way_it_is_said(text, shown):
    assert read_phone(text).display == shown


@given(st.text(max_size=80))
def test_nothing_is_lost_whatever_is_typed(text):
    number = read_phone(text)
    assert number.text == text.strip()
    assert number.e164 is None or number.e164[1:].isdecimal()
