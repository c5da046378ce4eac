"""Whether `hai-faq serve` may listen where it is told, asked before half a minute of fitting."""

import errno
import socket
from typing import Any

from app.errors import SettingsError


def check_address(host: str, port: int) -> None:
    """Raises `SettingsError`, which names the setting."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise SettingsError(f"HAI_FAQ_HOST: {host}: {error.strerror}") from error
    failures = [_failure(family, address) for family, _, _, _, address in found]
    if any(error and error.errno == errno.EADDRINUSE for error in failures):
        raise SettingsError(f"HAI_FAQ_PORT: {port} is in use")
    if failures[0] and all(failures):  # a name may also stand for an address of IPv6 on a machine without it
        of_host = failures[0].errno == errno.EADDRNOTAVAIL
        where = f"HAI_FAQ_HOST: {host}" if of_host else f"HAI_FAQ_PORT: {port}"
        raise SettingsError(f"{where}: {failures[0].strerror}")


def _failure(family: socket.AddressFamily, address: tuple[Any, ...]) -> OSError | None:
    """Bound as the server will, so that connections of the last one that are still closing do not count."""
    try:
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind(address)
    except OSError as error:
        return error
    return None
