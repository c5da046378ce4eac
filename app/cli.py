"""`hai-faq`: its log, its settings, and its commands, a file of `commands/` for those that belong together."""

import logging
import os
import sys

import click

from app.channels.http.logs import BatchingHandler, JsonFormatter, TerminalFormatter
from app.commands.content_commands import go_live, lint, sms_fallback, withhold
from app.commands.environment import Program, read_settings
from app.commands.exchange_commands import export, import_, publish
from app.commands.message_commands import ask, evaluate, preview, search
from app.commands.new_command import new
from app.commands.record_commands import records
from app.commands.review_commands import review, suggest
from app.commands.seal_commands import approve, sources
from app.commands.service_commands import build, embed, migrate, serve


@click.group(
    cls=Program,
    commands=[
        *(new, serve, build, migrate, embed),
        *(ask, preview, search, evaluate),
        *(lint, approve, withhold, go_live, sms_fallback),
        *(sources, review, suggest, records),
        *(import_, publish, export),
    ],
)
@click.pass_context
def main(context: click.Context) -> None:
    """Approved answers to questions. Settings come from HAI_FAQ_... variables, .env or files of HAI_FAQ_SECRETS_DIR."""
    handler = BatchingHandler()
    handler.setFormatter(TerminalFormatter() if sys.stderr.isatty() else JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for noisy in ("alembic", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    context.obj = read_settings(os.environ)
