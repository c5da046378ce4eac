"""A route for messages: its body is parsed and checked in one step, and nothing else is worked out for it.

FastAPI's own way, for every request anew through the signature of an endpoint, took a third of an answered message.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from app.channels.http.services import services

_JSON = (b"content-type", b"application/json")


class JsonRoute(APIRoute):
    """For an endpoint of `body`, `request` and `served` that returns a `Response`.

    FastAPI describes it, and takes what is not plain JSON that fits the model: problems are the same on every route.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        by_fastapi = super().get_route_handler()
        model: type[BaseModel] = self.endpoint.__annotations__["body"]

        async def handle(request: Request) -> Response:
            body = await _body(request, model)
            if body is None:
                return await by_fastapi(request)
            answer: Response = await self.endpoint(body=body, request=request, served=services(request))
            return answer

        return handle


async def _body(request: Request, model: type[BaseModel]) -> BaseModel | None:
    if _JSON not in request.scope["headers"]:
        return None
    try:
        return model.model_validate_json(await request.body())
    except (ValidationError, ClientDisconnect):
        return None
