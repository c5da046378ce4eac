import contextlib
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.dialogue.knowledge import Knowledge
from app.segments import segments
from tests.conftest import GUIDE, give_form
from tests.hostile import ATTACKS

Run = Callable[..., Result]
DOCUMENT = "The Bedside Lamp\n\nIt is green.\n\nUsing the lamp\n\nPress it.\n\nAsk her.\n"
BY = ("--by", "Dr. B", "--role", "doctor")


@pytest.fixture
def run(folder: Path, cache: Path, tmp_path: Path, knowledge: Knowledge) -> Run:
    environment = {
        "HAI_FAQ_CONTENT_DIR": str(folder),
        "HAI_FAQ_CACHE_DIR": str(cache),
        "HAI_FAQ_DATABASE_URL": f"sqlite:///{tmp_path / 'cli.db'}",
        "HAI_FAQ_RISK": "0.05",
    }

    def invoke(*args: str, input: str | None = None) -> Result:
        return CliRunner().invoke(main, args, env=environment, input=input)

    return invoke


def test_ask_prints_the_reply_and_why(run: Run) -> None:
    result = run("ask", "what color is the lamp")
    assert "The lamp is green." in result.output
    assert "lamp-color: 'what color is the lamp' (100% alike)" in result.output


def test_search_lists_entries(run: Run) -> None:
    assert run("search", "bulb").output.startswith("lamp-bulb:")


def test_approve_shows_the_text_asks_and_seals(run: Run, folder: Path) -> None:
    path = folder / "faq.yaml"
    path.write_text(path.read_text().replace("answer: The lamp is green.", "answer: The lamp is red."))
    assert run("lint").exit_code == 1
    refused = run("approve", *BY, input="n\n")
    assert "now:    The lamp is red." in refused.output
    assert "sealed 0 of 1 texts" in refused.output
    assert "sealed 1 of 1 texts" in run("approve", *BY, input="y\n").output
    assert run("lint").exit_code == 0


def test_approve_of_an_unknown_key_is_an_error(run: Run) -> None:
    assert run("approve", "lamp-moon", *BY, "--yes").exit_code == 2


def test_a_content_error_is_one_line_and_status_one(run: Run, folder: Path) -> None:
    (folder / "faq.yaml").write_text("entries: [\n")
    result = run("lint")
    assert result.exit_code == 1
    assert "faq.yaml:" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("name", ["brackets", "laughs", "no end", "pipe", "folder", "10 GB"])
@pytest.mark.parametrize("command", [("approve", *BY, "--yes"), ("build",), ("serve",)], ids=lambda c: c[0])
def test_a_hostile_file_ends_each_command_with_one_line(
    run: Run, folder: Path, command: tuple[str, ...], name: str
) -> None:
    attack = ATTACKS[name]
    attack.put(folder / attack.name)
    result = run(*command)
    assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
    assert re.match(f"Error: {re.escape(str(folder / attack.name))}:{attack.said}", result.output)


@pytest.mark.parametrize("name", ["brackets", "laughs", "no end", "pipe", "folder", "10 GB"])
def test_lint_names_a_hostile_file_in_one_line(run: Run, folder: Path, name: str) -> None:
    attack = ATTACKS[name]
    attack.put(folder / attack.name)
    result = run("lint")
    assert (result.exit_code, result.output.count(f"{attack.name}:")) == (1, 1)
    assert re.search(f"^error: {re.escape(attack.name)}:{attack.said}", result.output, re.M)


def test_lint_tries_the_danger_check_on_a_draft(run: Run, folder: Path) -> None:
    (folder / "faq.lock").unlink()
    result = run("lint", "--danger")
    assert result.exit_code == 1
    assert "error: danger check: does not raise crisis: " in result.output
    assert "danger check: 20 emergency: " in result.output


def test_going_live_names_what_the_danger_check_misses(run: Run) -> None:
    assert "- danger check: does not raise emergency: " in run("go-live").output


def test_going_live_with_content_that_cannot_be_read_names_all_that_is_wrong(run: Run, folder: Path) -> None:
    (folder / "intents" / "lexicon.yaml").unlink()
    (folder / "intents" / "smalltalk.yaml").unlink()
    result = run("go-live")
    assert result.exit_code == 1
    assert "- intents/lexicon.yaml: is missing" in result.output
    assert "- intents/smalltalk.yaml: is missing" in result.output


