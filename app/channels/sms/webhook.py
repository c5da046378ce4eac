"""`POST /sms/{gateway}`: where a gateway delivers the messages that patients send."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.channels.http.problems import problems
from app.channels.sms.conversation import SmsConversation
from app.channels.sms.gateway import Posted, Receipt, Received
from app.errors import NotFound, TooLarge

router = APIRouter()

MOST_BYTES = 64 * 1024
"""Most bytes of what a gateway posts: a message of 1,600 characters with all that vendors say of it takes 12 KiB. Every
byte is hashed before it is known whether it is signed.
"""


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
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise TooLarge(f"A message of a gateway may have at most {MOST_BYTES} bytes.")
    posted = carrier.read(Posted(url, request.headers, body, conversation.clock()))
    if isinstance(posted, Received):
        replied = await conversation.reply(carrier, posted)
        return carrier.response(replied.texts, replied.id)
    if isinstance(posted, Receipt):
        await conversation.take_receipt(carrier, posted)
    return carrier.response(())
