"""The address of the server, tried before half a minute of fitting rather than after it."""

import errno
import os
import socket
from typing import Any

from app.errors import SettingsError


def check_address(host: str, port: int) -> None:
    """Raise a `SettingsError` that names the setting when no server could listen there."""
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
