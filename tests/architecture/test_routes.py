"""The route table: nothing is open by accident, and every failure says its fix."""

import inspect
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule, UUIDConverter

from caseflow.access import declare
from caseflow.access.permissions import Permission
from tests.harness.client import Client

MOST_PUBLIC = 6


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=str)


def needs(app: Flask, rule: Rule) -> Permission | str | None:
    return declare.declared(app.view_functions[rule.endpoint])


def guarded(app: Flask) -> list[Rule]:
    """All but the public ones, the machines' one, and Flask's static route, which nobody passes."""
    return [
        rule
        for rule in rules(app)
        if needs(app, rule) not in (declare.PUBLIC, declare.MACHINE) and rule.endpoint != "static"
    ]


def addresses(app: Flask) -> Iterator[tuple[str, set[str]]]:
    """Each guarded address, with made-up ids in it."""
    with app.test_request_context():
        for rule in guarded(app):
            values = {name: uuid.uuid4() for name in rule.arguments}
            _, address = rule.build(values)
            yield address, rule.methods


def test_every_route_declares_its_permission(app: Flask) -> None:
    silent = [f"{rule} ({rule.endpoint})" for rule in rules(app) if needs(app, rule) is None]
    assert not silent, f"put @requires(Permission.…) or @public on the view of: {silent}"


def test_few_routes_are_public(app: Flask) -> None:
    public = {rule.endpoint for rule in rules(app) if needs(app, rule) == declare.PUBLIC}
    assert len(public) <= MOST_PUBLIC, f"put @requires(…) on some of: {sorted(public)}"


def test_one_route_is_for_machines(app: Flask) -> None:
    """It takes no session and no token: what it lets in, tests/intake/test_door.py says."""
    found = [str(rule) for rule in rules(app) if needs(app, rule) == declare.MACHINE]
    assert found == ["/fhir/$process-message"]


def test_every_part_of_a_guarded_address_is_an_id(app: Flask) -> None:
    """A record's id and nothing else: no name, no reference, no search words."""
    loose = [
        f"{rule} <{name}>"
        for rule in guarded(app)
        for name, converter in rule._converters.items()
        if not isinstance(converter, UUIDConverter)
    ]
    assert not loose, f"write <uuid:{{name}}>, and add a loader for it: {loose}"


def test_views_receive_the_records_their_address_names(app: Flask) -> None:
    wrong = {
        rule.endpoint: (sorted(taken), sorted(rule.arguments))
        for rule in guarded(app)
        if (taken := set(inspect.signature(app.view_functions[rule.endpoint]).parameters))
        != rule.arguments
    }
    assert not wrong, f"a view's parameters are its records, by the names in its rule: {wrong}"


def test_every_screen_works_without_a_script(app: Flask) -> None:
    odd = [str(rule) for rule in rules(app) if rule.methods & {"PUT", "PATCH", "DELETE"}]
    assert not odd, f"a plain form can only GET and POST: {odd}"


@pytest.mark.usefixtures("database")
def test_nobody_signed_in_is_sent_to_sign_in_from_everywhere(app: Flask, client: Client) -> None:
    open_to_all = [
        f"{address} → {answer.status}"
        for address, methods in addresses(app)
        if "GET" in methods
        and not ((answer := client.get(address)).location or "").startswith("/sign-in")
    ]
    assert not open_to_all, f"the gate let a stranger in: {open_to_all}"


@pytest.mark.usefixtures("database")
def test_no_post_passes_without_its_token(app: Flask, client: Client) -> None:
    passed = [
        f"{address} → {answer.status}"
        for address, methods in addresses(app)
        if "POST" in methods and (answer := client.post(address)).status_code != 400
    ]
    assert not passed, f"CSRF protection is off for: {passed}"
