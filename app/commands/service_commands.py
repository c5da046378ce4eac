"""`hai-faq serve`, `build`, `migrate` and `embed`."""

import errno
import os
import signal
import socket
import sys
from typing import Any

import click
import uvicorn

from app.channels import assets
from app.channels.http.protocol import HardenedProtocol
from app.commands.environment import open_store
from app.errors import SettingsError
from app.loading import model_cache
from app.loading.loader import load
from app.main import create_app
from app.settings import Settings

SWITCH = 0.0005
"""Seconds after which a thread that works for later gives way to the answers. With Python's own 5 ms the p99 of
messages was 12 to 13 ms while the look-up's index was made and records were written, with this 9.
"""


@click.command()
@click.pass_obj
def serve(settings: Settings) -> None:
    """Answer over HTTP. The port opens when the content is loaded."""
    _check_address(settings.host, settings.port)
    loaded = load(settings.content_config)  # a clear error here, rather than a stack trace from inside the server
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


def _check_address(host: str, port: int) -> None:
    """Raise a `SettingsError` that names the setting when no server could listen there: before a minute of fitting, not
    after it.
    """
    try:
        resolved = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise SettingsError(f"HAI_FAQ_HOST: {host}: {error.strerror}") from error
    failures = [_failure(family, address) for family, _, _, _, address in resolved]
    if errno.EADDRINUSE in failures:
        raise SettingsError(f"HAI_FAQ_PORT: {port} is in use")
    if all(failures):  # a name may also stand for an address of IPv6 on a machine without it
        setting = f"HAI_FAQ_HOST: {host}" if failures[0] == errno.EADDRNOTAVAIL else f"HAI_FAQ_PORT: {port}"
        raise SettingsError(f"{setting}: {os.strerror(failures[0])}")


def _failure(family: socket.AddressFamily, address: tuple[Any, ...]) -> int:
    """Return the error number of binding as the server will, 0 when it works."""
    try:
        socket.create_server(address, family=family).close()
    except OSError as error:
        return error.errno or errno.EINVAL
    return 0


@click.command()
@click.pass_obj
def build(settings: Settings) -> None:
    """Fit the models into the cache, unless they are there already."""
    folder = model_cache.build(settings.content_config).folder
    click.echo(f"built {folder}")


@click.command()
@click.pass_obj
def migrate(settings: Settings) -> None:
    """Bring the store's schema up to date; several at once wait for each other."""
    click.echo(f"{open_store(settings).url.get_backend_name()} is up to date")


@click.command()
@click.option("--url", required=True, help="Where browsers reach the service, such as https://faq.hospital.example.")
def embed(url: str) -> None:
    """Print the line that puts the widget on a page, the same held to its hash, and what the page's policy allows."""
    origin = assets.origin_of(url)
    click.echo(f"{assets.embed_line(url)}\n")
    click.echo(f"{assets.pinned_line(url)}\n")
    click.echo(f"Content-Security-Policy: script-src {origin}; connect-src {origin}")
