"""Fixtures of the parsers' tests: a fixed now, frames from files, and short ways to what a body becomes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cellarhand.ingest import Origin, parse

FRAMES = Path(__file__).parents[1] / "frames"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def origin():
    """An origin at the tests' now, at a site in Brussels unless said otherwise."""

    def make(**words):
        return Origin(**{"received_at": NOW, "zone": "Europe/Brussels"} | words)

    return make


@pytest.fixture(scope="session")
def captured():
    return lambda name: (FRAMES / name).read_bytes()


@pytest.fixture(scope="session")
def read(origin):
    """The frames of a body, given as bytes or as what is to be JSON."""

    def frames(kind, body, content_type="", **words):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return parse(kind, raw, content_type, origin(**words))

    return frames


@pytest.fixture(scope="session")
def one(read):
    """The one good frame of a body."""

    def frame(kind, body, content_type="", **words):
        (only,) = read(kind, body, content_type, **words)
        assert only.refused is None, only.refused
        return only

    return frame


@pytest.fixture(scope="session")
def values(one):
    """The channels of the one good frame of a body."""
    return lambda *args, **words: {r.channel: r.value for r in one(*args, **words).readings}


@pytest.fixture(scope="session")
def no(read):
    """The sentence that refuses the one frame of a body."""

    def sentence(kind, body, content_type="", **words):
        (only,) = read(kind, body, content_type, **words)
        assert only.refused is not None, only
        assert only.readings == ()
        return str(only.refused)

    return sentence
