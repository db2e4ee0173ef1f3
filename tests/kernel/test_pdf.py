"""The renderer reaches nothing outside, and the same words give the same bytes."""

import http.server
import io
import threading

import pikepdf
import pytest

from caseflow.kernel import pdf
from caseflow.kernel.errors import Problem

PAGE = (
    "<html lang='en-GB'><head><title>Summary</title></head><body><h1>Łukasz</h1>"
    "<table><caption>Needs</caption><tr><th>Need</th><th>Now</th></tr>"
    "<tr><td>Housing</td><td>2</td></tr></table>{}</body></html>"
)
REACHING_OUT = [
    "<img src='{}'>",
    "<link rel='stylesheet' href='{}'>",
    "<style>@import url('{}')</style>",
    "<style>body {{ background: url('{}') }}</style>",
    "<style>@font-face {{ font-family: X; src: url('{}') }} p {{ font-family: X }}</style><p>x</p>",
    "<object data='{}'></object>",
    "<embed src='{}'>",
    "<svg><image href='{}' width='9' height='9'/></svg>",
    "<svg><use href='{}#x'/></svg>",
    "<link rel='attachment' href='{}'>",
    "<a rel='attachment' href='{}'>x</a>",
    "<iframe src='{}'></iframe>",
]


@pytest.fixture
def listener():
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/canary", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("markup", REACHING_OUT)
def test_nothing_outside_is_asked_for(session, listener, tmp_path, markup: str) -> None:
    address, asked = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("CANARY-IN-A-FILE")
    for target in (address, secret.as_uri()):
        try:
            made = pdf.render(PAGE.format(markup.format(target)), "", identifier="x")
        except Problem:
            continue
        assert b"CANARY-IN-A-FILE" not in made
        with pikepdf.open(io.BytesIO(made)) as document:
            assert not document.attachments
    assert asked == []


def test_the_same_words_give_the_same_bytes(session) -> None:
    made = [pdf.render(PAGE.format(""), "", identifier="same") for _ in range(2)]
    assert made[0] == made[1]


def test_the_pdf_is_tagged_titled_and_in_english(session) -> None:
    with pikepdf.open(io.BytesIO(pdf.render(PAGE.format(""), "", identifier="x"))) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "en-GB"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert "Summary" in str(document.docinfo.get("/Title", document.open_metadata()))


def test_a_document_that_asks_for_a_file_from_outside_is_not_made(session) -> None:
    with pytest.raises(Problem, match="from outside"):
        pdf.render(PAGE.format("<img src='http://127.0.0.1:9/x.png'>"), "", identifier="x")
