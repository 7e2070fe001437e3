"""The server process: sockets, life cycle, what it prints. It listens beyond this machine only once a person exists."""

import asyncio
import contextlib
import gc
import logging
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import uvicorn
from rich.console import Console

from cellarhand.app.clocks import WallClock
from cellarhand.app.demo import demo_clock, feed, furnish, is_demo
from cellarhand.app.house import House, open_house
from cellarhand.domain import Clock, Conflict
from cellarhand.web.make import create_app

LOCAL = "127.0.0.1"
LOCAL_NAMES = (LOCAL, "::1", "localhost")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
_TOKEN = re.compile(r"(/in/[\w-]+/|/welcome/)[^\s/?\"]+")
out = Console(highlight=False)


class Masked(logging.Filter):
    """No secret in a log: the token in a path becomes an ellipsis.

    >>> Masked().masked("POST /in/ispindel/abc123 201")
    'POST /in/ispindel/… 201'
    """

    def masked(self, text: str) -> str:
        """The text without tokens."""
        return _TOKEN.sub(r"\1…", text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Masks the record in place."""
        record.msg = self.masked(record.getMessage())
        record.args = ()
        return True


class Server(uvicorn.Server):
    """A server that can begin to listen on one more socket while it runs, and leaves by the front door."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl-C and SIGTERM end the serving, nothing else: what comes after still closes the store in order."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._told_to_stop)
        yield

    def _told_to_stop(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True

    async def also_listen(self, sock: socket.socket) -> None:
        """Serves the same app on another socket."""
        loop = asyncio.get_running_loop()
        config = self.config

        def protocol() -> asyncio.Protocol:
            make = config.http_protocol_class
            return make(config=config, server_state=self.server_state, app_state=self.lifespan.state)  # type: ignore[call-arg]

        self.servers.append(await loop.create_server(protocol, sock=sock, backlog=config.backlog))


def bound(host: str, port: int) -> socket.socket:
    """A listening socket's address taken at once; Conflict where something else has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise Conflict(f"port {port} on {host} is taken ({error.strerror}); give another --port") from None
    return sock


async def serve(path: Path, host: str, port: int, *, demo: bool, clock: Clock | None, zone: str) -> None:
    """Runs until it is told to stop (Ctrl-C, SIGTERM)."""
    open_demo = demo and is_demo(path)
    async with _house(path, demo=open_demo, clock=clock, zone=zone) as house:
        local = host in LOCAL_NAMES or open_demo
        sock = bound(LOCAL if local or not house.accounts.anyone() else host, port)
        here = sock.getsockname()[1]
        for name in ("uvicorn", "uvicorn.error", "cellarhand"):
            logging.getLogger(name).addFilter(Masked())
        config = uvicorn.Config(
            create_app(house.ports), lifespan="off", access_log=False, log_level="warning", timeout_graceful_shutdown=2,
            server_header=False, proxy_headers=False,
        )  # fmt: skip
        server = Server(config)
        beside = [_greet(server, house, here)]
        if not local and sock.getsockname()[0] == LOCAL:
            beside.append(_widen(server, house, host, here))
        if open_demo:
            beside.append(feed(house))
        tasks = [asyncio.create_task(job) for job in beside]
        try:
            await server.serve(sockets=[sock])
        finally:
            for task in tasks:
                task.cancel()


@contextlib.asynccontextmanager
async def _house(path: Path, *, demo: bool, clock: Clock | None, zone: str) -> AsyncIterator[House]:
    when = clock or (demo_clock(path) if demo else WallClock())
    async with open_house(path, clock=when, demo=demo, zone=zone) as house:
        if demo:
            await asyncio.to_thread(furnish, house)
            house.intake.learn()
        yield house


async def _greet(server: Server, house: House, port: int) -> None:
    """Once it listens: where, for people and for this machine's command line."""
    while not server.started:
        await asyncio.sleep(0.02)
    _spare_the_collector()
    address = f"http://localhost:{port}"
    house.store.hold.announce(f"http://{LOCAL}:{port}")
    out.print(f"Cellarhand is up at [bold]{address}[/bold]", soft_wrap=True)
    if house.accounts.demo:
        out.print("This is a demo cellar, open to this machine only: an hour of beer passes every second.")
        return
    link = await asyncio.to_thread(house.accounts.first_link)
    if link is not None:
        out.print("Nobody can sign in yet. Open this once, within three days:")
        out.print(f"[bold]{address}{link}[/bold]", soft_wrap=True)


def _spare_the_collector() -> None:
    """What is loaded by now stays: walking it again and again held up readings for 40 ms each time."""
    gc.freeze()
    sys.setswitchinterval(0.0005)
    gc.set_threshold(10_000, 20, 20)


async def _widen(server: Server, house: House, host: str, port: int) -> None:
    """Nobody could sign in when it started: it listens where it was asked to as soon as somebody can."""
    out.print(f"It listens on this machine only; on {host} as soon as a person exists.")
    while not (server.started and await asyncio.to_thread(house.accounts.anyone)):
        await asyncio.sleep(0.5)
    for address in _own_addresses() if host in EVERYWHERE else [host]:
        await server.also_listen(bound(address, port))
        out.print(f"It listens on http://{address}:{port} too.", soft_wrap=True)


def _own_addresses() -> list[str]:
    """This machine's addresses but the loopback's, which is served already."""
    found = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # no packet is sent; it only asks which address would be used
        found.add(probe.getsockname()[0])
    return sorted(str(a) for a in found if not str(a).startswith("127."))


def run(path: Path, host: str, port: int, *, demo: bool, clock: Clock | None, zone: str) -> None:
    """`serve` on uvloop."""
    import uvloop

    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    uvloop.run(serve(path, host, port, demo=demo, clock=clock, zone=zone))
