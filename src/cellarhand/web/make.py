"""The web app: routes in their order, the guard around them."""

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from cellarhand.web.acts import acts
from cellarhand.web.answers import answer_errors
from cellarhand.web.api import api
from cellarhand.web.guard import Guard
from cellarhand.web.inlet import inlet
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
    app.include_router(pages)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    answer_errors(app)
    app.add_middleware(Guard, ports=ports)
    return app
