"""Names that nobody here knows: kept, and bounded by device."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from cellarhand.domain import Reading
from cellarhand.ingest import Frame, Strangers, beer_from
from cellarhand.ingest.strangers import MOST_NAMES

AT = datetime(2026, 11, 20, tzinfo=UTC)


def frame(channels, texts=()):
    readings = tuple(Reading(channel=name, observed_at=AT, value=1.0) for name in channels)
    return Frame(key="", readings=readings, texts=dict.fromkeys(texts, "word"))


def test_a_device_that_makes_up_names_keeps_its_first_ones_and_its_gravity():
    strangers = Strangers()
    for post in range(10):
        kept, no = strangers.sift(1, frame(["sg", *(f"x_{post}_{n}" for n in range(20))]))
    assert [r.channel for r in kept.readings] == ["sg"] and "does it make up names?" in str(no)
    assert strangers.sift(1, frame(["sg", "x_0_7"]))[1] is None


def test_texts_count_as_names_too():
    strangers = Strangers()
    for n in range(MOST_NAMES):
        assert strangers.sift(1, frame(["sg"], [f"t{n}"]))[1] is None
    kept, no = strangers.sift(1, frame(["sg"], ["t0", "one more"]))
    assert kept.texts == {"t0": "word"} and no is not None


def test_one_device_takes_no_names_from_another():
    strangers = Strangers()
    strangers.sift(1, frame([f"x_{n}" for n in range(MOST_NAMES)]))
    assert strangers.sift(2, frame(["x_new"]))[1] is None


@given(st.lists(st.lists(st.text("abc_", min_size=1, max_size=4), max_size=30, unique=True), max_size=20))
def test_whatever_comes_no_device_has_more_names_than_the_bound(posts):
    strangers, seen = Strangers(), set()
    for names in posts:
        kept, no = strangers.sift(1, frame([f"x_{name}" for name in names]))
        seen |= {r.channel for r in kept.readings}
        assert (no is None) == (len(kept.readings) == len(names))
    assert len(seen) <= MOST_NAMES


def test_what_is_hotter_than_any_beer_is_no_beer():
    def said(celsius, at):
        temp = Reading(channel="temp_c", observed_at=at, value=celsius)
        return Frame(key="", readings=(Reading(channel="sg", observed_at=at, value=1.0), temp), texts={})

    later = AT.replace(hour=5)
    assert beer_from([said(65.0, AT)], AT) is None
    assert beer_from([said(65.0, AT), said(20.0, later)], AT) == later


def test_what_was_before_the_float_hung_there_begins_no_beer_there():
    assert beer_from([frame(["sg"])], AT.replace(hour=1)) is None
