"""Whoever waits for a commit and gives up stops nobody else's."""

import threading
from datetime import UTC, datetime

import pytest

from cellarhand.store import Store
from cellarhand.store.kept import get_setting, set_setting

PATIENCE_S = 20.0


class Clock:
    def now(self):
        return datetime.now(UTC)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "cellar.db", Clock())
    yield store
    store.close()


def test_a_caller_who_gives_up_does_not_stop_the_writer(store):
    """Such as a request that is cut off while it waits: its job may be dropped or done, the others' are done."""
    begun, free = threading.Event(), threading.Event()

    def slow(txn):
        begun.set()
        free.wait(PATIENCE_S)

    first = store.writer.submit(slow)
    assert begun.wait(PATIENCE_S)
    given_up = store.writer.submit(lambda txn: set_setting(txn, "given up", "yes"))
    after = store.writer.submit(lambda txn: set_setting(txn, "after", "kept"))
    first.cancel()
    given_up.cancel()
    free.set()
    after.result(PATIENCE_S)
    store.writer.submit(lambda txn: set_setting(txn, "later", "kept")).result(PATIENCE_S)
    with store.read() as conn:
        assert get_setting(conn, "after") == get_setting(conn, "later") == "kept"
        assert (get_setting(conn, "given up") is None) == given_up.cancelled()
