"""kill -9 at any moment: what was acknowledged is in the store, once, and the next start finds it."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime

from .ledger import SEED, Ledger, Load, repeated, rows_in, stamp
from .server import Line, until

KILLS_UNDER_LOAD = 20
KILLS_WHILE_STARTING = 4
LONGEST_LOAD_S = 0.3
LONGEST_START_S = 1.2


def killed_again_and_again(start, store, ledger, rng, *, kills, fault=None):
    """Kills servers under load, each time starting anew on the same store; yields each successor, and of the killed
    one how many processes it had. No process of a killed one may stay.
    """
    server = start(store, fault=fault).up()
    path = server.furnish(ledger.began)
    for number in range(kills):
        load = Load(server, path, ledger)
        time.sleep(rng.uniform(0.0, LONGEST_LOAD_S))
        family, killed = server.pids(), [server]
        server.kill()
        load.join()
        if number % (KILLS_UNDER_LOAD // KILLS_WHILE_STARTING) == 0:
            killed.append(start(store, fault=fault))
            time.sleep(rng.uniform(0.0, LONGEST_START_S))  # before or just after it listens
            killed[-1].kill()
        server = start(store, fault=fault).up()
        yield server, path, len(family)
        for old in killed:
            until(lambda old=old: not old.pids(), f"the end of all children of {old.pid} ({family}) after its kill")


def send_again(server, path, ledger, *, lines=4):
    """Every acknowledged post once more, on several lines at a time."""

    def share(first):
        with closing(Line(server, path)) as line:
            return [line.post([ledger.item(n)])[0] for n in ledger.acknowledged[first::lines]]

    with ThreadPoolExecutor(lines) as pool:
        statuses = [status for found in pool.map(share, range(lines)) for status in found]
    assert set(statuses) == {201}


def test_no_kill_loses_an_acknowledged_reading(start, tmp_path, rng):
    """After every kill the acknowledged readings are there, once; no child outlives it; sent again, nothing changes."""
    store, ledger, workers = tmp_path / "cellar" / "cellar.db", Ledger(), 0
    for server, path, family in killed_again_and_again(start, store, ledger, rng, kills=KILLS_UNDER_LOAD):  # noqa: B007
        rows = rows_in(store)
        assert not ledger.lost(rows), SEED
        assert not repeated(rows)
        assert not ledger.unexpected, ledger.unexpected[:3]
        workers += family > 1
    assert len(ledger.acknowledged) > 10 * KILLS_UNDER_LOAD
    assert workers > KILLS_UNDER_LOAD / 2, "hardly a forecasting worker was there to be orphaned"

    rows = rows_in(store)
    told = server.ask("GET", "/api/tanks/FV1/readings")[2]
    shown = [(r["channel"], datetime.fromisoformat(r["observed_at"]), r["value"]) for r in told]
    assert len(set(shown)) == len(shown) == rows.total()
    assert not ledger.lost({(channel, stamp(at), value) for channel, at, value in shown})

    send_again(server, path, ledger)
    assert rows_in(store) == rows


def test_answers_before_the_commit_are_found_by_kills_too(start, tmp_path, rng):
    store, ledger = tmp_path / "cellar" / "cellar.db", Ledger()
    for _ in killed_again_and_again(start, store, ledger, rng, kills=2, fault="early"):
        lost = ledger.lost(rows_in(store))
    assert lost
