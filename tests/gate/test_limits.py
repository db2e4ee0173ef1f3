"""How much a request may hold: more is refused in plain words, and never breaks anything."""

import dataclasses
import io
import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask, request
from werkzeug.routing import PathConverter, UnicodeConverter, UUIDConverter

from caseflow import create_app
from caseflow.access.permissions import Role
from caseflow.kernel.config import Settings, from_environment
from caseflow.kernel.database import db
from caseflow.kernel.errors import Problem
from caseflow.kernel.limits import MOST_FIELDS, MOST_IN_A_FIELD
from tests import builders
from tests.harness.client import Client

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def admin(session, sign_in) -> Client:
    return sign_in(builders.user(Role.ADMINISTRATOR))


def test_a_body_above_its_limit_is_refused(admin) -> None:
    assert admin.post("/users/new", data={"name": "x" * 1_100_000}).status_code == 413


def test_what_is_too_long_for_a_field_comes_back(admin) -> None:
    filled = admin.fill("/users/new", name="Some words " + "x" * MOST_IN_A_FIELD)
    answer = admin.send(filled)
    assert answer.status_code == 413
    assert "Some words xxx" in answer.words


def test_what_fits_a_field_is_the_forms_to_judge(admin) -> None:
    filled = admin.fill("/users/new", name="x" * (MOST_IN_A_FIELD - 1))
    answer = admin.send(filled)
    assert answer.status_code == 422
    assert "too many" in answer.errors["name"]


@pytest.mark.parametrize("many", [MOST_FIELDS, MOST_FIELDS * 1_000])
def test_too_many_fields_are_refused(admin, many: int) -> None:
    data = urlencode([("name", "x")] * (many + 1))
    assert admin.post("/users/new", data=data, content_type=FORM).status_code == 413


def test_too_many_parts_are_refused(admin) -> None:
    parts = {f"name{number}": "x" for number in range(1_100)}
    answer = admin.post("/users/new", data=parts, content_type="multipart/form-data")
    assert answer.status_code == 413


@pytest.mark.parametrize("name", ["csrf_token", "form_key", "version"])
def test_a_form_cannot_say_twice_what_it_says_once(admin, name: str) -> None:
    filled = admin.fill("/users/new", name="Some Body")
    sent = [*filled.data.items(), (name, "another"), (name, "one more")]
    answer = admin.post("/users/new", data=urlencode(sent, doseq=True), content_type=FORM)
    assert answer.status_code == 400
    assert "Some Body" in answer.words


def test_of_a_field_sent_twice_the_first_counts(admin) -> None:
    filled = admin.fill("/users/new", name="First Once", email="first@example.org",
                        role="programme_manager")  # fmt: skip
    sent = [*filled.data.items(), ("name", "Another Twice"), ("role", "administrator")]
    admin.post("/users/new", data=urlencode(sent, doseq=True), content_type=FORM)
    assert "Another Twice" not in admin.get("/users").words


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "identity, gzip", "zstd", ""])
def test_what_is_compressed_is_not_opened(admin, coding: str) -> None:
    answer = admin.post("/account", headers={"Content-Encoding": coding})
    assert answer.status_code == 415


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1", "[::1]",
                                  "localhost@evil.example", "localhost, evil.example"])  # fmt: skip
def test_another_name_is_not_answered(session, client, host: str) -> None:
    answer = client.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("host", ["localhost", "localhost:5000", "127.0.0.1:5000"])
