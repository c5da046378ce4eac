"""A call of a vendor's API that sends a text, and how it ended."""

from collections.abc import Mapping

import httpx2

from app.channels.sms.gateway import Outcome

PATIENCE = 10.0
"""Seconds for a call."""


def client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(timeout=PATIENCE)


async def post(
    client: httpx2.AsyncClient,
    url: str,
    *,
    json: object = None,
    data: Mapping[str, str] | None = None,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Outcome:
    """Return how a call ended. One that broke off after it was made may have been taken: that is unknown."""
    try:
        answer = await client.post(url, json=json, data=data, content=content, headers=headers)
    except (httpx2.ConnectError, httpx2.ConnectTimeout):
        return "refused"
    except httpx2.HTTPError:
        return "unknown"
    if answer.is_success:
        return "sent"
    return "refused" if answer.status_code == 429 or answer.status_code >= 500 else "rejected"
