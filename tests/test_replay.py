"""Real fermentations posted by a device to a running server, against `cellarhand forecast` on their files."""

import csv
import http.client
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from cellarhand.app.logbook import read_log

FILES = [
    "siboire_plaato__2003_osa",
    "siboire_plaato__1992_ble",
    "shu_afic__00_CS_IPA_22_SA-05",
    "shu_afic__01_PS_IPA_22_SL-23",
    "glassontin_ispindel__brew1_2026-04",
    "siboire_ekos__1891",
    "siboire_ekos__1787",
]


def by_file(path, *arguments):
    command = [sys.executable, "-m", "cellarhand", "forecast", str(path), "--json", *arguments]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize("name", FILES)
def test_a_replayed_fermentation_gets_the_forecast_of_its_file(server, shared, name):
    path = shared / "data" / "fermentations" / f"{name}.csv"
    log = read_log(path)
    cut = len(log.hours) if "ekos" in name else int(0.55 * len(log.hours))
    until = float(log.hours[cut - 1])
    tank = server.tank(name[-30:])
    zero = log.started_at
    pitched = zero + timedelta(hours=log.pitched_at)
    words = {"name": log.brand or "replayed", "brand": log.brand, "style": log.style}
    stamps = {"started_at": zero.isoformat(), "pitched_at": pitched.isoformat()}
    server.api("POST", f"/api/tanks/{tank}/batches", {**words, **stamps})
    replay(server, server.device("json", tank), path, zero, until)
    expected = by_file(path, "--now", str(until))

    def settled():
        told = server.api("GET", f"/api/tanks/{tank}/forecast")
        return told if told and abs(told["as_of_hours"] + log.pitched_at - until) < 0.02 else None

    told = server.until(settled, 30)
    assert told["rung"] == expected["rung"] and told["notes"] == expected["notes"]
    assert told["p_done"] == pytest.approx(expected["p_done"], abs=0.02)
    for key in ("p10", "p50", "p90"):
        assert told["hours_left"][key] == pytest.approx(expected["hours_left"][key], rel=0.01, abs=0.1)
        assert told["final_gravity"][key] == pytest.approx(expected["final_gravity"][key], abs=1e-4)


def replay(server, door, path, zero, until):
    """Every row as one post over one connection, as a device would: in time, with its own stamps."""
    host = server.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=30)
    with path.open(newline="") as handle:
        for row in csv.DictReader(handle):
            if not row["hours"] or not row["sg"] or float(row["hours"]) > until:
                continue
            at = zero + timedelta(hours=float(row["hours"]))
            body = {"observed_at": at.astimezone(UTC).isoformat(), "sg": float(row["sg"])}
            if row["temp_c"]:
                body["temp_c"] = float(row["temp_c"])
            connection.request("POST", door, json.dumps(body), {"content-type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == 201, text
    connection.close()


def test_two_weeks_of_a_historian_become_six_tanks(tmp_path, shared):
    from serving import Running

    file = shared / "data" / "deschutes" / "vessels_14_days.csv.gz"
    store = tmp_path / "cellar.db"
    command = [sys.executable, "-m", "cellarhand", "import", str(file), "--store", str(store)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and "FV31, FV32, FV33, FV34, FV35, FV36" in done.stdout, done.stderr
    running = Running(tmp_path, env={"CELLARHAND_TEST_CLOCK": "2017-03-31T20:00:00+00:00"})
    try:
        running.forecast("FV32")
        tanks = {t["name"]: t for t in running.api("GET", "/api/tanks")}
        running.until(lambda: running.api("GET", "/api/tanks/FV36")["forecast"])
        tanks = {t["name"]: t for t in running.api("GET", "/api/tanks")}
        assert tanks["FV33"]["batch"] is None and tanks["FV33"]["forecast"] is None
        assert tanks["FV31"]["phase"] == "maturation" and tanks["FV31"]["temp_c"] < 2
        beers = {"FV31": "Realtime Hops", "FV32": "Alistair", "FV34": "Realtime Hops", "FV35": "Red Wonder"}
        beers["FV36"] = "Grey Horse"
        assert {n: t["batch"]["name"] for n, t in tanks.items() if t["batch"]} == beers
        story = running.api("GET", "/api/tanks/FV32/story")
        assert len(story["brews"]) == 6 and story["phases"][0]["name"] == "filling"
        for name, tank in tanks.items():
            if tank["batch"]:
                gravities = running.api("GET", f"/api/tanks/{name}/readings?channel=sg")
                begin = datetime.fromisoformat(tank["batch"]["started_at"])
                assert gravities and all(datetime.fromisoformat(r["observed_at"]) >= begin for r in gravities)
                assert all(1.0 < r["value"] < 1.09 for r in gravities)
    finally:
        running.stop()
