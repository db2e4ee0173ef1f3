"""Guessing is slow, and shuts nobody out but the guesser. T12 of security.md.

The attack goes through the sign-in page; what counts as a guess is a hash made, and the hasher is
wrapped to count them. Time is the tests' own clock.
"""

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import cycle, islice

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from caseflow import scheduler
from caseflow.kernel import clock as kernel_clock
from caseflow.kernel.errors import TooOften
from caseflow.staff import codes, devices, passkeys, passwords, throttle
from caseflow.staff.models import GuessBucket, User
from caseflow.staff.rules import Door, Limit
from tests import builders
from tests.harness import signing
from tests.harness.authenticator import Authenticator
from tests.harness.client import Client

GUESS = "not the password at all"
FIVE_MINUTES = timedelta(minutes=5)


@pytest.fixture
def hashes(monkeypatch) -> Counter[str]:
    """How often a password was hashed, whether or not there was anything to compare it with."""
    made: Counter[str] = Counter()

    class Counting(PasswordHasher):
        def hash(self, *args, **kwargs):
            made["all"] += 1
            return super().hash(*args, **kwargs)

        def verify(self, *args, **kwargs):
            made["all"] += 1
            return super().verify(*args, **kwargs)

    monkeypatch.setattr(passwords, "PasswordHasher", Counting)
    return made


class Attacker:
    """One computer that guesses passwords, with a page of its own."""

    def __init__(self, app: Flask, source: str) -> None:
        self.client: Client = app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = source
        filled = self.client.fill("/sign-in", form="with-password", password=GUESS)
        self.sent = filled.data

    def guess(self, email: str) -> int:
        return self.client.post("/sign-in", data=self.sent | {"email": email}).status_code


def attack(app, clock, people: list[str], *, tries: int, sources: int, pace: timedelta) -> dict:
    """Who was guessed at when: those tries that were answered "wrong", not "wait"."""
    attackers = [Attacker(app, f"198.51.100.{n}") for n in range(1, sources + 1)]
    guessed: dict[str, list[datetime]] = defaultdict(list)
    for attacker, email in islice(zip(cycle(attackers), cycle(people)), tries):
        clock.forward(seconds=pace.total_seconds())
        status = attacker.guess(email)
        assert status in (422, 429)
        if status == 422:
            guessed[email].append(kernel_clock.now())
    return guessed


def most_in_five_minutes(moments: list[datetime]) -> int:
    return max(
        sum(first <= moment < first + FIVE_MINUTES for moment in moments) for first in moments
    )


def workers(count: int) -> list[User]:
    return [builders.worker() for _ in range(count)]


def stuffing(
    app, session, clock, hashes, found, *, tries: int, accounts: int, sources: int
) -> None:
    clock("2026-11-23 09:00")
    people = [user.email for user in workers(accounts)]
    session.commit()
    hashes.clear()
    span = timedelta(minutes=30)
    guessed = attack(app, clock, people, tries=tries, sources=sources, pace=span / tries)
    assert hashes["all"] == sum(map(len, guessed.values())), "a blocked try made a hash"
    assert set(guessed) == set(people)
    most = max(map(most_in_five_minutes, guessed.values()))
    found("tries, and hashes made", f"{tries:,}, {hashes['all']:,}")
    found("most guesses at one account in five minutes", most)
    assert most <= 10


def test_guesses_from_everywhere_at_everybody_add_up(app, session, clock, monkeypatch) -> None:
    clock("2026-11-23 09:00")
    people = [user.email for user in workers(6)]
    session.commit()
    computers = [Attacker(app, f"198.51.100.{n}") for n in range(1, 7)]

    def one_guess_each() -> list[int]:
        return [computer.guess(email) for computer, email in zip(computers, people, strict=True)]

    assert one_guess_each() == [422] * 6
    clock.forward(hours=3)
    monkeypatch.setattr(throttle, "BY_ANYBODY", Limit(4, FIVE_MINUTES, FIVE_MINUTES, FIVE_MINUTES))
    assert one_guess_each() == [422] * 4 + [429] * 2


def test_stuffing_gets_ten_guesses_an_account_in_five_minutes(
    app, session, clock, hashes, record_property
) -> None:
    stuffing(app, session, clock, hashes, record_property, tries=500, accounts=20, sources=5)


