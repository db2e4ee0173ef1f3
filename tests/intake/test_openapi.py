"""The endpoint keeps to the document that hospitals' suppliers are given."""

import json
import re
from typing import Any

import pytest

from caseflow.demo.messages import bars_referral
from caseflow.intake import systems
from caseflow.intake.openapi import document
from caseflow.kernel.settings import change_setting
from tests import builders
from tests.harness.client import Client

DOOR = "/fhir/$process-message"
TOLD = document()
TYPES = {"object": dict, "array": list, "string": str, "integer": int}


def breaches(value: Any, schema: dict[str, Any], at: str = "") -> list[str]:
    """Where a value does not keep to a schema, as far as our document goes."""
    if ref := schema.get("$ref"):
        return breaches(value, TOLD["components"]["schemas"][ref.rsplit("/", 1)[1]], at)
    if options := schema.get("oneOf"):
        return [] if sum(not breaches(value, one, at) for one in options) == 1 else [f"{at}: oneOf"]
    if value not in schema.get("enum", [schema.get("const", value)]):
        return [f"{at}: {value!r}"]
    kind = schema.get("type")
    if kind and not isinstance(value, TYPES[kind]):
        return [f"{at}: {value!r} is no {kind}"]
    check = {"string": _of_text, "object": _of_object, "array": _of_list}.get(kind)
    return check(value, schema, at) if check else []


def _of_text(value: str, schema: dict[str, Any], at: str) -> list[str]:
    fits = re.search(schema.get("pattern", ""), value) and len(value) >= schema.get("minLength", 0)
    return [] if fits else [f"{at}: {value!r}"]


def _of_object(value: dict[str, Any], schema: dict[str, Any], at: str) -> list[str]:
    known = schema["properties"]
    found = [f"{at}: no {name}" for name in schema["required"] if name not in value]
    found += [f"{at}: {name} is new" for name in value if name not in known]
    for name in value.keys() & known.keys():
        found += breaches(value[name], known[name], f"{at}.{name}")
    return found


def _of_list(value: list[Any], schema: dict[str, Any], at: str) -> list[str]:
    if not schema["minItems"] <= len(value) <= schema.get("maxItems", 999):
        return [f"{at}: {len(value)} of them"]
    return [b for n, one in enumerate(value) for b in breaches(one, schema["items"], f"{at}[{n}]")]


def kept_to(answer: Any) -> None:
    responses = TOLD["paths"][DOOR]["post"]["responses"]
    assert str(answer.status_code) in responses, answer.status
    told = responses[str(answer.status_code)]
    media = answer.content_type.split(";")[0]
    assert media in told["content"]
    for name, header in told.get("headers", {}).items():
        assert name in answer.headers
        if header["schema"]["type"] == "integer":
            assert int(answer.headers[name]) > 0
    if schema := told["content"][media].get("schema"):
        assert breaches(json.loads(answer.data), schema) == []


@pytest.fixture
def secret(session: Any) -> str:
    builders.team()
    _, made = systems.add_system(name="Trust PAS", ods_codes="RWE", by=None)
    session.commit()
    return made


SENT: dict[str, tuple[int, bytes, dict[str, str]]] = {
    "a referral": (200, bars_referral(as_json=True), {}),
    "an odd one": (200, bars_referral(as_json=True, birth_date="2010-02-31"), {}),
    "one without an end of oddness": (
        200,
        bars_referral(as_json=True, birth_date="x", nhs_number="1", phones=("x",), postcode="x",
                      last_updated=None, reason=None, status="draft"),
        {},
    ),
    "XML": (200, bars_referral(), {"Content-Type": "application/fhir+xml"}),
    "nothing": (400, b"", {}),
    "half of it": (400, bars_referral(as_json=True)[:900], {}),
    "no secret": (401, b"{}", {"Authorization": ""}),
    "another's": (403, bars_referral(as_json=True, sender_code="RX1"), {}),
    "for a spreadsheet": (406, b"{}", {"Accept": "text/csv"}),
    "too much": (413, b" " * 2_100_000, {}),
    "a picture": (415, b"{}", {"Content-Type": "image/png"}),
    "compressed": (415, b"{}", {"Content-Encoding": "gzip"}),
    "a patient": (422, b'{"resourceType": "Patient"}', {}),
    "a withdrawal of nothing": (422, bars_referral(as_json=True, status="revoked"), {}),
}  # fmt: skip


@pytest.mark.parametrize("kind", SENT)
def test_what_is_answered_is_as_documented(client: Client, secret: str, kind: str) -> None:
    status, data, headers = SENT[kind]
    usual = {"Authorization": f"Bearer {secret}", "Content-Type": "application/fhir+json"}
    answer = client.post(DOOR, data=data, headers=usual | headers)
    assert answer.status_code == status
    kept_to(answer)


def test_so_is_what_is_answered_in_xml_too_often_or_by_another_method(
    client: Client, secret: str
) -> None:
    change_setting("messages_a_minute", 1, by_id=None)
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/fhir+xml"}
    for expected in (422, 429):
        answer = client.post(DOOR, data=b"<Patient xmlns='http://hl7.org/fhir'/>", headers=headers)
        assert answer.status_code == expected
        kept_to(answer)
    kept_to(client.get(DOOR))


def test_the_check_is_not_blind() -> None:
    schema = TOLD["components"]["schemas"]["OperationOutcome"]
    issue = {"severity": "error", "code": "x", "diagnostics": "y"}
    whole = {"resourceType": "OperationOutcome", "issue": [issue]}
    assert breaches(whole, schema) == []
    for wrong in (
        whole | {"issue": []},
        whole | {"more": 1},
        whole | {"issue": [issue | {"severity": "bad"}]},
        whole | {"issue": [issue | {"diagnostics": ""}]},
        {"resourceType": "OperationOutcome"},
    ):
        assert breaches(wrong, schema)
