"""Reports of broken policy: a line in the log that names no page, and nothing else."""

import json
import uuid

import pytest

from caseflow.kernel import csp_reports

CASE = f"http://localhost/cases/{uuid.uuid4()}/contacts/new?name=CANARY#CANARY"
NEW = [{"type": "csp-violation", "body": {
    "documentURL": CASE, "effectiveDirective": "script-src-elem", "sample": "CANARY",
    "blockedURL": "https://CANARY.example",
}}]  # fmt: skip
OLD = {"csp-report": {"document-uri": CASE, "violated-directive": "script-src-elem CANARY",
                      "script-sample": "CANARY"}}  # fmt: skip


@pytest.fixture(autouse=True)
def _none_lately() -> None:
    csp_reports._lately.clear()


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(r.directive, r.on) for r in caplog.records if r.name == csp_reports.__name__]


@pytest.mark.parametrize(
    ("body", "kind"), [(NEW, "application/reports+json"), (OLD, "application/csp-report")]
)
def test_a_report_says_which_rule_and_which_kind_of_page(session, client, caplog, body, kind):
    del client.environ_base["HTTP_SEC_FETCH_SITE"]
    answer = client.post("/csp-report", data=json.dumps(body), content_type=kind)
    assert answer.status_code == 204
    assert told(caplog) == [("script-src-elem", "/cases/<uuid:case>/contacts/new")]
    assert "CANARY" not in caplog.text


@pytest.mark.parametrize(
    "body",
    [[], {}, [1], [{"body": 1}], {"csp-report": []}, "x", 1, None, [{"body": {}}],
     {"csp-report": {"document-uri": "https://[", "effective-directive": {"a": "CANARY"}}},
     {"csp-report": {"document-uri": "/CANARY", "effective-directive": "CANARY"}}],
)  # fmt: skip
def test_a_report_that_makes_no_sense_tells_nothing(session, client, caplog, body) -> None:
    answer = client.post("/csp-report", data=json.dumps(body))
    assert answer.status_code == 204
    assert set(told(caplog)) <= {("another", "another")}
    assert "CANARY" not in caplog.text


def test_a_report_that_is_too_long_is_refused(session, client, caplog) -> None:
    assert client.post("/csp-report", data=b"[" + b" " * 9_000).status_code == 413
    assert not told(caplog)


def test_a_flood_of_reports_fills_no_disk(session, client, caplog, clock) -> None:
    clock("2026-11-23 09:00")
    for _ in range(3):
        assert client.post("/csp-report", data=json.dumps(NEW * 20)).status_code == 204
    assert len(told(caplog)) == csp_reports.MOST_A_MINUTE
    clock.forward(minutes=2)
    client.post("/csp-report", data=json.dumps(NEW))
    assert len(told(caplog)) == csp_reports.MOST_A_MINUTE + 1
