"""A historian's export as a small cellar tells it: what is beer and what is an empty tank."""

from datetime import UTC, datetime, timedelta

import pytest

from cellarhand.domain import Cycle, PhaseName, Quality, Refused
from cellarhand.move import open_historian
from cellarhand.move.filling import steps
from cellarhand.move.held import changes
from cellarhand.units import LITRES_PER_US_BARREL

START = datetime(2024, 3, 1, tzinfo=UTC)
HEADER = (
    "vessel,Timestamp,Volume,Top TIC PV,Middle TIC PV,Bottom TIC PV,Top TIC OUT,Middle TIC OUT,Bottom TIC OUT,"
    "Plato,ADF,FV Full Plato,Brand,Status,Fermentation ID"
)
PAUSE, RISE = 8, 7  # rows of ten minutes in which a tank waits for a brew and takes it


def row(status, volume=0.0, plato=0.0, full=0.0, brand="", temp_f=68.0, id_=""):
    return [volume, temp_f, temp_f, temp_f, 0, 12.5, 0, plato, 0, full, brand, status, id_]


def filling(brews=3, size=100.0, brand="IPA", rows=None):
    """Rows in which the volume climbs in steps, as a brewhouse sends them."""
    out, level = rows or [], 0.1
    for _ in range(brews):
        for _ in range(RISE):
            level += size / RISE
            out.append(row("Filling", level, brand=brand))
        out += [row("Filling", level, brand=brand) for _ in range(PAUSE)]
    return out


def life(**more):
    """A whole life: sanitised, filled, fermented, emptied by halves, cleaned."""
    beer = {"brand": "IPA", "full": 14.0, "id_": "F1"} | more
    return [
        *(row("Sanitized") for _ in range(6)),
        *filling(brand=beer["brand"]),
        *(row("Fermentation", 300.1, **beer) for _ in range(10)),
        *(row("Fermentation", 300.1, 10.0, **beer) for _ in range(20)),
        *(row("Free Rise", 300.1, 5.0, **beer) for _ in range(20)),
        *(row("Diacetyl Rest", 300.1, 3.0, **beer) for _ in range(20)),
        *(row("Cooling", 300.1, 3.0, **beer) for _ in range(20)),
        *(row("Ready to Transfer", 300.1, 3.0, **beer) for _ in range(6)),
        *(row("Emptying", 300.0 - 15 * i, 3.0, **beer) for i in range(10)),
        *(row("Ready to Transfer", 150.0, 3.0, **beer) for _ in range(6)),
        *(row("Emptying", 150.0 - 15 * i, 3.0, **beer) for i in range(10)),
        *(row("Empty", 0.0, 254.0, 254.0) for _ in range(3)),
        *(row("CIP", 0.0, 254.0, 254.0) for _ in range(3)),
        *(row("Blown Down") for _ in range(3)),
        *(row("Clean") for _ in range(3)),
    ]


@pytest.fixture
def export(tmp_path):
    """Writes tanks of rows ten minutes apart and opens them."""

    def opened(header=HEADER, start=START, **tanks):
        lines = [header]
        for name, rows in tanks.items():
            for i, cells in enumerate(rows):
                at = start + timedelta(minutes=10 * i)
                lines.append(",".join(map(str, [name, at.strftime("%Y-%m-%d %H:%M:%S"), *cells])))
        path = tmp_path / "export.csv"
        path.write_text("\n".join(lines) + "\n")
        return open_historian(path)

    return opened


def only(historian):
    (tank,) = historian.tanks
    return tank


def hand(tank):
    found = [s for s in tank.sources if s.name == "hand"]
    return list(found[0].readings()) if found else []


def test_a_whole_life_is_one_batch_with_its_phases(export):
    tank = only(export(FV1=life()))
    (batch,) = tank.batches
    assert (batch.brand, batch.source_id, batch.started_before) == ("IPA", "F1", False)
    assert batch.og == pytest.approx(1.0568, abs=1e-4)
    assert [phase for phase, _, _ in batch.phases] == [
        PhaseName.FILLING,
        PhaseName.FERMENTATION,
        PhaseName.FREE_RISE,
        PhaseName.DIACETYL_REST,
        PhaseName.COOLING,
        PhaseName.READY,
        PhaseName.EMPTYING,
        PhaseName.READY,
        PhaseName.EMPTYING,
    ]
    assert all(a[2] == b[1] for a, b in zip(batch.phases, batch.phases[1:], strict=False))
    assert (batch.phases[0][1], batch.phases[-1][2]) == (batch.started_at, batch.ended_at)


