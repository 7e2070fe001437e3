"""A file into a store: whole or not at all, what isn't beer or isn't yet never counted, names made fit."""

from datetime import UTC, datetime

import pytest

from cellarhand.app.importing import import_into
from cellarhand.domain import CellarhandError, Refused
from cellarhand.store import Store, lookup

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ROWS = "2026-11-20 10:00,1.050,20\n2026-11-21 10:00,1.040,20\n"
HEADER = "Time,SG,temp_c\n"


class Clock:
    def now(self):
        return NOW


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "cellar.db", Clock())
    yield opened
    opened.close()


@pytest.fixture
def take(store):
    def taken(text, tank="FV3", name="brew.csv"):
        content = text if isinstance(text, bytes) else text.encode()
        return import_into(store, NOW, tank, name, content, None)

    return taken


def batches(store):
    with store.read() as conn:
        return lookup.list_batches(conn)


def tanks(store):
    with store.read() as conn:
        return [tank.name for tank in lookup.list_tanks(conn)]


@pytest.mark.parametrize("text", [HEADER, HEADER + "2026-11-20 10:00,12.5,\n", HEADER + "2031-11-20 10:00,1.05,\n"])
def test_a_file_of_which_nothing_can_be_kept_is_an_error_and_makes_no_tank(store, take, text):
    with pytest.raises(Refused, match="a log has a row that can be kept"):
        take(text)
    assert tanks(store) == []


def test_the_error_says_the_likely_cause(take):
    with pytest.raises(Refused, match="is it in points or °P"):
        take(HEADER + "2026-11-20 10:00,12.5,\n2026-11-21 10:00,9.1,\n")


def test_rows_still_to_come_are_refused_and_do_not_keep_the_beer_in_the_tank(store, take):
    summary = take(HEADER + ROWS + "2099-01-01 10:00,1.030,20\n")
    assert (summary.kept, summary.refused) == (4, 1) and "a time before now" in summary.lines[-1]
    assert summary.sentence == "brew.csv: 4 readings into FV3, 1 row refused."


def test_a_stamp_of_a_zone_that_is_ahead_is_not_still_to_come(take):
    assert take(HEADER + "2026-11-26 01:00,1.030,20\n").kept == 2


def test_a_cleaning_at_65_degrees_is_no_beer(store, take):
    take(HEADER + "2026-11-20 10:00,1.000,65\n2026-11-20 11:00,1.000,65\n")
    assert batches(store) == []


def test_beer_begins_after_the_cleaning(store, take):
    take(HEADER + "2026-11-20 08:00,1.000,65\n" + ROWS)
    assert [b.started_at for b in batches(store)] == [datetime(2026, 11, 20, 10, tzinfo=UTC)]


def test_a_guessed_unit_is_said(take):
    assert any("taken as °F" in line for line in take("Time,SG,Temp\n2026-11-20 10:00,1.05,68\n").lines)


@pytest.mark.parametrize("tank", ["", "  ", "x" * 41, "a\nb", "a\0b", "a\udcff"])
def test_a_name_that_no_page_could_show_makes_no_tank(store, take, tank):
    with pytest.raises(Refused, match="a tank's name has 1 to 40 printable characters") as caught:
        take(HEADER + ROWS, tank=tank)
    assert str(caught.value).isprintable() and tanks(store) == []


@pytest.mark.parametrize("name", ["..", "", ".", "a\0b.csv", "é" * 200, "../../etc/passwd", "x\n.csv", "\udcff"])
def test_a_file_may_be_called_anything(take, name):
    assert take(HEADER + ROWS, name=name).kept == 4


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"\0\1\2", b"\x7fELF" + bytes(range(256)), (HEADER + ROWS).encode("utf-16"), b"\x1f\x8b\x08",
     b"PK\3\4", HEADER.encode() + b'2026-11-20 10:00,"1.05,20\n'],
)  # fmt: skip
def test_what_is_no_log_is_refused_in_one_line_and_leaves_nothing(store, take, content):
    with pytest.raises(CellarhandError) as caught:
        take(content)
    assert "\n" not in str(caught.value) and tanks(store) == [] and batches(store) == []


def test_the_log_of_a_beer_that_began_to_be_seen_later_reaches_back(store, take):
    take(HEADER + "2026-11-24 10:00,1.030,20\n2026-11-25 10:00,1.025,20\n", name="since yesterday.csv")
    take(HEADER + ROWS + "2026-11-24 11:00,1.029,20\n", name="all.csv")
    (batch,) = batches(store)
    assert batch.started_at == datetime(2026, 11, 20, 10, tzinfo=UTC) and batch.ended_at is None


def test_it_reaches_back_into_no_other_beer(store, take):
    take(HEADER + "2026-11-01 10:00,1.050,20\n2026-11-10 10:00,1.010,20\n", name="first.csv")
    take(HEADER + "2026-11-24 10:00,1.030,20\n2026-11-25 10:00,1.025,20\n", name="second.csv")
    take(HEADER + "2026-11-09 10:00,1.011,20\n2026-11-24 11:00,1.029,20\n", name="both.csv")
    assert sorted(b.started_at.day for b in batches(store)) == [1, 24]
