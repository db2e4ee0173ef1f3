import re

import pytest
from sqlalchemy import select

from caseflow.access.permissions import Role
from caseflow.audit.models import AuditRow
from caseflow.audit.rules import Event
from caseflow.kernel.errors import Problem
from caseflow.notices.models import InboxItem
from caseflow.staff import codes
from caseflow.staff.models import AuthenticatorApp, RecoveryCode
from tests import builders
from tests.harness import signing


@pytest.fixture
def ana(session, clock):
    clock("2026-11-23 09:00:05")
    user = builders.worker(name="Ana Example")
    signing.add_app(user)
    session.commit()
    return user


def halfway(client, user) -> None:
    answer = client.submit("/sign-in", email=user.email, password=builders.PASSWORD)
    assert answer.location == "/sign-in"


def is_in(client) -> bool:
    return client.get("/account").status_code == 200


def test_a_password_and_the_apps_code_sign_in(ana, client) -> None:
    halfway(client, ana)
    assert not is_in(client)
    client.submit("/sign-in", code=signing.code_of(ana))
    assert is_in(client)


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (0, True), (1, True), (2, False)])
def test_a_code_counts_in_its_half_minute_and_its_neighbours(
    ana, client, clock, steps: int, counts: bool
) -> None:
    clock.forward(seconds=90)
    halfway(client, ana)
    client.submit("/sign-in", code=signing.code_of(ana, steps=steps))
    assert is_in(client) is counts


def test_no_code_counts_twice_out_of_a_hundred(ana, app, clock) -> None:
    taken = 0
    for _ in range(100):
        clock.forward(minutes=6)
        code = signing.code_of(ana)
        first, second = app.test_client(), app.test_client()
        for browser in (first, second):
            halfway(browser, ana)
            browser.submit("/sign-in", code=code)
        assert is_in(first)
        taken += is_in(second)
    assert taken == 0


def test_an_older_code_is_refused_after_a_newer_one(ana, client, app, clock) -> None:
    clock.forward(seconds=60)
    halfway(client, ana)
    client.submit("/sign-in", code=signing.code_of(ana, steps=1))
    other = app.test_client()
    halfway(other, ana)
    for steps in (-1, 0, 1):
        other.submit("/sign-in", code=signing.code_of(ana, steps=steps))
        assert not is_in(other)


@pytest.mark.parametrize("back", [1, 30, 90, 86_400])
def test_a_clock_set_back_opens_no_old_code_again(ana, app, clock, back: int) -> None:
    clock.forward(days=2)
    first, second = app.test_client(), app.test_client()
    halfway(first, ana)
    first.submit("/sign-in", code=signing.code_of(ana))
    assert is_in(first)
    clock.forward(seconds=-back)
    halfway(second, ana)
    second.submit("/sign-in", code=signing.code_of(ana))
    assert not is_in(second)


@pytest.mark.parametrize(
    "wrong", ["", "12345", "1234567", "abcdef", "１２３４５６", "٠١٢٣٤٥", "12 34 5x", "0" * 5_000]
)
def test_what_is_no_code_is_refused_and_never_breaks(ana, client, wrong: str) -> None:
    halfway(client, ana)
    assert client.submit("/sign-in", code=wrong).status_code == 422
    assert not is_in(client)


def test_a_code_may_be_typed_with_a_blank_in_it(ana, client) -> None:
    halfway(client, ana)
    code = signing.code_of(ana)
    client.submit("/sign-in", code=f"{code[:3]} {code[3:]}")
    assert is_in(client)


def test_the_seed_is_sealed_in_the_database(session, ana) -> None:
    app = session.scalar(select(AuthenticatorApp))
    assert signing.seed_of(ana) not in app.seed


def test_ten_recovery_codes_of_80_bits_are_kept_as_hashes_only(session, ana) -> None:
    made = codes.make_recovery_codes(ana)
    assert len(set(made)) == 10
    assert all(re.fullmatch(r"([a-z2-7]{4}-){3}[a-z2-7]{4}", code) for code in made)
    kept = " ".join(session.scalars(select(RecoveryCode.code_hash)))
    assert not any(code.replace("-", "") in kept for code in made)


def test_a_recovery_code_counts_once_and_its_owner_is_told(session, ana, app) -> None:
    code = codes.make_recovery_codes(ana)[0]
    first, second = app.test_client(), app.test_client()
    for browser in (first, second):
        halfway(browser, ana)
        browser.submit("/sign-in", recovery=code.upper().replace("-", " "))
    assert is_in(first)
    assert not is_in(second)
    told = [item.text for item in session.scalars(select(InboxItem))]
    assert "A recovery code was used to sign in. 9 are left." in told
    assert session.scalar(select(AuditRow).where(AuditRow.event == Event.RECOVERY_CODE_USED))


