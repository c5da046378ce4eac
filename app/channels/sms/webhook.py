"""`POST /sms/{gateway}`: where a gateway delivers the messages that patients send."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.channels.http.problems import problems
from app.channels.sms.conversation import SmsConversation
from app.channels.sms.gateway import Posted, Receipt, Received
from app.errors import NotFound

router = APIRouter()


@router.post("/sms/{gateway}", responses=problems(400, 403, 404, 413, 422, 500, 503), response_class=Response)
async def webhook(
    gateway: Annotated[str, Path(max_length=20, examples=["twilio", "telnyx", "generic"])],
    request: Request,
) -> Response:
    """Signed as the gateway documents; answered in its own form, or with silence. 503 asks it to deliver again.

    What becomes of our texts is told at the same address.
    """
    conversation: SmsConversation | None = request.app.state.sms
    if conversation is None or gateway not in conversation.gateways:
        raise NotFound("No such gateway is configured.")
    carrier = conversation.gateways[gateway]
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{conversation.public_url}{request.url.path}{query}"
    posted = carrier.read(Posted(url, request.headers, await request.body(), conversation.clock()))
    if isinstance(posted, Received):
        replied = await conversation.reply(carrier, posted)
        return carrier.response(replied.texts, replied.id)
    if isinstance(posted, Receipt):
        await conversation.take_receipt(carrier, posted)
    return carrier.response(())
