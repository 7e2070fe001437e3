"""What was promised of finished beers: against the back-test, said live or replayed, the same day, across restarts."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cellarhand.app.logbook import read_log
from cellarhand.app.promises import counted
from cellarhand.domain import Outcome, Promise
from cellarhand.forecasting import Forecaster
from cellarhand.store import Store, kept
from cellarhand.web import promised
from serving import Running
from sheets import FIRST, bring, hourly, ledger, rows, sheet

NOON, HOUR = datetime(2026, 5, 1, 12, tzinfo=UTC), timedelta(hours=1)


def promise(low=-12, median=0, high=12, *, half=0.0, **more):
    """A promise about a beer that was done at noon; hours from then."""
    at = [None if h is None else NOON + h * HOUR for h in (low, median, high)]
    words = {"cut": "24 h", "live": False, "rung": "typical", "said_at": NOON - 48 * HOUR, "p_done": 0.0, **more}
    ends = {"after": NOON - half * HOUR, "by": NOON + half * HOUR}
    return Promise(low=at[0], median=at[1], high=at[2], **ends, **words)


def beer(*promises, id=1, **more):
    told = {"after": NOON, "by": NOON, "by_hand": False, **more}
    return Outcome(batch_id=id, tank=f"FV{id}", beer=f"Beer {id}", promises=promises, **told)


@pytest.mark.parametrize(
    ("low", "high", "held", "miss"),
    [(-12, 12, True, 0.0), (0, 12, True, 0.0), (3, 12, False, -3.0), (-12, -5, False, 5.0), (-12, None, True, 0.0),
     (4, None, False, -4.0), (None, None, False, None)],
)  # fmt: skip
def test_a_promise_holds_where_the_end_lies_in_its_range(low, high, held, miss):
    found = promise(low, None if high is None else (low + high) / 2, high)
    assert (found.held, found.miss_h) == (held, miss)


def test_no_end_in_sight_has_no_hours_off_and_is_the_largest_miss():
    never = promise(None, None, None)
    assert never.off_h is None and promised.hours(never.off_h) == "–"
    far = beer(promise(200, 250, 300), id=1)
    assert [o.batch_id for o in promised.sorted_by([far, beer(never, id=2)], "miss")] == [2, 1]


def test_undefined_is_a_dash_and_never_nothing():
    found = counted([beer(promise(None, None, None))])
    assert found.overall.off_h is None and found.overall.held == 0
    assert counted([]).overall is None and counted([beer()]).overall is None


def test_under_nine_beers_it_is_too_few_to_judge_however_many_promises_there_are():
    three = (promise(), promise(), promise())
    eight, nine = (counted([beer(*three, id=i) for i in range(n)]).overall for n in (8, 9))
    assert promised.band(eight) == "too few to judge" and "8 beers" in promised.verdict(eight)
    assert "too few" not in promised.band(nine) and "In keeping" in promised.verdict(nine)


def test_three_promises_about_one_beer_are_not_three_trials():
    kept_ = counted([beer(promise(), promise(), promise(), id=i) for i in range(12)]).overall
    alone = counted([beer(promise(), id=i) for i in range(12)]).overall
    assert (kept_.low, kept_.high) == (alone.low, alone.high) and kept_.n == 36 and kept_.beers == 12


def test_too_sure_is_said_only_where_chance_does_not_explain_it():
    def of(held, missed):
        return counted(
            [beer(promise(), id=i) for i in range(held)] + [beer(promise(5, 6, 9), id=100 + i) for i in range(missed)]
        ).overall

    assert "too sure" in promised.verdict(of(5, 15)) and "In keeping" in promised.verdict(of(14, 6))
    assert "wider" in promised.verdict(of(60, 0))


def test_beers_called_done_too_early_are_counted_by_beer():
    early = beer(promise(), early_at=NOON - 20 * HOUR)
    assert counted([early, beer(promise(), id=2)]).early == 1


def test_the_ledger_says_what_the_back_test_says_of_the_same_files(tmp_path):
    """Through the store, its own process and the API, against a forecast of each file with the earlier ones as past."""
    running = Running(tmp_path)
    logs = []
    try:
        for k, days in enumerate((4, 5, 6, 4, 7)):
            path = tmp_path / f"B{k}.csv"
            path.write_bytes((hourly if k == 3 else sheet)(days, FIRST + timedelta(days=20 * k)))
            bring(running, f"B{k}", path.read_bytes())
            logs.append(read_log(path))
        told = {b["beer"]: b for b in ledger(running, 5)["batches"]}
    finally:
        running.stop()
    cut_hours = {"24 h": lambda h: 24.0, "3 readings": lambda h: float(h[2]) + 0.01}
    for k, log in enumerate(logs):
        end = log.ending
        got = told[f"B{k}"]
        assert abs((datetime.fromisoformat(got["by"]) - log.started_at) / HOUR - end.by) < 1.1
        past = [other.curve() for other in logs[:k]]
        for line in got["promises"]:
            if line["cut"] not in cut_hours:
                continue
            now = cut_hours[line["cut"]](log.hours)
            said = Forecaster().fit(past).predict([log.curve(now)])[0]
            assert line["rung"] == said.rung and not line["live"]
            for name, share in (("low", 0.1), ("median", 0.5), ("high", 0.9)):
                hours = (datetime.fromisoformat(line[name]) - log.started_at) / HOUR - now
                assert hours == pytest.approx(float(said.hours_left.quantile(share)), rel=0.02, abs=0.2), (k, name)
    cuts = {b: [p["cut"] for p in told[b]["promises"]] for b in ("B1", "B3")}
    assert cuts == {"B1": ["1 readings", "3 readings"], "B3": ["24 h", "48 h", "75 %"]}


@pytest.fixture(scope="module")
def cellar(tmp_path_factory):
    """Ten beers alike and one that took three times as long, brought in in no order at all."""
    running = Running(tmp_path_factory.mktemp("sheets"))
    for k in (7, 2, 9, 0, 5, 1, 8, 3, 10, 4, 6):
        bring(running, f"S{k}", sheet(15 if k == 10 else 5, FIRST + timedelta(days=21 * k)))
    ledger(running, 11)
    yield running
    running.stop()


def test_the_largest_miss_comes_first_and_the_newest_on_request(cellar):
    first = cellar.api("GET", "/api/promises")["batches"]
    assert first[0]["beer"] == "S10" and not first[0]["promises"][0]["held"]
    worst = [max(abs(p["miss_h"]) for p in b["promises"]) for b in first]
    assert worst == sorted(worst, reverse=True)
    by_date = cellar.api("GET", "/api/promises?by=date")["batches"]
    assert [b["beer"] for b in by_date] == [f"S{k}" for k in range(10, -1, -1)]


def test_the_counts_are_those_of_the_lines(cellar):
    told = cellar.api("GET", "/api/promises")
    lines = [p for b in told["batches"] for p in b["promises"]]
    overall = told["overall"]
    assert (overall["n"], overall["held"]) == (len(lines), sum(p["held"] for p in lines))
    assert told["judged"] == overall["beers"] == 11 and overall["low"] < overall["share"] < overall["high"]
    assert sum(t["n"] for t in told["by_cut"]) == len(lines)


def test_the_terminal_prints_the_same_from_a_live_store_and_from_one_at_rest(cellar, tmp_path):
    def run(store, *more):
        command = [sys.executable, "-m", "cellarhand", "promises", "--store", str(store), *more]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    live = run(cellar.store)
    assert "S10" in live and "promises held" in live and live.index("S10") < live.index("S3 ")
    assert run(cellar.store, "--json").startswith('{"overall"')
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(cellar.store)) as conn, closing(sqlite3.connect(copy)) as other:
        conn.backup(other)
        other.execute("DELETE FROM findings WHERE name > 'batch:3'")
        other.commit()
    assert run(copy) == live


def keys_of(server):
    with closing(sqlite3.connect(server.store)) as conn:
        found = conn.execute("SELECT name, key, made_at FROM findings WHERE name LIKE 'batch:%'").fetchall()
    return {name.removeprefix("batch:"): (key, made) for name, key, made in found}


def test_a_changed_batch_is_replayed_anew_with_those_that_learn_from_it_and_no_other(cellar):
    ids = {b["name"]: b["id"] for b in cellar.api("GET", "/api/batches")}
    before = keys_of(cellar)
    cellar.api("PATCH", f"/api/batches/{ids['S6']}", {"style": "Porter"})

    def anew():
        now = keys_of(cellar)
        return now if now[str(ids["S10"])] != before[str(ids["S10"])] else None

    after = cellar.until(anew, 40)
    changed = {name for name, i in ids.items() if before[str(i)] != after[str(i)]}
    assert changed == {f"S{k}" for k in range(6, 11)}


def test_a_sheet_typed_in_is_replayed_the_same_day(cellar):
    tank = cellar.tank("TYPED")
    zero = FIRST + timedelta(days=260)
    zero = min(zero, datetime.now(UTC) - timedelta(days=20))
    made = cellar.api("POST", f"/api/tanks/{tank}/batches", {"name": "Typed", "pitched_at": zero.isoformat()})
    entries = [
        {
            "client_id": f"typed-{d:04}",
            "tank": tank,
            "at": (zero + timedelta(days=d)).isoformat(),
            "gravity": round(sg, 4),
        }
        for d, sg in rows(5)
    ]
    assert not [e for e in cellar.http.post("/api/round", json=entries).json() if "refused" in e]
    cellar.api("PATCH", f"/api/batches/{made['id']}", {"ended_at": (zero + timedelta(days=9.5)).isoformat()})
    found = cellar.until(
        lambda: [b for b in cellar.api("GET", "/api/promises")["batches"] if b["beer"] == "Typed" and b["promises"]], 40
    )
    assert [p["cut"] for p in found[0]["promises"]] == ["1 readings", "3 readings"]
    assert not any(p["live"] for p in found[0]["promises"])  # typed weeks later: said to nobody at the time


class At:
    """A clock that stands where it is put."""

    def __init__(self, at):
        self.at = at

    def now(self):
        return self.at


def test_what_was_said_live_stands_as_said_and_hindsight_does_not(tmp_path):
    running = Running(tmp_path)
    bring(running, "LIVE", hourly(5, FIRST))
    bring(running, "LATE", hourly(5, FIRST + timedelta(days=30)))
    batches = {b["name"]: b for b in running.api("GET", "/api/batches")}
    ledger(running, 2)
    running.stop()
    clock = At(FIRST)
    store = Store(running.store, clock)
    said = Forecaster().predict([read_of(tmp_path)])[0]
    for name, later in (("LIVE", timedelta(minutes=2)), ("LATE", timedelta(days=3))):
        zero = datetime.fromisoformat(batches[name]["started_at"])
        for hour in (22.5, 23.5, 24.5, 90.0):
            as_of = zero + timedelta(hours=hour)
            clock.at = as_of + later
            sure = replace(said, hours_left=replace(said.hours_left, already=0.97)) if hour == 90.0 else said
            i = batches[name]["id"]
            store.writer.run(lambda txn, a=as_of, f=sure, i=i: kept.keep_forecast(txn, i, a, "flat", f.packed()))
    with closing(sqlite3.connect(running.store)) as conn:
        conn.execute("DELETE FROM findings")
        conn.commit()
    store.close()
    running.start()
    try:
        found = {b["beer"]: b for b in ledger(running, 2)["batches"]}
    finally:
        running.stop()
    live = {p["cut"]: p for p in found["LIVE"]["promises"]}
    assert live["24 h"]["live"] and not live["48 h"]["live"]  # nothing was kept near hour 48
    zero = datetime.fromisoformat(batches["LIVE"]["started_at"])
    assert datetime.fromisoformat(live["24 h"]["said_at"]) == zero + timedelta(
        hours=23.5
    )  # not of an hour still to come
    assert (
        datetime.fromisoformat(found["LIVE"]["early_at"]) == zero + timedelta(hours=90) and found["LIVE"]["early_live"]
    )
    assert not any(p["live"] for p in found["LATE"]["promises"]) and not found["LATE"]["early_live"]


def read_of(folder):
    path = folder / "one.csv"
    path.write_bytes(hourly(5))
    return read_log(path).curve(24.0)


def test_a_restart_keeps_what_was_done_and_goes_on(tmp_path):
    running = Running(tmp_path)
    try:
        for k in range(16):
            bring(running, f"R{k:02}", hourly(5 + k % 3, FIRST + timedelta(days=12 * k)))
        running.until(lambda: len(keys_of(running)) >= 3, 40)
        running.stop(signal.SIGKILL)
        before = keys_of(running)
        assert 3 <= len(before) < 16, "it was done before it could be interrupted: nothing is proven"
        running.start()
        ledger(running, 16)
        after = keys_of(running)
        assert len(after) == 16 and all(after[i] == before[i] for i in before)
    finally:
        running.stop()


def test_a_batch_taken_back_leaves_the_ledger(tmp_path):
    running = Running(tmp_path)
    try:
        bring(running, "GONE", sheet(5)), bring(running, "STAYS", sheet(5, FIRST + timedelta(days=9)))
        ledger(running, 2)
        with closing(sqlite3.connect(running.store)) as conn:
            i = conn.execute("SELECT id FROM batches LIMIT 1").fetchone()[0]
            conn.execute("UPDATE batches SET undone_at = 1 WHERE id = ?", (i,))
            conn.commit()
        bring(running, "NEW", sheet(5, FIRST + timedelta(days=60)))
        found = ledger(running, 2)
        assert {b["beer"] for b in found["batches"]} <= {"STAYS", "NEW", "GONE"} and len(found["batches"]) == 2
        running.until(lambda: str(i) not in keys_of(running), 20)
    finally:
        running.stop()


def test_the_server_loads_nothing_that_fits():
    look = "import sys, cellarhand.app.serve, cellarhand.app.ledger, cellarhand.app.promises; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout.split()
    assert not [m for m in loaded if m.startswith(("cellarhand.forecasting", "cellarhand.ladder", "scipy", "sklearn"))]
