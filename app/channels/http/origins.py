"""A browser says from which website's page a request comes, by `Sec-Fetch-Site`; older ones by `Origin` only."""

from urllib.parse import urlsplit

from fastapi import Request


def is_foreign(request: Request, public_url: str | None) -> bool:
    """Return True for a request that another website's page has sent, and for one whose page is not named (`null`).

    What sends neither header, a very old browser or a program, is believed to come from our own page.
    """
    if site := request.headers.get("sec-fetch-site"):
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and _host(origin) not in _hosts(request, public_url)


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # `http://[x`
        return ""


def _hosts(request: Request, public_url: str | None) -> set[str]:
    """Return the service's names: as it was asked, and as the world knows it, which a proxy may have changed."""
    return {request.url.netloc, urlsplit(public_url or "").netloc} - {""}
