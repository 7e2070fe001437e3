"""Dates without a time of day, and dates that could be meant two ways."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellarhand.domain import Refused
from cellarhand.move import open_log
from cellarhand.move.found import micros, moment
from cellarhand.move.stamps import SECOND, Stamps
from cellarhand.move.survey import order_of


@pytest.fixture
def sheet(tmp_path):
    """Opens a sheet with these dates, gravity falling a point each."""

    def opened(*dates, header="Date,SG", **words):
        path = tmp_path / "sheet.csv"
        rows = [f"{day},{1.060 - min(i, 50) / 1000:.3f}" for i, day in enumerate(dates)]
        path.write_text("\n".join([header, *rows]) + "\n")
        (batch,) = open_log(path, **words).batches
        return batch

    return opened


def days(batch):
    return [r.observed_at.strftime("%Y-%m-%dT%H:%M") for r in batch.readings()]


def test_a_date_stands_at_noon_of_that_day_half_a_day_either_way(sheet):
    batch = sheet("2024-05-16", "2024-05-17")
    assert days(batch) == ["2024-05-16T12:00", "2024-05-17T12:00"]
    assert batch.precision_s == 43200.0


def test_noon_is_noon_where_the_brewery_is(sheet):
    assert days(sheet("2024-07-16", "2024-12-16", zone="America/New_York")) == ["2024-07-16T16:00", "2024-12-16T17:00"]


def test_midnight_in_every_row_means_that_only_the_day_is_known(sheet):
    batch = sheet("2022-05-16T00:00:00", "2022-05-17 00:00:00", "2022-05-20T00:00")
    assert days(batch) == ["2022-05-16T12:00", "2022-05-17T12:00", "2022-05-20T12:00"]
    assert batch.precision_s == 43200.0


def test_midnight_once_is_a_time_like_any_other(sheet):
    batch = sheet("2022-05-16T00:00:00", "2022-05-17T00:15:00")
    assert days(batch) == ["2022-05-16T00:00", "2022-05-17T00:15"]
    assert batch.precision_s == 0.0


def test_many_rows_at_one_midnight_are_no_sheet_of_dates(sheet):
    assert sheet(*["2022-05-16T00:00:00"] * 10).precision_s == 0.0


def test_two_readings_of_one_day_keep_their_order_and_both_are_kept(sheet):
    batch = sheet("2024-05-16", "2024-05-16", "2024-05-17")
    assert days(batch) == ["2024-05-16T12:00", "2024-05-16T12:01", "2024-05-17T12:00"]
    assert batch.channels["sg"] == [1.06, 1.059, 1.058]


def test_the_files_own_hours_keep_their_spacing(tmp_path):
    path = tmp_path / "series.csv"
    path.write_text("timestamp,hours,sg\n2024-05-16T00:00:00,0,1.05\n2024-05-16T00:00:00,7.5,1.04\n")
    (batch,) = open_log(path).batches
    assert days(batch) == ["2024-05-16T12:00", "2024-05-16T19:30"]


def test_a_part_above_twelve_decides_for_the_whole_column(sheet):
    assert days(sheet("03/04/2024", "15/04/2024"))[0] == "2024-04-03T12:00"
    assert days(sheet("03/04/2024", "03/15/2024"))[0] == "2024-03-04T12:00"


def test_a_part_above_twelve_decides_however_late_it_comes(sheet):
    dates = [f"01/{1 + i % 2:02}/2024" for i in range(2_500)] + ["31/03/2024"]
    assert days(sheet(*dates))[-1] == "2024-03-31T12:00"


def test_the_order_in_time_decides_where_the_numbers_do_not(sheet):
    assert days(sheet("1/2/2024", "2/2/2024", "1/3/2024")) == [
        "2024-02-01T12:00",
        "2024-02-02T12:00",
        "2024-03-01T12:00",
    ]


def test_dots_mean_day_first(sheet):
    assert days(sheet("03.04.24")) == ["2024-04-03T12:00"]


def test_dates_that_could_be_meant_both_ways_are_refused_with_both(sheet):
    with pytest.raises(Refused) as no:
        sheet("03/04/2024", "04/04/2024")
    assert "April 3" in str(no.value) and "March 4" in str(no.value) and no.value.value == "3/4/2024"


def test_the_same_day_both_ways_is_no_question(sheet):
    assert days(sheet("5/5/2024")) == ["2024-05-05T12:00"]


@pytest.mark.parametrize(("day_first", "month"), [(True, "2024-04-03T12:00"), (False, "2024-03-04T12:00")])
def test_a_person_can_say_how_dates_are_meant(sheet, day_first, month):
    assert days(sheet("03/04/2024", "04/04/2024", day_first=day_first))[0] == month


@given(st.lists(st.dates(), min_size=1, max_size=40).map(sorted), st.booleans())
def test_whatever_order_is_decided_is_the_one_it_was_written_in(dates, day_first):
    form = "{d.day}/{d.month}/{d.year:04}" if day_first else "{d.month}/{d.day}/{d.year:04}"
    cells = [form.format(d=day) for day in dates]
    try:
        found = order_of(cells)
    except Refused:
        return
    assert found is day_first or all(day.day == day.month for day in dates)


_TIMES = st.integers(micros(datetime(1990, 1, 1, tzinfo=UTC)), micros(datetime(2100, 1, 1, tzinfo=UTC)))


@given(_TIMES, st.sampled_from("T "))
def test_any_iso_time_is_read_to_the_microsecond(us, between):
    zoned = moment(us).isoformat(sep=between)
    naive = moment(us).replace(tzinfo=None).isoformat(sep=between)
    assert Stamps().read([zoned, naive, zoned, naive]) == [us] * 4


@pytest.mark.parametrize(
    "cell",
    [
        "16 May 2024 14:30",
        "May 16, 2024 2:30 PM",
        "Thu, 16-May-24 14:30:00",
        "2024/5/16 14:30",
        "1715869800",
        "45428.604166667",
    ],
)
def test_times_are_read_in_the_spellings_of_people_and_spreadsheets(cell):
    assert Stamps().read([cell]) == [1_715_869_800_000_000]


@pytest.mark.parametrize("cell", ["", "soon", "2024-13-01", "16/05/2024", "0", "1970-01-01", "2024-05-16 25:00", "12"])
def test_what_is_no_time_is_none(cell):
    assert Stamps().read([cell]) == [None]


def test_a_log_that_goes_through_the_hour_that_autumn_has_twice_keeps_both():
    cells = ["2026-10-25 01:30", "2026-10-25 02:00", "2026-10-25 02:30", "2026-10-25 02:00", "2026-10-25 02:30"]
    us = Stamps("Europe/Berlin").read([*cells, "2026-10-25 03:00"])
    assert [(b - a) // (60 * SECOND) for a, b in pairwise(us)] == [30] * 5


def test_two_floats_that_take_turns_in_that_hour_stay_together():
    cells = [f"2026-10-25 02:{m:02}" for m in (0, 0, 15, 15, 30, 30)]
    us = Stamps("Europe/Berlin").read(cells)
    assert [(b - a) // (60 * SECOND) for a, b in pairwise(us)] == [0, 15, 0, 15, 0]


@pytest.mark.parametrize("offset", ["+25:00", "+02:75", "-99:99", "+1500"])
def test_an_offset_that_no_place_on_earth_has_is_no_time(offset):
    assert Stamps().read([f"2026-11-15T10:00:00{offset}"]) == [None]


@pytest.mark.parametrize("header", ["Date,Time,SG", "Datum,Uhrzeit,SG", "Date,Time of day,SG"])
def test_a_time_of_day_beside_its_date_counts(tmp_path, header):
    path = tmp_path / "sheet.csv"
    path.write_text(f"{header}\n2026-11-15,08:30,1.050\n")
    assert days(open_log(path).batches[0]) == ["2026-11-15T08:30"]
