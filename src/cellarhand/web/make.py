"""The web app: routes in their order, the guard around them."""

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from cellarhand.web.acts import acts
from cellarhand.web.answers import answer_errors
from cellarhand.web.api import api
from cellarhand.web.guard import Guard
from cellarhand.web.inlet import inlet
from cellarhand.web.ledger import ledger_api, ledger_pages
from cellarhand.web.pages import pages
from cellarhand.web.ports import Ports
from cellarhand.web.render import HERE


def create_app(ports: Ports) -> FastAPI:
    """The web app over the parts that fulfil `ports`."""
    app = FastAPI(
        title="Cellarhand",
        version=ports.version,
        description="Watches every tank in a cellar and says when each fermentation will be done, and how sure it is.",
        openapi_url="/api",
        docs_url=None,
        redoc_url=None,
        routes=inlet(ports),
    )
    app.state.ports = ports
    app.include_router(api)
    app.include_router(acts)
    app.include_router(ledger_api)
    app.include_router(ledger_pages)
    app.include_router(pages)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    answer_errors(app)
    app.add_middleware(Guard, ports=ports)
    _describe_inlet(app, ports)
    return app


def _describe_inlet(app: FastAPI, ports: Ports) -> None:
    """The device doors are outside FastAPI's machinery for speed; others shall see them all the same."""
    told = app.openapi()
    kinds = "; ".join(f"{name}: {words}" for name, words, _ in ports.kinds)
    problem = {"type": "object", "properties": {name: {} for name in ("rule", "value", "cause")}}
    answers = {
        "201": {"description": "kept: answered only after the commit"},
        "401": {"description": "no device has this token"},
        "413": {"description": "over 64 KiB"},
        "422": {"description": "refused", "content": {"application/json": {"schema": problem}}},
        "503": {"description": "the store can't keep it now: send it again"},
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in ("kind", "token")
    ]
    told["paths"]["/in/{kind}/{token}"] = {
        "post": {
            "summary": "A device's readings",
            "description": f"In the device's own format. Kinds: {kinds}",
            "parameters": parameters,
            "requestBody": {"content": {"application/json": {"example": {"sg": 1.0123, "temp_c": 19.5}}}},
            "responses": answers,
        }
    }
