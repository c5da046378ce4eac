"""`hai-faq lint`, `withhold`, `go-live` and `sms-fallback`: what an owner does before and while content is served."""

import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import click

from app import lint as linting
from app.channels.sms.twilio import Twilio
from app.commands.environment import open_store
from app.content import approval, files
from app.content.schema import GENERAL
from app.dialogue.approved import approve
from app.errors import StoreError
from app.lint import Draft
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
@click.pass_obj
def lint(settings: Settings) -> None:
    """Say what to mend before sealing; status 1 when something must be."""
    findings = linting.lint(Draft.read(settings.content_dir), datetime.now(UTC).date(), settings.grace)
    for finding in findings:
        click.echo(str(finding))
    errors = sum(finding.level == "error" for finding in findings)
    click.echo(f"{errors} errors, {len(findings) - errors} warnings")
    sys.exit(1 if errors else 0)


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
    folder = settings.content_dir
    content = files.load_content(folder)
    lock = approval.read_lock(folder / files.LOCK)
    todo = [f"{key} {reason}" for key, reason in lock.broken(files.sealed_texts(folder, content)).items()]
    todo += linting.going_live(content, lock, _facts(settings))
    todo += [f"urgent.{GENERAL} {problem}" for problem in linting.general_danger(files.load_urgent(folder))]
    for item in todo:
        click.echo(f"- {item}")
    if settings.texts and settings.sms_consent == "gateway":
        click.echo("note: the gateway handles STOP: no emergency text can reach a number that it has opted out")
    click.echo(f"{len(todo)} things are left to do" if todo else "ready to go live")
    sys.exit(1 if todo else 0)


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
