"""Small ids of channels and sources, remembered by the writer; made on first sight."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, CursorResult, select

from cellarhand.store.schema import channels, sources


class Ids:
    """What the writer has already looked up. Forgotten whenever a transaction fails, as it may have made them."""

    def __init__(self) -> None:
        self._channels: dict[str, int] = {}
        self._devices: dict[int, int] = {}

    def forget(self) -> None:
        """Look everything up anew."""
        self._channels.clear()
        self._devices.clear()

    def channel(self, conn: Connection, name: str) -> int:
        """The id of a channel, new or known."""
        found = self._channels.get(name)
        if found is None:
            known = conn.execute(select(channels.c.id).where(channels.c.name == name)).scalar()
            found = known or made_id(conn.execute(channels.insert().values(name=name)))
            self._channels[name] = found
        return found

    def device(self, conn: Connection, device_id: int) -> int:
        """The source id of a device, new or known."""
        found = self._devices.get(device_id)
        if found is None:
            known = conn.execute(select(sources.c.id).where(sources.c.device_id == device_id)).scalar()
            found = known or made_id(conn.execute(sources.insert().values(kind="device", device_id=device_id)))
            self._devices[device_id] = found
        return found

    def hand(self, conn: Connection, tank_id: int, person_id: int | None, label: str) -> int:
        """The source id of a person's hand at a tank, new or known."""
        same = (sources.c.kind == "hand") & (sources.c.tank_id == tank_id)
        same &= sources.c.person_id.is_not_distinct_from(person_id)
        return self._find(conn, same, kind="hand", tank_id=tank_id, person_id=person_id, label=label)

    def of_tank(self, conn: Connection, kind: str, tank_id: int, label: str) -> int:
        """The source id of a file or a probe of a tank, new or known."""
        same = (sources.c.kind == kind) & (sources.c.tank_id == tank_id) & (sources.c.label == label)
        return self._find(conn, same, kind=kind, tank_id=tank_id, label=label)

    def _find(self, conn: Connection, same: ColumnElement[bool], **new: object) -> int:
        known = conn.execute(select(sources.c.id).where(same)).scalar()
        return known or made_id(conn.execute(sources.insert().values(new)))


def made_id(result: CursorResult[Any]) -> int:
    """The id of the row that an insert made."""
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])
