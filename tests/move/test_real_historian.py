"""The six real tanks beside the checkout, two weeks of them."""

import csv
import gzip
from datetime import UTC, datetime, timedelta

import pytest

from cellarhand.domain import Cycle, PhaseName, Quality
from cellarhand.move import kind_of, open_historian, open_log
from cellarhand.units import LITRES_PER_US_BARREL

BEER = {
    "Filling": PhaseName.FILLING,
    "Fermentation": PhaseName.FERMENTATION,
    "Free Rise": PhaseName.FREE_RISE,
    "Diacetyl Rest": PhaseName.DIACETYL_REST,
    "Cooling": PhaseName.COOLING,
    "Maturation": PhaseName.MATURATION,
    "Ready to Transfer": PhaseName.READY,
    "Emptying": PhaseName.EMPTYING,
}


@pytest.fixture(scope="module")
def path(shared):
    return shared / "data/deschutes/vessels_14_days.csv.gz"


@pytest.fixture(scope="module")
def tanks(path):
    return {tank.name: tank for tank in open_historian(path).tanks}


@pytest.fixture(scope="module")
def rows(path):
    """The raw rows by tank."""
    found = {}
    with gzip.open(path, "rt") as text:
        for row in csv.DictReader(text):
            row["at"] = datetime.fromisoformat(row["Timestamp"]).replace(tzinfo=UTC)
            found.setdefault(row["vessel"], []).append(row)
    return found


def at(text):
    return datetime.strptime(f"2017-03-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def test_an_export_is_known_by_its_header(path, shared):
    assert kind_of(path) == "historian"
    assert kind_of(shared / "data/deschutes/manual_readings.csv") == "batches"


def test_there_are_six_tanks_with_two_batches_each_but_one(tanks):
    assert {name: len(tank.batches) for name, tank in tanks.items()} == {
        "FV31": 2,
        "FV32": 2,
        "FV33": 1,
        "FV34": 2,
        "FV35": 2,
        "FV36": 2,
    }
    assert {b.brand for tank in tanks.values() for b in tank.batches} == {
        "Kerberos",
        "Realtime Hops",
        "5450",
        "Alistair",
        "Red Wonder",
        "Grey Horse",
    }


def test_the_phases_are_those_of_the_status_column(tanks, rows):
    same = total = 0
    for name, tank in tanks.items():
        said = "Empty"
        for row in rows[name]:
            said = said if row["Status"] == "Bad Input" else row["Status"]
            spans = [span for batch in tank.batches for span in batch.phases]
            now = next((phase for phase, a, b in spans if a <= row["at"] and (b is None or row["at"] < b)), None)
            same += now is BEER.get(said)
            total += 1
    assert total == 12_552
    assert same / total >= 0.999


def test_fv33_was_filled_in_five_brews_over_eleven_hours(tanks):
    (batch,) = tanks["FV33"].batches
    assert [fill.volume_l / LITRES_PER_US_BARREL for fill in batch.fills] == pytest.approx([142.4] * 5, abs=0.6)
    assert (batch.started_at, batch.full_at) == (at("17 21:00"), at("18 08:00"))
    assert [fill.started_at for fill in batch.fills] == [
        at(t) for t in ("17 21:00", "17 23:00", "18 01:20", "18 04:40", "18 06:50")
    ]
    assert sum(fill.volume_l for fill in batch.fills) == pytest.approx(712.3 * LITRES_PER_US_BARREL, rel=0.001)


def test_the_other_tanks_were_filled_in_five_or_six(tanks):
    fills = {name: len(tank.batches[-1].fills) for name, tank in tanks.items()}
    assert fills == {"FV31": 5, "FV32": 6, "FV33": 5, "FV34": 5, "FV35": 5, "FV36": 5}


def test_fv35s_single_row_of_fermentation_in_an_empty_tank_is_ignored(tanks):
    sanitised = [when for when, cycle in tanks["FV35"].cycles if cycle is Cycle.SANITISED]
    assert sanitised == [at("26 04:50")]
    assert tanks["FV35"].batches[1].started_at == at("26 16:10")


def test_partial_emptying_ends_no_batch(tanks):
    first = tanks["FV31"].batches[0]
    assert first.started_before and first.ended_at == at("21 10:50")
    assert [phase for phase, _, _ in first.phases].count(PhaseName.EMPTYING) == 3


def test_original_gravities_come_from_the_full_tank(tanks, shared):
    manual = {batch.name: batch for batch in open_log(shared / "data/deschutes/manual_readings.csv").batches}
    kerberos, hops = tanks["FV33"].batches[0], tanks["FV31"].batches[1]
    assert kerberos.og == pytest.approx(manual["deschutes__Kerberos_20170318"].channels["sg"][0], abs=1e-5)
    assert hops.og == pytest.approx(manual["deschutes__RealtimeHops_20170323"].channels["sg"][0], abs=1e-5)
    assert all(1.04 < batch.og < 1.075 for tank in tanks.values() for batch in tank.batches)


@pytest.mark.parametrize(
    ("tank", "batch"),
    [
        ("FV33", "deschutes__Kerberos_20170318"),
        ("FV31", "deschutes__RealtimeHops_20170323"),
        ("FV32", "deschutes__Alistair_20170329"),
    ],
)
def test_the_gravities_by_hand_are_those_of_the_manual_log(tanks, shared, tank, batch):
    manual = {b.name: b for b in open_log(shared / "data/deschutes/manual_readings.csv").batches}[batch]
    expected = [r for r in manual.readings() if r.channel == "sg"][1:]  # the first is the original gravity
    start = tanks[tank].batches[-1].started_at
    found = [r for s in tanks[tank].sources if s.name == "hand" for r in s.readings() if r.observed_at >= start]
    assert [r.value for r in found] == pytest.approx([r.value for r in expected], abs=1e-5)
    for mine, theirs in zip(found, expected, strict=True):
        assert abs(mine.observed_at - theirs.observed_at) <= timedelta(minutes=10)


def test_gravities_lie_within_batches_and_old_held_values_are_doubtful(tanks):
    for name, tank in tanks.items():
        (hand,) = [source for source in tank.sources if source.name == "hand"]
        readings = list(hand.readings())
        for reading in readings:
            assert any(
                b.started_at <= reading.observed_at and (b.ended_at is None or reading.observed_at < b.ended_at)
                for b in tank.batches
            )
        doubtful = [r.observed_at for r in readings if r.quality is Quality.DOUBTFUL]
        assert doubtful == ([] if name in ("FV33", "FV36") else [at("17 07:00")])


def test_probes_read_every_ten_minutes(tanks):
    for tank in tanks.values():
        assert [s.name for s in tank.sources] == ["top", "middle", "bottom", "level", "hand"]
        assert len(tank.sources[0].observed_at_us) == 2_092
        assert -4.0 < min(v for v in tank.sources[1].channels["temp_c"] if v is not None) < 5.0
