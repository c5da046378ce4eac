"""The route of messages parses and checks a body in one step, and works out nothing else.

FastAPI's own way, anew through the signature of an endpoint, took a third of an answered message.
"""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.types import Receive, Scope, Send

from app.channels.http.bodies import again, read
from app.channels.http.services import Served, services
from app.errors import InvalidBody
from app.turns import Rank

READ = ["GET", "HEAD"]
"""Methods of what is only read."""
MOST_EXPLAINED = 64 * 1024
"""Most bytes of a body of which it is said what is wrong with it: to say it of 60,000 objects took 0.1 s."""
_JSON = (b"content-type", b"application/json")


async def without_slash(request: Request, served: Served) -> Response:
    """Redirect `/ask/` to `/ask`, and so on, and keep the query."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(served.link(request.scope["path"].rstrip("/")) + query)


class JsonRoute(APIRoute):
    """The endpoint takes `body`, `request` and `served`, and returns a `Response`.

    FastAPI describes it, and takes what is not plain JSON that fits the model, so that problems are as on any route.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._model: type[BaseModel] = self.endpoint.__annotations__["body"]
        self._by_fastapi = self.app
        self.app = self._answer

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _JSON not in scope["headers"]:
            await self._by_fastapi(scope, receive, send)
            return
        content = await read(receive)
        try:
            body = self._model.model_validate_json(content)
        except ValidationError as error:
            if len(content) > MOST_EXPLAINED:
                raise InvalidBody from error
            await services(Request(scope)).answering.turns.take(Rank.REST)
            await self._by_fastapi(scope, again(content, receive), send)
            return
        request = Request(scope, receive)
        response: Response = await self.endpoint(body=body, request=request, served=services(request))
        await response(scope, receive, send)
