"""`POST /sms/{gateway}`: where a gateway delivers the messages that patients send."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.channels.http.problems import problems
from app.channels.http.services import Served
from app.channels.sms.gateway import Posted
from app.errors import NotFound

router = APIRouter()


@router.post("/sms/{gateway}", responses=problems(400, 403, 404, 413, 422, 500, 503), response_class=Response)
async def webhook(
    gateway: Annotated[str, Path(max_length=20, examples=["twilio", "telnyx", "generic"])],
    request: Request,
    served: Served,
) -> Response:
    """Signed as the gateway documents; answered in its own form, or with silence. 503 asks it to deliver again."""
    exchange = served.exchange
    if exchange is None or gateway not in exchange.gateways:
        raise NotFound("No such gateway is configured.")
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{exchange.public_url}{request.url.path}{query}"
    found = exchange.gateways[gateway]
    received = found.read(Posted(url, request.headers, await request.body(), exchange.clock()))
    return found.response(await exchange.reply(found, received) if received else "")