@pytest.mark.verify("T12")
def test_ten_thousand_tries_get_ten_guesses_an_account_in_five_minutes(
    app, session, clock, hashes, record_property
) -> None:
    stuffing(app, session, clock, hashes, record_property, tries=10_000, accounts=200, sources=50)


@pytest.fixture
def victim(session, clock) -> User:
    clock("2026-11-23 09:00")
    user = builders.worker(name="Ana Example")
    signing.add_app(user)
    session.commit()
    return user


def under_attack(app, clock, user: User, source: str = "198.51.100.7") -> Attacker:
    """Somebody who knows the name has used up every guess, and goes on."""
    attacker = Attacker(app, source)
    statuses = [attacker.guess(user.email) for _ in range(30)]
    assert statuses == [422] * 10 + [429] * 20
    return attacker


def is_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def test_a_known_device_gets_in_at_once_while_the_attack_goes_on(app, clock, victim) -> None:
    own = app.test_client()
    signing.sign_in(own, victim, own_device=True)
    let_in = 0
    for _ in range(20):
        own.submit("/account", form="/sign-out")
        clock.forward(minutes=20)
        under_attack(app, clock, victim)
        signing.sign_in(own, victim)
        let_in += is_in(own)
    assert let_in == 20


def test_nobody_makes_a_device_known_by_its_cookie_of_another_person(app, clock, victim) -> None:
    thief = builders.worker()
    own = app.test_client()
    signing.sign_in(own, thief, own_device=True)
    own.submit("/account", form="/sign-out")
    under_attack(app, clock, victim)
    sent = {"email": victim.email, "password": builders.PASSWORD}
    assert own.submit("/sign-in", sent, form="with-password").status_code == 429


def test_on_a_strange_computer_a_password_and_a_recovery_code_together_get_in(
    session, app, clock, victim
) -> None:
    made = codes.make_recovery_codes(victim)
    session.commit()
    let_in = 0
    for code in made:
        under_attack(app, clock, victim)
        ward = app.test_client()
        ward.environ_base["REMOTE_ADDR"] = "198.51.100.7"  # the attack comes from the same hospital
        sent = {"email": victim.email, "password": builders.PASSWORD, "recovery": code}
        ward.submit("/sign-in", sent, form="with-password")
        let_in += is_in(ward)
        clock.forward(minutes=20)
    assert let_in == 10


def test_a_recovery_code_without_the_password_opens_nothing(session, app, clock, victim) -> None:
    code = codes.make_recovery_codes(victim)[0]
    session.commit()
    ward = app.test_client()
    sent = {"email": victim.email, "password": GUESS, "recovery": code}
    statuses = [ward.submit("/sign-in", sent, form="with-password").status_code for _ in range(15)]
    assert statuses == [422] * 10 + [429] * 5
    assert codes.recovery_codes_left(victim) == 10


def test_on_a_strange_computer_a_passkey_gets_in(session, app, settings, clock, victim) -> None:
    key = Authenticator(settings.base_url)
    with app.test_request_context():
        passkeys.add(victim, key.make(passkeys.options_for_adding(victim)), "")
        session.commit()
    let_in = 0
    for _ in range(10):
        under_attack(app, clock, victim)
        ward = app.test_client()
        ward.environ_base["REMOTE_ADDR"] = "198.51.100.7"
        filled = ward.fill("/sign-in", form="with-passkey")
        (options,) = ward.get("/sign-in").html.xpath("//@data-options")
        filled.data["credential"] = key.show(options)
        ward.send(filled)
        let_in += is_in(ward)
        clock.forward(minutes=20)
    assert let_in == 10


def test_who_has_to_wait_is_told_how_long_and_another_way_in(app, clock, victim) -> None:
    attacker = under_attack(app, clock, victim)
    answer = attacker.client.post("/sign-in", data=attacker.sent | {"email": victim.email})
    assert answer.headers["Retry-After"] == "300"
    assert "Wait 5 minutes" in answer.text
    assert "recovery code" in answer.words


def test_an_unknown_name_costs_and_waits_like_a_known_one(app, clock, victim, hashes) -> None:
    made, answers = {}, {}
    for email in (victim.email, "nobody@example.org"):
        attacker = Attacker(app, f"203.0.113.{len(made)}")
        hashes.clear()
        answers[email] = [attacker.guess(email) for _ in range(30)]
        made[email] = hashes["all"]
    assert made[victim.email] == made["nobody@example.org"] == 10
    assert answers[victim.email] == answers["nobody@example.org"]


