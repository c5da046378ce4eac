"""`hai-faq`: serve, build, ask, search, eval, embed, lint, approve, withhold, go-live; sources, review, records."""

import logging
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import uvicorn

from app import evaluation, live
from app import lint as linting
from app.channels import assets
from app.channels.http.logs import BatchingHandler, JsonFormatter
from app.channels.http.protocol import HardenedProtocol
from app.commands import records, review, sources
from app.commands.ground import clean, settings_of, store_of
from app.commands.listening import check_address
from app.content import approval, files
from app.content.approval import DEMO, URGENT_KEY
from app.content.schema import Content
from app.dialogue import engine
from app.dialogue.lookup import look_up
from app.dialogue.messages import Message, State
from app.errors import ContentError
from app.main import check_handoffs, check_scripts, create_app, place
from app.records.withdrawals import Withdrawal, Withdrawals
from app.settings import Settings

SWITCH = 0.0005
"""Seconds after which a thread that works for later gives way to the answers. With Python's own 5 ms the p99 of
messages was 12 to 13 ms while the look-up's index was made and records were written, with this 9.
"""


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """Approved answers to questions. Settings come from HAI_FAQ_... variables, .env or files of HAI_FAQ_SECRETS_DIR."""
    handler = BatchingHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for noisy in ("alembic", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    context.obj = settings_of(os.environ)


@main.command()
@click.pass_obj
@clean
def serve(settings: Settings) -> None:
    """Answers over HTTP. The port opens when the content is loaded."""
    check_address(settings.host, settings.port)
    loaded = live.load(place(settings))  # a clear error here, rather than a stack trace from inside the server
    check_scripts(settings, loaded)
    check_handoffs(settings, loaded)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises it again after draining: no status -15
    click.echo(f"hai-faq serves at http://{settings.host}:{settings.port}", err=True)
    sys.setswitchinterval(SWITCH)
    uvicorn.run(
        create_app(settings, loaded, lambda url: click.echo(f"staff sign in, once, at {url}", err=True)),
        host=settings.host,
        port=settings.port,
        http=HardenedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=20,
    )


@main.command()
@click.pass_obj
@clean
def build(settings: Settings) -> None:
    """Fits the models into the cache, unless they are there already."""
    folder = live.build(settings.content_dir, settings.cache_dir, settings.risk)
    click.echo(f"built {folder}")


@main.command(name="migrate")
@click.pass_obj
@clean
def migrate_store(settings: Settings) -> None:
    """Brings the store's schema up to date; several at once wait for each other."""
    store = store_of(settings)
    click.echo(f"{store.url.get_backend_name()} is up to date")


@main.command()
@click.argument("text")
@click.pass_obj
@clean
def ask(settings: Settings, text: str) -> None:
    """The reply to TEXT, and why."""
    knowledge = live.load(place(settings))
    reply, _ = engine.respond(Message(text), State(), knowledge, datetime.now(UTC))
    click.echo(f"{reply.text}\n")
    intent = f", intent {reply.intent.id}" if reply.intent else ""
    click.echo(f"[{reply.kind}{intent}; threshold {knowledge.matcher.threshold:.3f}]")
    for candidate in knowledge.matcher.rank(text):
        why = knowledge.matcher.explain(text, candidate.id)
        click.echo(f"  {candidate.confidence:.3f} {candidate.id}: {why.phrasing!r} ({why.likeness:.0%} alike)")


@main.command()
@click.argument("text")
@click.option("--limit", default=5, show_default=True)
@click.pass_obj
@clean
def search(settings: Settings, text: str, limit: int) -> None:
    """Entries for TEXT, best first; its last word may be unfinished."""
    knowledge = live.load(place(settings))
    found = look_up(knowledge, text, datetime.now(UTC).date(), limit).found
    for each in found:
        click.echo(f"{each.id}: {each.title}" if each.answer else f"{each.id}: no approved text on {each.title}")


@main.command(name="eval")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--report", type=click.Path(path_type=Path), help="Write an HTML report with pictures here.")
@click.option("--signs", is_flag=True, help="Print what was raised for each sign of danger.")
@click.option("--failures", is_flag=True, help="Print every message that did not go as labelled.")
@click.pass_obj
@clean
def evaluate(settings: Settings, paths: tuple[Path, ...], report: Path | None, signs: bool, failures: bool) -> None:
    """Scores labelled messages (JSON lines, or folders of them) in this process."""
    wanted = evaluation.files_of(paths)
    knowledge = live.load(place(settings))
    scores = evaluation.evaluate(wanted, knowledge, datetime.now(UTC), _progress)
    click.echo(scores.table())
    click.echo(f"expected calibration error {evaluation.calibration_error(scores):.3f}; {scores.slowest()}")
    if signs:
        click.echo(scores.signs())
    if failures:
        for each in evaluation.failures(scores):
            click.echo(f"{each.file} {each.group}/{each.outcome}: {each.case['text']!r} -> {_got(each)}")
    if report:
        report.write_text(evaluation.report(scores, knowledge.matcher.threshold), encoding="utf-8")
        click.echo(f"report: {report}")


def _progress(done: int) -> None:
    if done % 500 == 0:
        click.echo(f"{done} messages", err=True)


def _got(each: evaluation.Judged) -> str:
    ids = [answer.id for answer in each.reply.answers] + [option.id for option in each.reply.options]
    intent = [each.reply.intent.id] if each.reply.intent else []
    return " ".join([each.reply.kind, *intent, *ids])


@main.command()
@click.pass_obj
@clean
def lint(settings: Settings) -> None:
    """What to mend before sealing; status 1 when something must be."""
    folder = settings.content_dir
    content = files.load_content(folder)
    findings = linting.lint(
        content,
        files.load_intents(folder, content),
        approval.read_lock(folder / files.LOCK),
        files.urgent_text(folder),
        datetime.now(UTC).date(),
        settings.grace,
    )
    for finding in findings:
        click.echo(str(finding))
    errors = sum(finding.level == "error" for finding in findings)
    click.echo(f"{errors} errors, {len(findings) - errors} warnings")
    sys.exit(1 if errors else 0)


@main.command()
@click.argument("keys", nargs=-1)
@click.option("--by", required=True, help="Who approves, as it is shown with the answer.")
@click.option("--role", required=True, help=f"In which role; '{DEMO}' is no approval for patients.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day; today unless given.")
@click.option("--all", "everything", is_flag=True, help="Seal every text anew, not only what is unsealed.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
@clean
def approve(
    settings: Settings,
    keys: tuple[str, ...],
    by: str,
    role: str,
    on: datetime | None,
    everything: bool,
    yes: bool,
) -> None:
    """Seals texts by their KEYS (pump-size, pump-size.answer, script.greeting), or all that need it."""
    folder = settings.content_dir
    content = files.load_content(folder)
    lock = approval.read_lock(folder / files.LOCK)
    texts = {**content.texts(), URGENT_KEY: files.urgent_text(folder)}
    chosen = _chosen(texts, keys, lock, everything)
    before = _texts_before(folder)
    accepted = {key: text for key, text in chosen.items() if yes or _agreed(key, text, before.get(key))}
    day = on.date() if on else datetime.now(UTC).date()
    sealed = lock.sealing(accepted, day, role, by).only(texts, _cited(content))
    approval.write_lock(folder / files.LOCK, sealed)
    click.echo(f"sealed {len(accepted)} of {len(chosen)} texts")


def _chosen(texts: dict[str, str], keys: tuple[str, ...], lock: approval.Lock, everything: bool) -> dict[str, str]:
    if keys:
        found = {key: text for key, text in texts.items() if key in keys or key.split(".")[0] in keys}
        unknown = [key for key in keys if key not in {*found, *(each.split(".")[0] for each in found)}]
        if unknown:
            raise click.UsageError(f"there is no text {', '.join(unknown)}")
        return found
    return texts if everything else {key: texts[key] for key in lock.broken(texts)}


def _agreed(key: str, text: str, before: str | None) -> bool:
    click.echo(f"\n== {key}")
    if before is not None and before != text:
        click.echo(f"before: {before[:2000]}")
    click.echo(f"now:    {text[:2000]}")
    return click.confirm("approve?", default=False)


def _texts_before(folder: Path) -> dict[str, str]:
    """The texts of the last commit, where the content lies in a git repository."""
    command = ["git", "-C", str(folder), "show", f"HEAD:./{files.FAQ}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
        return files.parse_content(files.parse_yaml(Path(files.FAQ), done.stdout)).texts()
    except (OSError, ContentError):
        return {}


def _cited(content: Content) -> list[str]:
    return sorted({str(source) for entry in content.entries.values() for source in entry.sources})


@main.command()
@click.argument("id")
@click.option("--by", required=True, help="Who takes it back.")
@click.option("--why", required=True, help="For the record.")
@click.option("--undo", is_flag=True, help="Serve the entry again.")
@click.pass_obj
@clean
def withhold(settings: Settings, id: str, by: str, why: str, undo: bool) -> None:
    """Takes the answer ID back on all replicas within a minute, without a deployment."""
    if id not in files.load_content(settings.content_dir).entries:
        raise click.UsageError(f"there is no entry {id}")
    withdrawals = Withdrawals(store_of(settings))
    if undo:
        done = withdrawals.remove(id)
        click.echo(f"{id} is served again" if done else f"{id} was not taken back")
    else:
        withdrawals.add(Withdrawal(id, datetime.now(UTC), by, why))
        click.echo(f"{id} is taken back")


@main.command(name="go-live")
@click.pass_obj
@clean
def go_live(settings: Settings) -> None:
    """What a site must have done before patients use it; status 1 with the list while anything is left."""
    folder = settings.content_dir
    content = files.load_content(folder)
    lock = approval.read_lock(folder / files.LOCK)
    broken = lock.broken({**content.texts(), URGENT_KEY: files.urgent_text(folder)})
    missing = [f"{key} {reason}" for key, reason in broken.items()]
    missing += linting.going_live(content, lock, _facts(settings))
    for each in missing:
        click.echo(f"- {each}")
    if settings.texts and settings.sms_consent == "gateway":
        click.echo("note: the gateway handles STOP: no emergency text can reach a number that it has opted out")
    click.echo(f"{len(missing)} things are left to do" if missing else "ready to go live")
    sys.exit(1 if missing else 0)


def _facts(settings: Settings) -> dict[str, bool]:
    return {
        "HAI_FAQ_ONCALL_LINE is not set: urgent texts cannot name a number": bool(settings.oncall_line),
        "HAI_FAQ_PHONE_LINE is not set: refusals cannot name a number": bool(settings.phone_line),
        "HAI_FAQ_SITE_NAME is not set": bool(settings.site_name),
        "HAI_FAQ_PRIVACY_ADDRESS is not set": bool(settings.privacy_address),
        "HAI_FAQ_SECRET is not set": settings.secret is not None,
        "HAI_FAQ_ALLOWED_ORIGINS names no origin": bool(settings.allowed_origins),
        "HAI_FAQ_OIDC_ISSUER is not set: staff cannot sign in with their hospital accounts": settings.sign_in == "oidc",
        "HAI_FAQ_HANDOFFS is not set: staff are not told to whom to hand over": bool(settings.handoffs),
        "HAI_FAQ_OWNER_WEBHOOK or _EMAIL is not set: nobody is told of a flagged answer": bool(
            settings.owner_webhook or settings.owner_email
        ),
    }


@main.command()
@click.option("--url", required=True, help="Where browsers reach the service, such as https://faq.hospital.example.")
@clean
def embed(url: str) -> None:
    """The line that puts the widget on a page, the same held to its hash, and what the page's policy must allow."""
    origin = "/".join(url.split("/")[:3])
    click.echo(f"{assets.embed_line(url)}\n")
    click.echo(f"{assets.pinned_line(url)}\n")
    click.echo(f"Content-Security-Policy: script-src {origin}; connect-src {origin}")


for group in (sources.sources, review.review, records.records):
    main.add_command(group)
