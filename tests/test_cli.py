"""The commands, as somebody at a terminal meets them."""

import re

import pytest

from caseflow.access.permissions import Role
from caseflow.cases.lifecycle import Stage
from caseflow.demo.messages import bars_referral
from caseflow.kernel.settings import change_setting
from caseflow.staff import queries as staff
from tests import builders

COMMANDS = [
    "init", "demo", "serve", "scheduler", "run", "intake", "outcomes", "remind", "summary",
    "export", "export evaluation", "user", "user add", "user invite", "doctor", "docs",
    "sender", "sender add", "sender list", "sender rotate", "sender revoke",
    "backup", "restore", "keys", "keys list", "keys rotate", "match", "sheet",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(cli, command: str) -> None:
    shown = cli(*command.split(), "--help")
    assert shown.code == 0
    assert len(shown.out.splitlines()) > 3


def test_a_message_is_read_once_and_the_json_is_the_contract(session, cli, tmp_path) -> None:
    builders.team()
    file = tmp_path / "message.xml"
    file.write_bytes(bars_referral())
    first = cli("intake", file, "--json")
    assert first.code == 0
    assert set(first.json) == {"file", "outcome", "reference", "problems"}
    assert (first.json["file"], first.json["outcome"]) == (str(file), "created")
    again = cli("intake", file, "--json")
    assert (again.json["outcome"], again.json["reference"]) == (
        "unchanged",
        first.json["reference"],
    )


def test_one_bad_file_is_one_clear_line_and_the_others_are_read(session, cli, tmp_path) -> None:
    builders.team()
    good, bad, gone = (tmp_path / name for name in ("good.xml", "bad.xml", "gone.xml"))
    good.write_bytes(bars_referral())
    bad.write_bytes(bars_referral()[:300])
    shown = cli("intake", bad, gone, good)
    assert shown.code == 1
    assert f"{bad}: refused" in shown.out
    assert f"{gone}: refused" in shown.out
    assert "No such file" in shown.out
    assert f"{good}: created CF-" in shown.out


def test_a_folder_is_read_with_all_in_it_and_the_same_command_goes_on(
    session, cli, tmp_path
) -> None:
    builders.team()
    further = tmp_path / "further" / "in"
    further.mkdir(parents=True)
    (tmp_path / "1.xml").write_bytes(bars_referral())
    (further / "2.xml").write_bytes(bars_referral(last_updated="2026-11-20T22:40:00+00:00"))
    (tmp_path / ".hidden").write_bytes(b"nobody's message")
    first = cli("intake", tmp_path)
    assert first.code == 0
    assert "2 files: 1 created, 1 updated" in first.out
    (further / "3.xml").write_bytes(b"hello")
    again = cli("intake", tmp_path)
    assert again.code == 1
    assert "3 files: 1 refused, 2 unchanged" in again.out


def test_what_would_become_of_files_is_shown_and_not_done(command, tmp_path) -> None:
    folder = tmp_path / "messages"
    folder.mkdir()
    (folder / "1-new.xml").write_bytes(bars_referral())
    later = "2026-11-20T22:40:00+00:00"
    (folder / "2-update.xml").write_bytes(bars_referral(reason="update", last_updated=later))
    shown = command("outcomes", folder, "--in-order", "*.xml")
    assert shown.code == 0, shown.err
    alone, together = shown.out.split("One after another, 1 referral:")
    assert [line.split()[0] for line in alone.strip().splitlines()] == ["created", "created"]
    assert [line.split()[0] for line in together.strip().splitlines()] == ["created", "updated"]


def test_a_system_is_let_in_given_another_secret_and_put_out(session, cli) -> None:
    added = cli("sender", "add", "Trust PAS", "rwe", "RX1")
    assert added.code == 0
    assert added.out.startswith("cfs_")
    assert "Trust PAS may send for RWE, RX1" in added.err
    assert cli("sender", "add", "Trust PAS", "RWE").code == 1
    assert cli("sender", "add", "Another", "no code").code == 1
    another = cli("sender", "rotate", "Trust PAS")
    assert another.out.startswith("cfs_")
    assert another.out != added.out
    assert cli("sender", "list").out == "Trust PAS: RWE, RX1; 2 secrets\n"
    assert cli("sender", "revoke", "Trust PAS").code == 0
    assert cli("sender", "list").out == "Trust PAS: RWE, RX1; revoked\n"
    assert cli("sender", "rotate", "Nobody").code == 1


def test_the_demo_fills_only_a_database_marked_as_demo(session, cli) -> None:
    shown = cli("demo")
    assert shown.code == 1
    assert "not marked as demo" in shown.err
    assert not staff.all_users()


def test_the_demos_json_is_the_contract(session, cli) -> None:
    change_setting("demo", True, by_id=None)
    shown = cli("demo", "--json")
    assert shown.code == 0, shown.err
    assert {"reference", "stage", "scenario"} == set(shown.json["cases"][0])
    assert {"email", "password", "role"} <= set(shown.json["sign_ins"][0])
    assert {case["stage"] for case in shown.json["cases"]} == {stage.value for stage in Stage}


def test_a_summary_is_written_or_the_reason_said(session, cli, tmp_path) -> None:
    case = builders.case_at(Stage.LONG_TERM)
    file = tmp_path / "summary.pdf"
    assert cli("summary", case.reference.lower(), file).code == 0
    assert file.read_bytes().startswith(b"%PDF")
    missing = cli("summary", "CF-NONE-0000", tmp_path / "x.pdf")
    assert missing.code == 1
    assert missing.err.strip() == "Error: There is no case CF-NONE-0000."


def test_a_moment_that_is_none_is_said(session, cli) -> None:
    shown = cli("remind", "--now", "next tuesday")
    assert shown.code == 1
    assert "2026-11-23T09:00" in shown.err


def test_remind_tells_how_many(session, cli) -> None:
    builders.case_at(Stage.LONG_TERM)
    assert set(cli("remind", "--json").json) == {"due", "told", "mailed", "failed"}


def test_a_user_is_added_with_their_team(session, cli) -> None:
    words = ["--email", "ana@example.org", "--name", "Ana", "--role", "youth_worker"]
    team = ["--team", "Ward", "--streams", "hospital,custody"]
    shown = cli("user", "add", *words, *team)
    assert shown.code == 0
    assert re.search(r"http://localhost:\d+/link/[\w-]{43}$", shown.out.strip())
    ana = staff.user_by_email("ana@example.org")
    assert ana is not None
    assert (ana.role, ana.team.streams) == (Role.YOUTH_WORKER, ["hospital", "custody"])
    again = cli("user", "add", *words, *team)
    assert (again.code, again.err.strip()) == (
        1,
        "Error: Somebody already has this e-mail address.",
    )


def test_an_unknown_stream_is_no_stream(session, cli) -> None:
    shown = cli(
        "user", "add", "--email", "b@example.org", "--name", "B", "--role", "supervisor",
        "--team", "Ward", "--streams", "hospitl",
    )  # fmt: skip
    assert shown.code == 1
    assert "hospitl" in shown.err


def test_plain_http_is_for_a_demo_only(session, cli) -> None:
    shown = cli("serve")
    assert shown.code == 1
    assert "https:" in shown.err


def test_the_doctor_says_what_is_unsafe_and_how_to_mend_it(session, cli) -> None:
    shown = cli("doctor", "--json")
    found = {finding["what"]: finding for finding in shown.json}
    assert shown.code == 1
    assert not found["secret key"]["ok"]
    assert "32 characters" in found["secret key"]["says"]
    assert "https:" in found["address"]["says"]