def test_an_invited_or_disabled_account_costs_the_same_too(
    session, app, clock, victim, hashes
) -> None:
    gone = builders.worker()
    gone.disabled_at = kernel_clock.now()
    invited = builders.worker()
    invited.password_hash = ""
    session.commit()
    for email in (gone.email, invited.email):
        hashes.clear()
        assert Attacker(app, "203.0.113.9").guess(email) == 422
        assert hashes["all"] == 1


def test_a_password_too_long_to_be_one_is_not_hashed(app, clock, victim, hashes) -> None:
    for email in (victim.email, "nobody@example.org"):
        attacker = Attacker(app, "203.0.113.9")
        hashes.clear()
        answer = attacker.client.post(
            "/sign-in", data=attacker.sent | {"email": email, "password": "x" * 129}
        )
        assert answer.status_code == 422
        assert hashes["all"] == 0


def test_guesses_at_the_same_moment_do_not_slip_past_the_counter(app, session, clock) -> None:
    user = builders.worker()
    email = user.email
    session.commit()

    def guess(_: int) -> bool:
        with app.test_request_context():
            try:
                throttle.take(Door.PASSWORD, email)
            except TooOften:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(guess, range(60)))
    assert made.count(True) == 10


def test_codes_are_guessed_at_no_faster_than_passwords(app, clock, victim) -> None:
    stranger = app.test_client()
    stranger.submit("/sign-in", email=victim.email, password=builders.PASSWORD)
    filled = stranger.fill("/sign-in", code="000000")
    statuses = [stranger.send(filled).status_code for _ in range(15)]
    assert statuses == [422] * 10 + [429] * 5


def test_right_passwords_use_up_no_guesses(app, clock, victim) -> None:
    for _ in range(30):
        browser = app.test_client()
        clock.forward(seconds=31)
        signing.sign_in(browser, victim)
        assert is_in(browser)


def test_one_address_tries_a_hundred_times_and_then_waits_but_its_neighbour_does_not(
    app, session, clock
) -> None:
    clock("2026-11-23 09:00")
    attacker = Attacker(app, "198.51.100.7")
    statuses = [attacker.guess(f"nobody{n}@example.org") for n in range(120)]
    assert statuses == [422] * 100 + [429] * 20
    assert Attacker(app, "198.51.100.8").guess("somebody@example.org") == 422


def test_the_table_names_nobody(app, session, clock, victim) -> None:
    under_attack(app, clock, victim)
    kept = " ".join(session.scalars(select(GuessBucket.bucket)))
    assert victim.email not in kept
    assert "198.51" not in kept


def test_old_counts_are_forgotten(app, session, clock, victim) -> None:
    under_attack(app, clock, victim)
    clock.forward(days=2)
    scheduler.tick(app, clock.instant)
    assert not session.scalars(select(GuessBucket)).all()


def test_a_forgotten_device_is_a_stranger_again(app, session, clock, victim) -> None:
    own = app.test_client()
    signing.sign_in(own, victim, own_device=True)
    (device,) = devices.devices_of(victim)
    own.submit("/account", form=f"/account/devices/{device.id}/forget")
    own.submit("/account", form="/sign-out")
    under_attack(app, clock, victim)
    sent = {"email": victim.email, "password": builders.PASSWORD}
    assert own.submit("/sign-in", sent, form="with-password").status_code == 429


def test_a_ward_computer_keeps_no_cookie(app, clock, victim) -> None:
    ward = app.test_client()
    answer = signing.sign_in(ward, victim)
    assert not any("Max-Age" in c or "-device" in c for c in answer.headers.getlist("Set-Cookie")
                   if "Max-Age=0" not in c)  # fmt: skip
    assert not devices.devices_of(victim)


def test_a_known_device_is_known_for_ninety_days(app, clock, victim) -> None:
    own = app.test_client()
    answer = signing.sign_in(own, victim, own_device=True)
    (cookie,) = (c for c in answer.headers.getlist("Set-Cookie") if "-device=" in c)
    assert "Max-Age=7776000" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    clock.forward(days=89)
    assert devices.devices_of(victim)
    clock.forward(days=1)
    assert not devices.devices_of(victim)
