"""The service may be a folder of a website: then the path of its public address stands before each of its own paths.

A proxy hands the request on with this prefix or takes it off, and probes inside never have it: all are understood.
"""

from urllib.parse import urlsplit


def prefix_of(public_url: str | None) -> str:
    """Return the path of the public address, such as `/pump`, empty where the service has a host of its own."""
    return urlsplit(public_url or "").path.rstrip("/")


def without_prefix(path: str, prefix: str) -> str:
    if path == prefix:
        return "/"
    return path[len(prefix) :] if path.startswith(f"{prefix}/") else path