def _hear_interrupts() -> None:
    """Undo what a shell does to jobs in the background: their children never hear of Ctrl-C, and the test waited on."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_lint_watches_until_it_is_told_to_stop(folder: Path) -> None:
    environment = {**os.environ, "HAI_FAQ_CONTENT_DIR": str(folder)}
    command = [str(Path(sys.executable).with_name("hai-faq")), "lint", "--watch"]
    faq = (folder / "faq.yaml").read_text()
    with (
        subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, text=True, preexec_fn=_hear_interrupts
        ) as process,
        contextlib.ExitStack() as stack,
    ):
        stack.callback(process.kill)
        lines = process.stdout or iter(())
        assert any(line.startswith("new: warning: ") for line in lines)
        assert any(line.startswith("0 errors, ") for line in lines)
        (folder / "faq.yaml").write_text("entries: [\n")
        assert any(line.startswith("new: error: faq.yaml:") for line in lines)
        (folder / "faq.yaml").write_text(faq)
        assert any(line.startswith("gone: error: faq.yaml:") for line in lines)
        assert any(line.startswith("0 errors, ") for line in lines)
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0


def test_lint_warns_of_files_that_are_named_like_content_and_not_read(run: Run, folder: Path) -> None:
    (folder / "intents" / "lamp.yml").touch()
    result = run("lint")
    assert result.exit_code == 0
    assert "warning: intents/lamp.yml: is not read" in result.output


def test_withhold_and_undo(run: Run) -> None:
    assert "is taken back" in run("withhold", "lamp-color", "--by", "Dr. B", "--why", "repainted").output
    undone = run("withhold", "lamp-color", "--by", "Dr. B", "--why", "green again", "--undo")
    assert "is served again" in undone.output
    assert run("withhold", "lamp-moon", "--by", "Dr. B", "--why", "x").exit_code == 2


def test_withhold_waits_for_a_store_that_is_held_and_says_so(run: Run, tmp_path: Path) -> None:
    run("migrate")
    holder = sqlite3.connect(tmp_path / "cli.db", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    threading.Timer(3.0, holder.rollback).start()
    held = run("withhold", "lamp-color", "--by", "Dr. B", "--why", "repainted")
    assert re.search(r"nothing is done yet, trying again for \d+ s: .*: database is locked", held.stderr)
    assert "is taken back" in held.output


def test_withhold_waits_for_a_store_that_another_process_is_making(run: Run, tmp_path: Path) -> None:
    holder = sqlite3.connect(tmp_path / "cli.db", isolation_level=None, check_same_thread=False)
    holder.execute("PRAGMA journal_mode=WAL")
    holder.execute("BEGIN IMMEDIATE")
    threading.Timer(3.0, holder.rollback).start()
    held = run("withhold", "lamp-color", "--by", "Dr. B", "--why", "repainted")
    assert "cannot be migrated: database is locked" in held.stderr
    assert "is taken back" in held.output


def test_what_texts_get_while_the_service_is_down_is_sealed_and_says_whom_to_call(run: Run) -> None:
    printed = run("sms-fallback").output
    message = ElementTree.fromstring(printed).findtext("Message") or ""  # noqa: S314 our own reply
    assert message == "In an emergency call 911. The offline text."
    assert segments(message).parts <= 2


def test_sources_are_sealed_and_checked(run: Run, tmp_path: Path) -> None:
    document = tmp_path / "lamp.txt"
    document.write_text(DOCUMENT)
    assert run("sources", "check", str(document)).exit_code == 1
    assert "sealed 3 paragraphs" in run("sources", "seal", str(document), *BY).output
    assert run("sources", "check", str(document)).exit_code == 0
    document.write_text(DOCUMENT.replace("Press", "Pull"))
    drifted = run("sources", "check", str(document))
    assert drifted.exit_code == 1
    assert "lamp/use/1 has changed: review lamp-switch, lamp-hours" in drifted.output


def test_go_live_lists_what_is_left(run: Run) -> None:
    result = run("go-live")
    assert result.exit_code == 1
    assert "HAI_FAQ_ONCALL_LINE is not set" in result.output
    assert "- urgent.general: has" in result.output


def test_eval_prints_a_table_and_writes_a_report(run: Run, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"text": "what color is the lamp", "accept": ["lamp-color"]}\n')
    result = run("eval", str(cases), "--report", str(tmp_path / "report.html"))
    assert "correct 100.0%" in result.output
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")


def test_a_wrong_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAI_FAQ_PORT", "0")
    assert "HAI_FAQ_PORT" in run("lint").output


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("HAI_FAQ_HANDOFFS", "not json", "HAI_FAQ_HANDOFFS: must be JSON"),
        ("HAI_FAQ_ALLOWED_ORIGINS", "https://x", "HAI_FAQ_ALLOWED_ORIGINS: must be JSON"),
        ("HAI_FAQ_HANDOFFS", '[{"label": "A", "extention": "4"}]', "HAI_FAQ_HANDOFFS: 0.extention: Unexpected"),
        ("HAI_FAQ_DATABASE_URL", "garbage", "HAI_FAQ_DATABASE_URL: Value error, must be sqlite"),
        ("HAI_FAQ_SMS_SECRETS", '[""]', "HAI_FAQ_SMS_SECRETS: 0: Value error, must be at least 32 random characters"),
        ("HAI_FAQ_OWNER_WEBHOOK", "hooks.example/1", "HAI_FAQ_OWNER_WEBHOOK: Value error, must be a URL"),
        ("HAI_FAQ_PUBLIC_URL", "faq.example", "HAI_FAQ_PUBLIC_URL: Value error, must be a scheme and a host"),
        ("HAI_FAQ_SECRETS_DIR", "/there/is/none", "HAI_FAQ_SECRETS_DIR: there is no folder /there/is/none"),
    ],
)
def test_what_stops_the_start_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, problem: str
) -> None:
    monkeypatch.setenv(name, value)
    done = CliRunner().invoke(main, ["lint"])
    assert done.exit_code == 1
    assert done.output.startswith(f"Error: {problem}")
    assert done.output.count("\n") == 1


def test_a_misnamed_setting_is_warned_of(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HAI_FAQ_HANDOFS", "[]")
    monkeypatch.setenv("HAI_FAQ_SERVICE_HOST", "10.96.0.7")
    assert run("build").exit_code == 0
    assert [line for line in caplog.messages if "HAI_FAQ" in line] == ["no such setting, so not read: HAI_FAQ_HANDOFS"]


def test_a_port_in_use_is_named_before_anything_is_loaded(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("HAI_FAQ_PORT", str(port))
        done = run("serve")
    assert (done.exit_code, done.output) == (1, f"Error: HAI_FAQ_PORT: {port} is in use\n")


def test_an_address_of_another_machine_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAI_FAQ_HOST", "192.0.2.1")
    done = run("serve")
    assert done.exit_code == 1
    assert done.output.startswith("Error: HAI_FAQ_HOST: 192.0.2.1: ")


def test_build_names_the_folder(run: Run) -> None:
    assert run("build").output.startswith("built ")


def test_embed_prints_the_line_its_hash_and_the_policy(run: Run) -> None:
    output = run("embed", "--url", "https://faq.example/base").output
    assert '<script async src="https://faq.example/base/widget.js"></script>' in output
    assert 'integrity="sha384-' in output
    assert "script-src https://faq.example; connect-src https://faq.example" in output


def test_settings_that_do_not_go_together_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAI_FAQ_SMS_SECRETS", '["of-thirty-two-characters-and-more-it-is"]')
    done = CliRunner().invoke(main, ["serve"])
    assert "HAI_FAQ_SMS_NUMBER_KEYS" in done.output
    assert "thirty-two" not in done.output


def test_a_secret_may_stand_in_a_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "HAI_FAQ_SECRET is not set" in run("go-live").output
    (tmp_path / "hai_faq_secret").write_text("n7" * 20 + "\n")
    monkeypatch.setenv("HAI_FAQ_SECRETS_DIR", str(tmp_path))
    assert "HAI_FAQ_SECRET is not set" not in run("go-live").output


def test_lint_and_go_live_name_a_link_whose_host_is_not_listed(run: Run, folder: Path) -> None:
    give_form(folder)
    assert f"warning: lamp-bulb.answer: {GUIDE} is no link" in run("lint").output
    assert f"- lamp-bulb.answer: {GUIDE} is no link: its host is not in HAI_FAQ_LINK_HOSTS" in run("go-live").output
