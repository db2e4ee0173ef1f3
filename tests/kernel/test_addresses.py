"""The way back: a path of ours, read the same by every browser."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from caseflow.kernel.addresses import hosts_of, origin_of, own_path

OURS = "https://caseflow.example"
TRICKS = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "/\n/evil.example", "\t//evil.example", " //evil.example", "https://evil.example",
    "https:evil.example", "HTTPS://evil.example", "javascript:alert(1)", "java\nscript:alert(1)",
    "data:text/html,x", "evil.example", "@evil.example", "/ /evil.example", "/\u2044/evil.example",
    "/./\\evil.example", "/.//evil.example", "/a//evil.example", "/..//evil.example", "", "?next=/",
    "#x", "/x#//evil", "/\x00", "/\r\nSet-Cookie: a=b", "/é", "/x y", "/" + "x" * 600,
    "/x?" + "y" * 600, "/x:80", "/@evil.example", "/x?a=https://evil.example", "/\ud800",
]  # fmt: skip
WAYS_BACK = [
    "/", "/my-day", "/cases/7d9f0b1e-1f7c-4c2e-9a43-0a5e6e6f1b11/contacts/new",
    "/team/list?show=due&page=2", "/services?area=Braunstone%20Park",
]  # fmt: skip
ODD = "/\\?#@:%.\t\n\r \x00;&=abcé\u2044\uff0f\u202e"


@pytest.mark.parametrize("path", TRICKS)
def test_a_trick_is_no_way_back(path: str) -> None:
    assert own_path(path) is None


@pytest.mark.parametrize("path", WAYS_BACK)
def test_a_page_of_ours_is(path: str) -> None:
    assert own_path(path) == path


def test_nothing_is_no_way_back() -> None:
    assert own_path(None) is None


@given(st.text(alphabet=ODD, max_size=30) | st.text(max_size=30).map(lambda words: "/" + words))
@example("/%09/evil.example")
@example("/%5cevil.example")
def test_whatever_is_let_through_stays_here(path: str) -> None:
    if (kept := own_path(path)) is None:
        return
    as_browsers_read = "".join(kept.split()).replace("\\", "/")
    for way in (kept, as_browsers_read):
        assert origin_of(urljoin(f"{OURS}/sign-in", way)) == OURS
        assert not urlsplit(way).netloc and not urlsplit(way).scheme
    assert kept.isascii() and kept.isprintable()


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://CaseFlow.example/x?y", OURS),
        ("https://caseflow.example:443/", OURS),
        ("http://localhost:5000", "http://localhost:5000"),
        ("https://us@caseflow.example:444", f"{OURS}:444"),
        ("null", ""),
        ("/x", ""),
        ("https://[", ""),
        ("https://a:99999/", ""),
        (None, ""),
    ],
)
def test_an_origin_is_scheme_host_and_unusual_port(address: str | None, origin: str) -> None:
    assert origin_of(address) == origin


def test_a_demo_on_this_machine_has_two_names() -> None:
    assert hosts_of("http://localhost:5000") == ["localhost", "127.0.0.1"]
    assert hosts_of(OURS) == ["caseflow.example"]