def test_a_demo_is_answered_on_this_machine(session, client, host: str) -> None:
    assert client.get("/sign-in", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("where", ["/nowhere%00", "/services?area=%00", "/services?%00=x"])
def test_an_address_holds_no_null_byte(admin, where: str) -> None:
    assert admin.get(where).status_code == 400


@pytest.mark.parametrize(("name", "words"), [("name", "Some Body\x00"), ("na\x00me", "Some Body")])
def test_a_form_holds_no_null_byte_and_its_words_come_back(admin, name, words) -> None:
    filled = admin.fill("/users/new", email="a@example.org")
    answer = admin.post("/users/new", data=filled.data | {name: words})
    assert answer.status_code == 400
    assert "Some Body" in answer.words
    assert "\x00" not in answer.text


def test_a_file_name_holds_no_null_byte(session, sign_in) -> None:
    me = sign_in(builders.supervisor(builders.team()))
    filled = me.fill("/referrals/upload")
    sent = filled.data | {"files": (io.BytesIO(b"x"), "a\x00.xml")}
    assert me.post("/referrals/upload", data=sent).status_code in (200, 400)


JSON = {
    "deep": "[" * 40 + "]" * 40,
    "deeper": "[" * 990 + "]" * 990,
    "deepest": "[" * 100_000 + "]" * 100_000,
    "half a surrogate": '{"a": "\\ud800"}',
    "a name with half a surrogate": '{"\\udfff": 1}',
    "a null byte": '["\\u0000"]',
    "no number": "[NaN]",
    "infinity": "[-Infinity]",
    "infinity in digits": "[1e999]",
    "too high": f"[{2**53 + 1}]",
    "far too high": "[" + "9" * 5_000 + "]",
    "a name twice": '{"a": 1, "a": 2}',
    "cut short": '{"a": ',
    "no text": b"\xff\xfe\xfa",
}


@pytest.fixture
def reader(settings: Settings) -> Iterator[Client]:
    app = create_app(settings)
    app._got_first_request = False
    app.add_url_rule("/json", "json", lambda: {"read": request.get_json()}, methods=["POST"])
    app.view_functions["json"].needs_permission = "public"
    app.extensions["csrf"].exempt(app.view_functions["json"])
    app.test_client_class = Client
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("kind", JSON)
def test_json_that_is_not_plain_is_refused(session, reader: Client, kind: str) -> None:
    for address in ("/json", "/csp-report"):
        answer = reader.post(address, data=JSON[kind], content_type="application/json")
        assert answer.status_code in (400, 413), address


def test_json_that_is_plain_is_read(session, reader: Client) -> None:
    value = {"a": [1, 2.5, None, True, "ä"], "b": {"c": {}}, "d": 2**53}
    answer = reader.post("/json", data=json.dumps(value), content_type="application/json")
    assert answer.get_json() == {"read": value}


def test_every_part_of_an_address_has_a_type(app: Flask) -> None:
    """Ids are ids. Words are allowed where there is no record: files of ours, and links by mail."""
    words = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        for converter in rule._converters.values()
        if not isinstance(converter, UUIDConverter)
    }
    assert words <= {"asset", "staff.link"}
    kinds = {type(c) for rule in app.url_map.iter_rules() for c in rule._converters.values()}
    assert kinds <= {UUIDConverter, UnicodeConverter, PathConverter}


@pytest.mark.parametrize("behind", [True, False])
def test_who_asks_is_the_proxys_word_only_behind_one(settings: Settings, behind: bool) -> None:
    app = create_app(dataclasses.replace(settings, behind_proxy=behind))
    seen = []
    app.before_request_funcs[None].insert(0, lambda: seen.append(request.remote_addr))
    forged = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Host": "evil.example"}
    answer = app.test_client().get("/healthz", headers=forged)
    assert answer.status_code == 200
    assert seen == ["198.51.100.7" if behind else "127.0.0.1"]


def test_a_proxy_is_said_in_the_environment(tmp_path) -> None:
    here = {"CASEFLOW_DATA_DIR": str(tmp_path)}
    assert not from_environment(here).behind_proxy
    assert from_environment(here | {"CASEFLOW_BEHIND_PROXY": "yes"}).behind_proxy
    with pytest.raises(Problem, match="yes or no"):
        from_environment(here | {"CASEFLOW_BEHIND_PROXY": "perhaps"})
