"""Devices come in here: POST /in/{kind}/{token}. The hot path: no dependency machinery, one hash look-up.

A device that can only ask (GravityMon's HTTP GET) has its fields in the query: the same as a form.
"""

from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from cellarhand.domain import CellarhandError
from cellarhand.web.answers import problem
from cellarhand.web.ports import Ports, UnknownToken

LARGEST = 64 * 1024
_encode = msgspec.json.Encoder().encode
_TYPE = "application/json"
_FORM = "application/x-www-form-urlencoded"
_BY_POST = {"rule": "readings come by POST, or by GET with a query", "value": "", "cause": "was it opened by hand?"}


class TooLarge(CellarhandError):
    """A body over the limit."""


async def body_of(request: Request, largest: int) -> bytes:
    """The whole body; TooLarge as soon as it is known to be over the limit."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > largest:
        raise TooLarge
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > largest:
            raise TooLarge
        chunks.append(chunk)
    return b"".join(chunks)


def inlet(ports: Ports) -> list[BaseRoute]:
    """The routes with the token in the URL, and with it in a header."""

    async def receive(request: Request) -> Response:
        kind = request.path_params["kind"]
        token = request.path_params.get("token") or _header_token(request)
        try:
            body, content_type = await _said(request)
            receipt = await ports.doors.receive(kind, token, body, content_type)
        except TooLarge:
            limit = {
                "rule": "a body has at most 64 KiB",
                "value": f"over {LARGEST} bytes",
                "cause": "send less at once",
            }
            return Response(_encode(limit), 413, media_type=_TYPE)
        except ClientDisconnect:
            return Response(status_code=400)
        except (CellarhandError, UnknownToken) as error:
            status, told = problem(error)
            return Response(_encode(told), status, {"retry-after": "5"} if status == 503 else None, _TYPE)
        answer: dict[str, Any] = {"kept": receipt.kept}
        if receipt.refused:
            answer["refused"] = [problem(r)[1] for r in receipt.refused]
        return Response(_encode(answer), 201, media_type=_TYPE)

    async def ask(request: Request) -> Response:
        if request.method == "HEAD" or not request.url.query:
            return Response(_encode(_BY_POST), 405, {"allow": "POST"}, _TYPE)
        return await receive(request)

    paths = ("/in/{kind}/{token}", "/in/{kind}/{token}/", "/in/{kind}")
    ways = (("POST", receive), ("GET", ask))
    return [Route(path, way, methods=[verb], name=f"{verb} {path}") for verb, way in ways for path in paths]


async def _said(request: Request) -> tuple[bytes, str]:
    """The body and its type; the query where there is no body."""
    body = await body_of(request, LARGEST)
    if body or not request.url.query:
        return body, request.headers.get("content-type", "")
    query = request.url.query.encode()
    if len(query) > LARGEST:
        raise TooLarge
    return query, _FORM


def _header_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.headers.get("x-device-token", "")