def test_new_recovery_codes_void_the_old_and_are_shown_once(session, ana, sign_in, client) -> None:
    old = codes.make_recovery_codes(ana)[0]
    me = sign_in(ana)
    page = me.submit("/account", form="/account/recovery-codes")
    shown = page.html.xpath("//ol[@class='cf-codes']/li/text()")
    assert len(shown) == 10
    assert not any(code in me.get("/account").text for code in shown)
    halfway(client, ana)
    client.submit("/sign-in", recovery=old)
    assert not is_in(client)
    client.submit("/sign-in", recovery=shown[3])
    assert is_in(client)


@pytest.mark.parametrize(
    "role", [Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE]
)
def test_a_role_that_needs_a_passkey_gets_in_with_no_code(session, client, role: Role) -> None:
    boss = builders.user(role)
    signing.add_app(boss)
    recovery = codes.make_recovery_codes(boss)[0]
    signing.forget_step(boss)
    session.commit()
    halfway(client, boss)
    token = client.get("/sign-in").html.xpath("//input[@name='csrf_token']/@value")[0]
    for sent in ({"code": signing.code_of(boss)}, {"recovery": recovery}):
        answer = client.post(
            "/sign-in", data={"csrf_token": token, "step": "second", "own_device": "", **sent}
        )
        assert "needs a passkey" in answer.text
        assert not is_in(client)


def test_the_made_up_second_factor_opens_no_real_database(session, ana, client) -> None:
    halfway(client, ana)
    token = client.get("/sign-in").html.xpath("//input[@name='csrf_token']/@value")[0]
    answer = client.post("/sign-in", data={"csrf_token": token, "step": "second", "demo": "yes"})
    assert answer.status_code == 422
    assert not is_in(client)


def test_who_has_no_second_factor_gets_no_session(session, client) -> None:
    bare = builders.worker()
    session.commit()
    halfway(client, bare)
    assert "no second factor" in client.get("/sign-in").words
    assert not is_in(client)


def test_an_app_is_added_by_its_own_code_and_other_browsers_are_signed_out(
    session, sign_in, clock
) -> None:
    clock("2026-11-23 09:00")
    user = builders.worker()
    me, elsewhere = sign_in(user), sign_in(user)
    filled = me.fill("/account/app")
    seed = codes.seed_for(user, filled.data["form_key"])
    filled.data["code"] = codes._totp(seed).at(clock.instant)
    page = me.send(filled)
    assert len(page.html.xpath("//ol[@class='cf-codes']/li")) == 10
    assert codes.app_of(user) is not None
    assert is_in(me)
    assert not is_in(elsewhere)


def test_a_wrong_code_adds_no_app_and_shows_the_same_square(session, sign_in) -> None:
    user = builders.worker()
    me = sign_in(user)
    filled = me.fill("/account/app", code="000000")
    again = me.send(filled)
    assert again.errors["code"].startswith("This code is not right")
    assert again.html.xpath("//input[@name='form_key']/@value") == [filled.data["form_key"]]
    assert codes.app_of(user) is None


def test_the_only_second_factor_cannot_be_removed(ana, sign_in) -> None:
    me = sign_in(ana)
    me.submit("/account", form="/account/app/remove")
    assert codes.app_of(ana) is not None


def test_a_code_is_worth_nothing_to_another_person(ana, session, client) -> None:
    other = builders.worker()
    signing.add_app(other)
    session.commit()
    halfway(client, other)
    client.submit("/sign-in", code=signing.code_of(ana))
    assert not is_in(client)


def test_recovery_codes_of_somebody_else_are_none(ana, session) -> None:
    other = builders.worker()
    code = codes.make_recovery_codes(other)[0]
    assert codes.unused_recovery_code(ana, code) is None
    with pytest.raises(Problem):
        codes.check_code(ana, code)


def test_a_recovery_code_is_spent_once_at_the_same_moment_too(ana, session) -> None:
    words = codes.make_recovery_codes(ana)[0]
    code = codes.unused_recovery_code(ana, words)
    assert code is not None
    assert codes.spend(code)
    assert not codes.spend(code)
    session.expire_all()
    assert codes.unused_recovery_code(ana, words) is None
