"""From the house's errors to HTTP: the only place that knows status codes."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from cellarhand.domain import CellarhandError, Conflict, NotAllowed, NotFound, Refused, StoreUnavailable
from cellarhand.web.guard import RoleMissing, SignInFirst
from cellarhand.web.ports import UnknownToken

STATUS: tuple[tuple[type[Exception], int], ...] = (
    (Refused, 422),
    (NotFound, 404),
    (Conflict, 409),
    (SignInFirst, 401),
    (RoleMissing, 403),
    (NotAllowed, 403),
    (StoreUnavailable, 503),
    (UnknownToken, 401),
)


def problem(error: Exception) -> tuple[int, dict[str, object]]:
    """Status and body of an error: always `{rule, value, cause}`."""
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 400)
    if isinstance(error, Refused):
        rule = f"{error.field} within {error.rule}" if error.field else error.rule
        value = error.value if isinstance(error.value, int | float | str | None) else str(error.value)[:80]
        return status, {"rule": rule, "value": _json_safe(value), "cause": error.cause}
    if isinstance(error, UnknownToken):
        return status, {"rule": "a device has a token", "value": "", "cause": "was it revoked, or cut short?"}
    return status, {"rule": str(error), "value": "", "cause": ""}


def _json_safe(value: object) -> object:
    if isinstance(value, float) and not abs(value) < 1e300:
        return str(value)
    return value[:80] if isinstance(value, str) else value


def wants_page(request: Request) -> bool:
    """Whether a person's browser is asking for a whole page."""
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


def answer_errors(app: FastAPI) -> None:
    """Registers the answers to every error of the house."""

    async def house(request: Request, error: Exception) -> Response:
        status, body = problem(error)
        if wants_page(request) and not request.url.path.startswith("/api"):
            if isinstance(error, SignInFirst):
                return RedirectResponse(f"/sign-in?to={request.url.path}", 303)
            return _page(request, status, body)
        headers = {"retry-after": "5"} if status == 503 else {}
        return JSONResponse(body, status, headers)

    for kind in (CellarhandError, UnknownToken):
        app.add_exception_handler(kind, house)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(str(part) for part in first.get("loc", ())[1:]) or "body"
        value = str(first.get("input", ""))[:80]
        return JSONResponse(
            {"rule": f"{where}: {first.get('msg', 'invalid')}", "value": value, "cause": "see /api"}, 422
        )

    app.add_exception_handler(RequestValidationError, invalid)

    async def plain(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        body: dict[str, object] = {"rule": str(error.detail), "value": request.url.path, "cause": ""}
        if wants_page(request) and not request.url.path.startswith("/api"):
            return _page(request, error.status_code, body)
        return JSONResponse(body, error.status_code, error.headers)

    app.add_exception_handler(HTTPException, plain)


def _page(request: Request, status: int, body: dict[str, object]) -> Response:
    from cellarhand.web.render import page

    return page(request, "error.html", status=status, code=status, problem=body)
