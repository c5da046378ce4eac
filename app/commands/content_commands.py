"""`hai-faq lint`, `withhold`, `go-live` and `sms-fallback`: what an owner does before and while content is served."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import click

from app import lint as linting
from app.channels.sms.twilio import Twilio
from app.commands.environment import open_store
from app.content import approval, files
from app.dialogue.approved import approve
from app.dialogue.messages import Message
from app.errors import ContentError, HaiFaqError, StoreError
from app.lint import Draft, Finding, grouped, unreadable
from app.lint.danger_checks import Trials
from app.lint.watch import changes, differences
from app.loading import model_cache
from app.loading.loader import load_draft
from app.loading.training_sets import TOPICS
from app.records.withdrawals import Withdrawal, Withdrawals
from app.settings import Settings

Result = TypeVar("Result")

PATIENCE = 60.0
"""Seconds for which a store that is held by another process is waited for."""
PAUSE = 1.0
"""Seconds between two attempts, beside the two that SQLite itself waits."""
SILENCE = 4.0
"""Seconds after which the person is told that an attempt goes on: a migration elsewhere is waited for to its end."""


@click.command()
@click.option("--danger", is_flag=True, help="Also try the danger check on a list of plain messages; it needs a fit.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl-C.")
@click.pass_obj
def lint(settings: Settings, danger: bool, watch: bool) -> None:
    """Say what to mend before sealing; status 1 when something must be."""
    if watch and danger:
        raise click.UsageError("--danger fits a model, which is too slow for --watch")
    sys.exit(_watch(settings) if watch else _lint(settings, danger))


def _lint(settings: Settings, danger: bool) -> int:
    findings = _findings(settings)
    for line in grouped(findings):
        click.echo(line)
    if danger:
        trials = _danger_trials(settings)
        for finding in trials.findings:
            click.echo(str(finding))
        click.echo(trials.summary)
        findings += trials.findings
    return _conclude(findings)


def _watch(settings: Settings) -> int:
    """Return the status of the last run once the person ends it; of the first, all findings are new."""
    findings: list[Finding] = []
    status = 0
    with contextlib.suppress(KeyboardInterrupt):
        for _ in changes(settings.content_dir, settings.documents_dir):
            before, findings = findings, _findings(settings)
            for line in differences(before, findings):
                click.echo(line)
            status = _conclude(findings)
    return status


def _findings(settings: Settings) -> list[Finding]:
    """Return what is wrong in content that can be read, else all that keeps it from being read."""
    try:
        draft = Draft.read(settings.content_dir, settings.documents_dir)
        findings = linting.lint(draft, datetime.now(UTC).date(), settings.grace)
        return [*findings, *_of_site(settings, draft)]
    except ContentError as error:
        return unreadable.find(settings.content_dir) or [unreadable.finding(settings.content_dir, error)]


def _of_site(settings: Settings, draft: Draft) -> Iterator[Finding]:
    """Yield what depends on the site's settings, and what the model tells where one is fitted for the draft."""
    yield from linting.find_unlisted_links(draft.content, settings.link_hosts)
    fitted = model_cache.cached_near(settings.content_config)
    if fitted:
        confusions = fitted.matchers[TOPICS].confusions
        yield from linting.find_alike(confusions)
        yield from linting.find_needy(confusions, frozenset(draft.content.entries))


def _conclude(findings: Sequence[Finding]) -> int:
    """Print how many there are; return 1 where one must be mended."""
    errors = sum(finding.level == "error" for finding in findings)
    click.echo(f"{errors} errors, {len(findings) - errors} warnings")
    return 1 if errors else 0


def _danger_trials(settings: Settings) -> Trials:
    """Return what the danger check makes of the built-in list, whether the texts are sealed or not."""
    knowledge = load_draft(settings.content_config)
    return Trials.of(lambda message: knowledge.assess(Message(message)))


@click.command()
@click.argument("id")
@click.option("--by", required=True, help="Who takes it back.")
@click.option("--why", required=True, help="For the record.")
@click.option("--undo", is_flag=True, help="Serve the entry again.")
@click.pass_obj
def withhold(settings: Settings, id: str, by: str, why: str, undo: bool) -> None:
    """Take the answer ID back on all replicas within a minute, without a deployment."""
    if id not in files.load_content(settings.content_dir).entries:
        raise click.UsageError(f"there is no entry {id}")
    if undo:
        removed = _once_free(lambda: Withdrawals(open_store(settings)).remove(id))
        click.echo(f"{id} is served again" if removed else f"{id} was not taken back")
    else:
        _once_free(lambda: Withdrawals(open_store(settings)).add(Withdrawal(id, datetime.now(UTC), by, why)))
        click.echo(f"{id} is taken back")


