"""Passkeys: whose they are, what they answer to, and how often."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.kernel.config import Settings
from caseflow.kernel.errors import Problem
from caseflow.staff import passkeys
from caseflow.staff.models import User
from tests import builders
from tests.harness.authenticator import Authenticator


@pytest.fixture
def browser_of_theirs(app: Flask, session) -> Iterator[None]:
    """One browser: what a challenge is bound to."""
    with app.test_request_context():
        yield


@pytest.fixture
def key(settings: Settings) -> Authenticator:
    return Authenticator(settings.base_url)


@pytest.fixture
def owner(browser_of_theirs, key: Authenticator) -> User:
    owner = builders.worker()
    passkeys.add(owner, key.make(passkeys.options_for_adding(owner)), "My phone")
    return owner


def events(session) -> list[Event]:
    return list(session.scalars(select(AuditRow.event).order_by(AuditRow.seq)))


def test_a_passkey_signs_its_owner_in_without_an_address(owner, key) -> None:
    assert passkeys.sign_in_with(key.show(passkeys.options_for_sign_in())) == owner


def test_what_is_asked_of_a_new_passkey(owner, settings) -> None:
    asked = json.loads(passkeys.options_for_adding(owner))
    assert asked["rp"] == {"name": "CaseFlow", "id": "localhost"}
    assert asked["attestation"] == "none"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert len(asked["excludeCredentials"]) == 1


def test_an_answer_counts_once(owner, key) -> None:
    answer = key.show(passkeys.options_for_sign_in())
    passkeys.sign_in_with(answer)
    with pytest.raises(Problem, match="not accepted"):
        passkeys.sign_in_with(answer)


def test_an_answer_of_a_key_that_does_not_count_counts_once_too(
    browser_of_theirs, settings
) -> None:
    owner, key = builders.worker(), Authenticator(settings.base_url, counts=False)
    passkeys.add(owner, key.make(passkeys.options_for_adding(owner)), "")
    answer = key.show(passkeys.options_for_sign_in())
    passkeys.sign_in_with(answer)
    with pytest.raises(Problem, match="not accepted"):
        passkeys.sign_in_with(answer)
    assert passkeys.sign_in_with(key.show(passkeys.options_for_sign_in())) == owner
