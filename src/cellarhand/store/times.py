"""Instants as the store keeps them: whole microseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """The kept form of an aware datetime.

    >>> micros(datetime(2026, 11, 20, 12, tzinfo=UTC))
    1795176000000000
    """
    return (at - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """The aware UTC datetime of a kept instant.

    >>> moment(1795176000000000).isoformat()
    '2026-11-20T12:00:00+00:00'
    """
    return _EPOCH + timedelta(microseconds=at)


def maybe(at: int | None) -> datetime | None:
    """`moment`, with None for None."""
    return None if at is None else moment(at)


def maybe_micros(at: datetime | None) -> int | None:
    """`micros`, with None for None."""
    return None if at is None else micros(at)
