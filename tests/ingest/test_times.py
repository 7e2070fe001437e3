"""When it was observed."""

from datetime import UTC, datetime, timedelta

import pytest

from cellarhand.ingest.times import EARLIEST, observed_at


@pytest.fixture
def at(one):
    return lambda stamp, **words: one("json", {"sg": 1.05, "observed_at": stamp}, **words).readings[0].observed_at


@pytest.fixture
def too(no):
    return lambda stamp, **words: no("json", {"sg": 1.05, "observed_at": stamp}, **words)


@pytest.mark.parametrize(
    "stamp",
    [
        "2026-11-20T10:00:00Z",
        "2026-11-20t10:00:00z",
        "2026-11-20T11:00:00+01:00",
        "2026-11-20 11:00:00",
        " 2026-11-20T11:00 ",
        "2026-11-20T15:30:00+05:30",
        "20261120T100000Z",
        "2026-11-20T10:00:00.0000001Z",
        1795168800,
        1795168800.0,
        1795168800000,
        "1795168800",
        "1795168800000",
    ],
)
def test_one_moment_in_every_writing(at, stamp):
    assert at(stamp) == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert at(stamp).tzinfo is UTC


@pytest.mark.parametrize("stamp", [None, "", "null", "--"])
def test_no_stamp_means_when_it_came(at, origin, stamp):
    assert at(stamp) == origin().received_at


@pytest.mark.parametrize(
    ("zone", "hour"), [("UTC", 12), ("Europe/Brussels", 11), ("America/Los_Angeles", 20), ("Asia/Kolkata", 6)]
)
def test_a_date_alone_is_its_noon_at_the_site_give_or_take_twelve_hours(one, zone, hour):
    reading = one("json", {"sg": 1.05, "observed_at": "2026-11-20"}, zone=zone).readings[0]
    assert reading.observed_at.hour == hour
    assert reading.precision_s == 43200


def test_today_s_date_is_taken_before_noon(at):
    morning = datetime(2026, 11, 22, 6, tzinfo=UTC)
    assert at("2026-11-22", received_at=morning, zone="UTC") == datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_tomorrow_s_date_is_refused(too):
    assert "is the clock set" in too("2026-11-23", zone="UTC")


def test_milliseconds_are_known_from_1973_on(at):
    assert at(978_307_200_000) == datetime(2001, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("raw", ["", "--", " null ", None, "NaN"])
def test_a_missing_stamp_asked_for_directly_is_when_it_came(origin, raw):
    assert observed_at(raw, origin()) == (origin().received_at, 0.0)


def test_ten_minutes_ahead_are_forgiven_and_eleven_are_not(at, too, origin):
    now = origin().received_at
    assert at((now + timedelta(minutes=10)).isoformat()) == now + timedelta(minutes=10)
    assert "is the device's clock set?" in too((now + timedelta(minutes=11)).isoformat())


def test_the_year_2000_begins_the_possible(at, too):
    assert at("2000-01-01T00:00:00Z") == EARLIEST
    assert "clock set" in too("1999-12-31T23:59:59Z")


@pytest.mark.parametrize(
    ("stamp", "cause"),
    [
        (0, "clock set"),
        (12345, "seconds or milliseconds"),
        (-5, "clock set"),
        (1795168800000000, "microseconds"),
        (1e308, "microseconds"),
        (99999999999, "seconds nor in milliseconds"),
        ("1970-01-01T00:00:00Z", "clock set"),
        ("0001-01-01T00:00:00+14:00", "clock set"),
        ("9999-12-31T23:59:59-14:00", "clock set"),
        ("9999-12-31", "clock set"),
        ("0001-01-01", "clock set"),
    ],
)
def test_an_impossible_time_is_refused_with_its_likely_cause(too, stamp, cause):
    said = too(stamp)
    assert said.startswith("observed_at=") and cause in said


@pytest.mark.parametrize("stamp", ["yesterday", "20/11/2026", "2026-13-01", "2026-11-20T25:00Z", "1.7.2026", "2026"])
def test_what_is_no_time_is_refused_with_an_example(too, stamp):
    assert "send it like 2026-11-20T14:05:00Z" in too(stamp)


@pytest.mark.parametrize("stamp", [True, [], {}])
def test_what_is_neither_text_nor_number_is_refused(too, stamp):
    assert "observed_at must be a number" in too(stamp)


def test_the_hour_that_comes_twice_means_its_first(at):
    assert at("2026-10-25T02:30:00") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_hour_that_never_was_does_not_crash(at):
    assert abs(at("2026-03-29T02:30:00") - datetime(2026, 3, 29, 1, tzinfo=UTC)) <= timedelta(minutes=30)


@pytest.mark.parametrize(("local", "utc"), [(46320.0 + 2.5 / 24, 0.5), (46110.0 + 2.5 / 24, 1.5)])
def test_a_timepoint_on_the_night_of_the_clocks_does_not_crash(one, local, utc):
    frame = one("tiltpi", f"Timepoint={local}&Temp=68&SG=1.05&Color=RED".encode())
    at = frame.readings[0].observed_at
    assert at.hour + at.minute / 60 == utc


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "Europe", "../etc/passwd", "/etc/passwd", "a\x00b"])
def test_an_unknown_zone_is_named_only_where_it_is_needed(at, too, zone):
    assert "IANA name" in too("2026-11-20T10:00:00", zone=zone)
    assert at("2026-11-20T10:00:00Z", zone=zone) == datetime(2026, 11, 20, 10, tzinfo=UTC)
