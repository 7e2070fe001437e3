"""The real fermentations beside the checkout open whole."""

import csv
import time
from datetime import timedelta

import pytest

from cellarhand.move import open_log
from cellarhand.move.found import moment


@pytest.fixture(scope="module")
def opened(shared):
    """Every file of the folder with its row of the index."""
    with (shared / "data/INDEX.csv").open() as index:
        about = {row["id"]: row for row in csv.DictReader(index)}
    paths = sorted((shared / "data/fermentations").glob("*.csv"))
    return [(about[path.stem], open_log(path)) for path in paths]


def test_all_181_files_open_without_a_refused_row(opened):
    assert len(opened) == 181
    assert {file.kind for _, file in opened} == {"series"}
    assert not [about["id"] for about, file in opened if file.refused_rows or file.empty or len(file.batches) != 1]


def test_they_hold_as_many_gravities_as_the_index_says(opened):
    for about, file in opened:
        sg = file.batches[0].channels["sg"]
        assert len(sg) - sg.count(None) == int(about["n_points"]) == file.rows, about["id"]


def test_all_that_is_dropped_of_them_are_impossible_ph(opened):
    dropped = [row for _, file in opened for row in file.refused]
    assert {row.column for row in dropped} == {"x_ph"} and len(dropped) == 36


def test_manual_logs_are_dates_and_sensors_are_not(opened):
    for about, file in opened:
        assert (file.batches[0].precision_s == 43200.0) == (about["manual"] == "True"), about["id"]


def test_their_hours_are_kept(opened, shared):
    for about, file in opened:
        with (shared / f"data/fermentations/{about['id']}.csv").open() as raw:
            hours = [float(row["hours"]) for row in csv.DictReader(raw)]
        us = file.batches[0].observed_at_us
        assert (us[-1] - us[0]) / 3.6e9 == pytest.approx(hours[-1] - hours[0], abs=0.1), about["id"]


def test_the_pitch_is_where_the_index_has_it(opened):
    pitched = [(about, file.batches[0]) for about, file in opened if file.batches[0].pitched_at]
    assert len(pitched) == 18
    for about, batch in pitched:
        hours = (batch.pitched_at - moment(batch.observed_at_us[0])) / timedelta(hours=1)
        assert hours == pytest.approx(float(about["pitch_at_h"]), abs=0.1), about["id"]


def test_manual_logs_name_brand_style_and_original_gravity(opened):
    manual = [file.batches[0] for about, file in opened if about["manual"] == "True"]
    assert len(manual) == sum(batch.brand is not None for batch in manual) == 155
    assert sum(batch.style is not None for batch in manual) == 154
    assert sum(batch.og is not None for batch in manual) == 153


def test_deschutes_manual_readings_are_fifteen_batches_less_one_missing_value(shared):
    file = open_log(shared / "data/deschutes/manual_readings.csv")
    assert (file.kind, file.rows, len(file.batches)) == ("batches", 79, 15)
    (missing,) = file.refused
    assert (missing.line, missing.column, missing.value) == (31, "plato", "0.0")
    assert sum(map(len, file.batches)) == 78
    assert file.batches[0].brand == "Kerberos"


@pytest.mark.slow
def test_two_hundred_thousand_rows_are_read_at_more_than_150_000_readings_a_second(tmp_path):
    path = tmp_path / "big.csv"
    times = (moment(i * 60_000_000 + 10**15).isoformat() for i in range(200_000))
    rows = (f"{at},{1.06 - i * 2e-7:.5f},{18 + i % 90 / 100:.2f}" for i, at in enumerate(times))
    path.write_text("observed_at,sg,temp_c\n" + "\n".join(rows) + "\n")
    started = time.perf_counter()
    file = open_log(path)
    taken = time.perf_counter() - started
    assert file.batches[0].values == 400_000
    assert 400_000 / taken > 150_000
