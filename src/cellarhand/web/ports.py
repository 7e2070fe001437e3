"""What the pages and the API need of other parts, as protocols; `app` fulfils them. No page knows a store."""

from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from cellarhand.domain import (
    Batch,
    Brew,
    Curve,
    Device,
    Forecast,
    Ledger,
    Person,
    Phase,
    PhaseName,
    Place,
    Refused,
    Role,
    Rungs,
    Tank,
)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of a post: how many readings were kept, and what was refused of it."""

    kept: int
    refused: tuple[Refused, ...] = ()


class UnknownToken(Exception):
    """No device has this token."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TankNow:
    """A tank as it stands: what is in it, what was seen of it, what is expected."""

    tank: Tank
    batch: Batch | None = None
    curve: Curve | None = None
    forecast: Forecast | None = None
    phase: PhaseName | None = None
    newest: datetime | None = None
    temp_c: float | None = None
    every_h: float | None = None
    sources: tuple[str, ...] = ()
    by_hand: bool = False
    stable: str = ""
    notes: tuple[str, ...] = ()
    proposals: int = 0


@dataclass(frozen=True, kw_only=True)
class DeviceNow:
    """A device as it stands: where it hangs, when it was last heard, what was refused of it."""

    device: Device
    place: Place | None
    tank: str | None
    seen: datetime | None
    refused: int
    refusals: tuple[dict[str, Any], ...] = ()
    places: tuple[tuple[str, Place], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of the sequence that live pages follow."""

    seq: int
    kind: str
    tank: str | None


@dataclass(frozen=True, kw_only=True)
class Done:
    """A command was carried out: what to say, and what to send to take it back."""

    said: str
    undo: str | None = None
    more: dict[str, Any] = field(default_factory=dict)


class Doors(Protocol):
    """Where devices come in."""

    def receive(self, kind: str, token: str, body: bytes, content_type: str) -> Awaitable[Receipt]:
        """Keeps what a device sent. Raises UnknownToken, Refused, StoreUnavailable."""
        ...


class Cellar(Protocol):
    """What can be looked at."""

    def now(self) -> datetime: ...
    def tanks(self) -> list[TankNow]: ...
    def tank(self, name: str) -> TankNow: ...
    def brews(self, batch_id: int) -> list[Brew]: ...
    def phases(self, batch_id: int) -> list[Phase]: ...
    def events(self, view: TankNow) -> list[dict[str, Any]]: ...
    def corrections(self, view: TankNow) -> list[dict[str, Any]]: ...
    def said(self, batch_id: int) -> list[Forecast]: ...
    def readings(self, view: TankNow, channel: str | None, since: datetime | None) -> list[dict[str, Any]]: ...
    def batches(self) -> list[Batch]: ...
    def devices(self) -> list[DeviceNow]: ...
    def device(self, device_id: int) -> DeviceNow: ...
    def changes(self, since: int) -> AsyncIterator[Change | None]:
        """Changes after `since` as they come; None now and then to keep the line open."""
        ...

    def newest_change(self) -> int: ...


class Desk(Protocol):
    """What people do. Every method says what was done and how to take it back."""

    def add_tank(self, who: Person, name: str, area: str, volume_l: float | None) -> Done: ...
    def step(self, who: Person, tank: str, state: str, at: datetime | None) -> Done: ...
    def start_batch(self, who: Person, tank: str, given: dict[str, Any]) -> Done: ...
    def change_batch(self, who: Person, batch_id: int, given: dict[str, Any]) -> Done: ...
    def add_brew(self, who: Person, batch_id: int, brew: Brew) -> Done: ...
    def event(self, who: Person, tank: str, kind: str, at: datetime | None, data: dict[str, Any]) -> Done: ...
    def sample(self, who: Person, tank: str, sheet: "Sample") -> Done: ...
    def add_device(self, who: Person, given: dict[str, Any]) -> Done: ...
    def place(
        self, who: Person, device_id: int, tank: str | None, at: datetime | None, role: str, height: str
    ) -> Done: ...
    def revoke_device(self, who: Person, device_id: int) -> Done: ...
    def correct(self, who: Person, tank: str, correction_id: int, state: str) -> Done: ...
    def strike(self, who: Person, tank: str, source_id: int, at: datetime, why: str) -> Done: ...
    def import_log(self, who: Person, tank: str | None, name: str, content: bytes, zone: str | None) -> Done: ...
    def undo(self, who: Person, what: str) -> Done: ...


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What one person measured at one tank: raw as typed with its instrument, and the readings that follow."""

    client_id: str
    at: datetime
    precision_s: float
    raw: dict[str, Any]
    values: dict[str, float]
    taste: str = ""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who is asking, and by what: a session's cookie, a token, the command line on this machine, or the open demo."""

    person: Person | None
    by: str

    def may(self, role: Role) -> bool:
        """Whether the caller has this role."""
        return self.person is not None and self.person.role.includes(role)


class Accounts(Protocol):
    """Who people are."""

    @property
    def demo(self) -> bool: ...
    def caller(self, session: str | None, bearer: str | None) -> Caller: ...
    def anyone(self) -> bool: ...
    def sign_in(self, name: str, password: str, address: str, agent: str) -> str: ...
    def sign_out(self, session: str) -> None: ...
    def open_link(self, token: str) -> Person | None: ...
    def accept_link(self, token: str, name: str, password: str, agent: str) -> str: ...
    def invite(self, who: Person, name: str, role: Role) -> Done: ...
    def set_role(self, who: Person, person_id: int, role: Role | None) -> Done: ...
    def prefer(self, who: Person, preferences: dict[str, str]) -> Done: ...
    def persons(self) -> list[Person]: ...
    def sessions(self, person_id: int) -> list[dict[str, Any]]: ...
    def end_session(self, who: Person, secret_id: int) -> Done: ...
    def new_token(self, who: Person, label: str) -> Done: ...


class Promises(Protocol):
    """What was said and what came of it."""

    def ledger(self) -> Ledger: ...
    def rungs(self) -> Rungs: ...


@dataclass(frozen=True, kw_only=True)
class Ports:
    """All of them together, as the web app is made with."""

    doors: Doors
    cellar: Cellar
    desk: Desk
    accounts: Accounts
    promises: Promises
    kinds: Sequence[tuple[str, str, str]]
    version: str