def test_the_tank_goes_through_its_own_cycle(export):
    tank = only(export(FV1=life()))
    assert [cycle for _, cycle in tank.cycles] == [
        Cycle.SANITISED,
        Cycle.FILLING,
        Cycle.IN_USE,
        Cycle.EMPTYING,
        Cycle.IN_USE,
        Cycle.EMPTYING,
        Cycle.EMPTY,
        Cycle.CIP,
        Cycle.EMPTY,
    ]
    assert tank.cycles[0][0] == START
    assert tank.volume_l == pytest.approx(300.1 * LITRES_PER_US_BARREL, rel=1e-4)


def test_every_step_of_the_volume_is_a_brew(export):
    (batch,) = only(export(FV1=life())).batches
    assert [fill.volume_l for fill in batch.fills] == pytest.approx([100 * LITRES_PER_US_BARREL] * 3, rel=0.01)
    assert all(a.ended_at < b.started_at for a, b in zip(batch.fills, batch.fills[1:], strict=False))
    assert batch.full_at == batch.fills[-1].ended_at
    assert batch.fills[0].started_at <= batch.started_at


def test_the_filling_ends_when_the_volume_does_whatever_the_status_says(export):
    early = life()
    for cells in early[6 + 2 * (RISE + PAUSE) : 6 + 3 * (RISE + PAUSE)]:
        cells[11] = "Fermentation"
    (batch,) = only(export(FV1=early[: 6 + 3 * (RISE + PAUSE) + 40])).batches
    assert len(batch.fills) == 3
    assert batch.full_at == START + timedelta(minutes=10 * (6 + 2 * (RISE + PAUSE) + RISE - 1))
    assert batch.phases[0][2] < batch.full_at


def test_glitches_carry_on_what_was_before(export):
    rows = life()
    for i in (60, 62, 63, 100):
        rows[i] = ["Bad Input", "Bad Input", *rows[i][2:10], "Bad Input", "Bad Input", rows[i][12]]
    clean, glitched = only(export(FV1=life())), only(export(FV1=rows))
    assert glitched.batches == clean.batches
    assert glitched.cycles == clean.cycles


def test_one_odd_row_of_status_is_ignored(export):
    rows = life()
    rows[3] = row("Fermentation", 0.04, brand="IPA")
    assert only(export(FV1=rows)).batches == only(export(FV1=life())).batches


def test_a_status_that_runs_ahead_of_filling_starts_no_batch(export):
    rows = life()
    rows[4] = rows[5] = row("Fermentation", 0.04, brand="IPA")
    (batch,) = only(export(FV1=rows)).batches
    assert batch.phases[0][:2] == (PhaseName.FILLING, START + timedelta(hours=1))


def test_a_tank_without_volume_ferments_nothing_however_long_its_status_says_so(export):
    idle = [row("Clean")] * 5 + [row("Fermentation", 0.05, 9.0, 12.0, "IPA")] * 5 + [row("Clean")] * 5
    tank = only(export(FV1=idle + life()))
    assert len(tank.batches) == 1
    assert len(hand(tank)) == 3


def test_a_tank_whose_level_is_broken_is_believed(export):
    broken = [[0.0, *cells[1:]] for cells in [*life()[:60], *[row("Fermentation", 0, 9.0, 14.0, "IPA")] * 90]]
    (batch,) = only(export(FV1=broken)).batches
    assert (batch.brand, batch.fills) == ("IPA", ())


def test_only_changes_of_a_held_value_are_readings(export):
    readings = hand(only(export(FV1=life())))
    assert [round(r.value, 4) for r in readings] == [1.04, 1.0197, 1.0117]
    assert {r.quality for r in readings} == {Quality.GOOD}
    assert readings[0].precision_s == 600.0


def test_what_an_old_batch_left_held_is_no_reading_of_the_next(export):
    stale = [[*c[:7], 3.3, *c[8:]] if c[7] == 0.0 else c for c in life()]
    assert [round(r.value, 4) for r in hand(only(export(FV1=stale)))] == [1.04, 1.0197, 1.0117]


def test_beer_that_was_there_before_the_export_began_is_said_so_and_its_held_value_is_doubtful(export):
    tank = only(export(FV1=life()[75:]))
    (batch,) = tank.batches
    assert batch.started_before and batch.started_at == START
    assert (batch.fills, batch.full_at) == ((), None)
    assert "before 2024-03-01" in batch.name
    first, *others = hand(tank)
    assert (first.quality, {r.quality for r in others}) == (Quality.DOUBTFUL, {Quality.GOOD})


def test_a_held_value_in_an_empty_tank_is_nothing(export):
    rows = [row("Clean", 0.0, 4.4, 12.0)] * 20
    tank = only(export(FV1=rows))
    assert (tank.batches, hand(tank)) == ((), [])


def test_an_export_that_ends_in_beer_leaves_the_batch_open(export):
    (batch,) = only(export(FV1=life()[:80])).batches
    assert batch.ended_at is None and batch.phases[-1][2] is None and batch.full_at is not None