def _once_free(work: Callable[[], Result]) -> Result:
    """Return what is done to the store, which another process may hold: it is tried for `PATIENCE` seconds, and the
    person who waits is told for what. Raises `StoreError` in the end.
    """
    until = time.monotonic() + PATIENCE
    while True:
        silent = threading.Timer(
            SILENCE, click.echo, ("nothing is done yet: the store is silent or held",), {"err": True}
        )
        silent.daemon = True
        silent.start()
        try:
            return work()
        except StoreError as error:
            left = until - time.monotonic()
            if left <= 0:
                raise
            click.echo(f"nothing is done yet, trying again for {left:.0f} s: {error}", err=True)
            time.sleep(PAUSE)
        finally:
            silent.cancel()


@click.command(name="go-live")
@click.pass_obj
def go_live(settings: Settings) -> None:
    """List what a site must do before patients use it; status 1 while anything is left."""
    todo = _todo(settings)
    for item in todo:
        click.echo(f"- {item}")
    if settings.texts and settings.sms_consent == "gateway":
        click.echo("note: the gateway handles STOP: no emergency text can reach a number that it has opted out")
    click.echo(f"{len(todo)} things are left to do" if todo else "ready to go live")
    sys.exit(1 if todo else 0)


def _todo(settings: Settings) -> list[str]:
    """Return what is left, the danger check tried last: it may take a fit."""
    try:
        draft = Draft.read(settings.content_dir, settings.documents_dir)
    except ContentError:
        return [finding.told for finding in _findings(settings)]
    todo = linting.going_live(draft, _facts(settings))
    try:
        trials = _danger_trials(settings).findings
    except HaiFaqError as error:
        return [*todo, f"the danger check cannot be tried: {error}"]
    return todo + [finding.told for finding in (*trials, *_of_site(settings, draft))]


@click.command(name="sms-fallback")
@click.pass_obj
def sms_fallback(settings: Settings) -> None:
    """Print what a gateway is to answer while the service is down, as TwiML: whom to call, sealed."""
    folder = settings.content_dir
    content, lock = files.load_content(folder), approval.read_lock(folder / files.LOCK)
    approved = approve(content, lock, files.urgent_texts(folder), {}, settings.site, settings.grace)
    said = f"{approved.text('safety-notice')} {approved.text('offline', 'fallback')}"
    click.echo(bytes(Twilio(()).response((said,)).body).decode())


def _facts(settings: Settings) -> dict[str, bool]:
    """Return what is wrong with a setting -> whether the setting is right."""
    return {
        "HAI_FAQ_ONCALL_LINE is not set: urgent texts cannot name a number": bool(settings.oncall_line),
        "HAI_FAQ_PHONE_LINE is not set: refusals cannot name a number": bool(settings.phone_line),
        "HAI_FAQ_SITE_NAME is not set": bool(settings.site_name),
        "HAI_FAQ_PRIVACY_ADDRESS is not set": bool(settings.privacy_address),
        "HAI_FAQ_SECRET is not set": settings.secret is not None,
        "HAI_FAQ_ALLOWED_ORIGINS names no origin": bool(settings.allowed_origins),
        "HAI_FAQ_OIDC_ISSUER is not set: staff cannot sign in with their hospital accounts": settings.sign_in == "oidc",
        "HAI_FAQ_TWILIO_FALLBACK_URL is not set: while the service is down, Twilio answers danger with silence": bool(
            settings.twilio_fallback_url or not settings.twilio_auth_tokens
        ),
        "HAI_FAQ_SMS_OPT_OUT_WEBHOOK is not set: nobody else honours an opt-out from text messages": bool(
            settings.sms_opt_out_webhook or not settings.texts
        ),
        "HAI_FAQ_HANDOFFS is not set: staff are not told to whom to hand over": bool(settings.handoffs),
        "HAI_FAQ_OWNER_WEBHOOK or _EMAIL is not set: nobody is told of a flagged answer": bool(
            settings.owner_webhook or settings.owner_email
        ),
    }