def test_an_export_that_ends_while_filling_has_an_open_brew(export):
    (batch,) = only(export(FV1=life()[: 6 + RISE + PAUSE + 4])).batches
    assert [fill.ended_at is None for fill in batch.fills] == [False, True]
    assert batch.full_at is None


def test_filling_again_without_an_empty_between_is_another_batch(export):
    rows = [c for c in life() if c[11] not in ("Empty", "CIP", "Blown Down", "Clean", "Sanitized")]
    first, second = only(
        export(FV1=rows + filling(rows=[row("Filling", 0.1, brand="Stout")] * 3, brand="Stout"))
    ).batches
    assert (first.brand, second.brand) == ("IPA", "Stout")
    assert first.ended_at == second.started_at
    assert len(second.fills) == 3


def test_probes_are_sources_of_their_height_in_celsius_with_their_cooling_beside(export):
    tank = only(export(FV1=[*life(temp_f=50.0), row("Clean", temp_f="Bad Input"), row("Clean", temp_f=0.0)]))
    by_name = {source.name: source for source in tank.sources}
    assert [by_name[name].height for name in ("top", "middle", "bottom")] == ["top", "middle", "bottom"]
    assert set(by_name["middle"].channels) == {"temp_c", "x_cooling_pct"}
    assert {10.0, 20.0} <= set(by_name["middle"].channels["temp_c"])
    assert by_name["middle"].channels["temp_c"][-2:] == [None, None]
    assert max(by_name["level"].channels["x_volume_l"]) == pytest.approx(tank.volume_l, abs=0.1)


def test_units_in_the_header_are_respected(export):
    header = HEADER.replace("Volume", "Volume (hl)").replace("Top TIC PV", "Top TIC PV (°C)")
    tank = only(export(header=header, FV1=[row("Maturation", 200.0, 3.0, 12.0, "IPA", temp_f=20.0)] * 3))
    assert tank.volume_l == 20_000.0
    assert tank.sources[0].channels["temp_c"] == [20.0] * 3


def test_tanks_may_be_interleaved_and_rows_out_of_order(export, tmp_path):
    straight = export(FV1=life(), FV2=life())
    path = tmp_path / "export.csv"
    header, *lines = path.read_text().splitlines()
    path.write_text("\n".join([header, *sorted(lines, key=lambda line: line.split(",")[1], reverse=True)]) + "\n")
    assert open_historian(path).tanks == straight.tanks
    assert [tank.name for tank in straight.tanks] == ["FV1", "FV2"]


def test_an_unknown_status_is_named(export):
    rows = [*life()[:80], *[row("Dry Hopping", 300.1, 3.0, 14.0, "IPA")] * 4]
    historian = export(FV1=rows)
    assert "“Dry Hopping”" in historian.notes[0] and "4 rows" in historian.notes[0]


def test_rows_without_time_are_refused_and_an_unknown_header_is_too(export, tmp_path):
    export(FV1=life())
    path = tmp_path / "export.csv"
    path.write_text(path.read_text() + "FV1,whenever,0,,,,,,,,,,,Clean,\n")
    historian = open_historian(path)
    assert historian.refused_rows == 1 and historian.refused[0].value == "whenever"
    path.write_text("Time,SG\n2024-03-01,1.050\n")
    with pytest.raises(Refused, match="tank, time and status"):
        open_historian(path)


def test_naive_times_are_in_the_zone(export, tmp_path):
    export(FV1=life())
    tank = only(open_historian(tmp_path / "export.csv", zone="America/Los_Angeles"))
    assert tank.cycles[0][0] == START + timedelta(hours=8)


def test_a_median_over_a_change_is_no_reading():
    assert changes([0.0, 6.2, 12.4, 12.4, 10.9, 9.4, 9.4]) == [2, 5]
    assert changes([127.0, 0.0, 5.0, 254.0, 5.0]) == [2]


def test_small_rises_join_a_brew_and_pauses_within_one_do_not_part_it():
    us = [i * 600_000_000 for i in range(30)]
    yeast = [0, 0, 0, 0, 5, 5, 5, 5, 50, 50, 100, 100, 100, 100, 150, 200, 200, 200, 200, *[200] * 11]
    assert [round(s.volume_l) for s in steps(us, yeast)] == [100, 100]


def test_a_level_that_drops_out_for_a_row_is_no_brew():
    us = [i * 600_000_000 for i in range(20)]
    level = [0, 0, 0, 0, 0, 50, 100, 100, 100, 0, 100, None, 100, 100, 150, 200, 200, 200, 200, 200]
    assert [round(s.volume_l) for s in steps(us, level)] == [100, 100]
    assert steps(us, [None] * 20) == []
