"""Tilts behind TiltBridge, Tilt Pi and pytilt."""

from datetime import UTC, datetime

import pytest

from cellarhand.domain import Refused

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("name", "key", "sg", "temp_c"),
    [
        ("brewfather.json", "YELLOW", 1.0123, (100.1 - 32) / 1.8),
        ("grainfather.json", "", 1.0123, 20.0),
        ("taplist.json", "YELLOW", 1.0123, 20.0),
        ("brewstatus.form", "YELLOW", 1.0123, 20.0),
        ("google.json", "YELLOW", 1.0123, 20.0),
        ("mqtt.json", "BLACK", 1.0500, 20.0),
    ],
)
def test_every_target_of_a_tiltbridge_is_read(one, captured, name, key, sg, temp_c):
    frame = one("tiltbridge", captured(f"tiltbridge_{name}"))
    got = {r.channel: r.value for r in frame.readings}
    assert frame.key == key
    assert got["sg"] == sg
    assert got["temp_c"] == pytest.approx(temp_c)


def test_the_local_target_gives_one_frame_for_each_colour(read, captured):
    black, pink = read("tiltbridge", captured("tiltbridge_local.json"))
    assert (black.key, pink.key) == ("BLACK", "PINK")
    assert {r.channel: r.value for r in black.readings} == {
        "temp_c": 20.0,
        "sg": 1.057,
        "rssi_dbm": -75.0,
        "x_weeks_on_battery": 100.0,
        "x_sends_battery": 0.0,
        "x_high_resolution": 0.0,
        "x_fwversion": 1004.0,
    }
    assert {r.channel: r.value for r in pink.readings}["temp_c"] == pytest.approx(19.0)
    assert pink.texts == {"mdns_id": "tiltbridge", "gsheets_name": "Saison"}


def test_nobody_s_address_and_no_open_link_is_kept(read, captured):
    for name in ("google", "local"):
        kept = repr(read("tiltbridge", captured(f"tiltbridge_{name}.json")))
        assert "example.org" not in kept


def test_a_beer_that_is_called_by_a_number_stays_a_text(one):
    frame = one("tiltbridge", {"Beer": "1664", "Temp": "68.0", "SG": "1.0123", "Color": "RED"})
    assert frame.texts == {"beer": "1664"}


@pytest.mark.parametrize(
    "body",
    [
        {"Color": "Black", "Temp": "999", "SG": "1.004"},
        {"name": "Black", "temp": "999.0", "temp_unit": "F", "gravity": "1.006", "gravity_unit": "G"},
        {"Color": "Black", "Temp": 999, "SG": "1.004", "tempunits": "C"},
        {"Color": "Black", "Temp": "999", "SG": ""},
        b"Temp=999&SG=1.004&Color=BLACK&Timepoint=46348.4&Beer=&Comment=",
        [{"color": "Black", "temp": (999 - 32) / 1.8, "gravity": 1004}],
        [{"color": "Black", "temp": 537.2, "gravity": 1004}],
    ],
)
@pytest.mark.parametrize("kind", ["tiltbridge", "tiltpi"])
def test_a_firmware_packet_is_never_a_reading(read, no, kind, body):
    assert "999 is a firmware packet" in no(kind, body)
    assert read(kind, body)[0].key == "BLACK"


def test_one_float_s_firmware_packet_does_not_cost_the_other_float(read):
    tilts = {"Black": {"temp": "999", "gravity": "1.004"}, "Pink": {"temp": "68", "gravity": "1.012"}}
    black, pink = read("tiltbridge", {"mdns_id": "b", "tilts": tilts})
    assert (black.key, pink.key) == ("BLACK", "PINK")
    assert black.refused and not black.readings
    assert pink.refused is None


def test_gravity_in_plato_is_converted(values):
    body = {"name": "Red", "temp": "20", "temp_unit": "C", "gravity": "12.0", "gravity_unit": "P"}
    assert values("tiltbridge", body) == {"temp_c": 20.0, "sg": pytest.approx(1.0484, abs=1e-4)}


def test_gravity_times_1000_is_a_tilt_s_own_unit(values):
    assert values("tiltbridge", {"Color": "Red", "Temp": "68", "SG": "1050"})["sg"] == 1.05


def test_gravity_zero_is_no_reading(no):
    assert "no reading" in no("tiltbridge", {"Color": "Red", "Temp": "68", "SG": "0.0000"})


def test_a_bridge_without_a_float_in_reach_says_so(read):
    with pytest.raises(Refused, match="the bridge sees no Tilt"):
        read("tiltbridge", {"mdns_id": "b", "tilts": {}})


def test_the_mqtt_stamp_is_unix_time(one, captured):
    frame = one("tiltbridge", captured("tiltbridge_mqtt.json"))
    assert frame.readings[0].observed_at == datetime(2026, 11, 22, 11, 59, tzinfo=UTC)


def test_a_tilt_pi_post_is_read_with_colour_and_mac_as_key(one, captured):
    frame = one("tiltpi", captured("tiltpi_cloud.form"), FORM)
    assert frame.key == "BLACK:AA:BB:CC:DD:EE:FF"
    assert frame.texts == {"beer": "Saison,12", "comment": "dry hopped"}
    assert {r.channel: r.value for r in frame.readings} == {"temp_c": 20.0, "sg": 1.0123}
    assert {r.precision_s for r in frame.readings} == {1.0}


@pytest.mark.parametrize(("zone", "hour"), [("UTC", 11), ("Europe/Brussels", 10), ("Asia/Kolkata", 6)])
def test_a_timepoint_is_the_site_s_local_time(one, captured, zone, hour):
    at = one("tiltpi", captured("tiltpi_cloud.form"), FORM, zone=zone).readings[0].observed_at
    assert at.hour == hour and at.tzinfo is UTC
    assert (at.minute, at.second) == ((26, 0) if zone == "Asia/Kolkata" else (56, 0))


def test_a_timepoint_agrees_with_the_unix_form_of_brewstatus(one):
    seconds = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC).timestamp()
    body = f"Timepoint={seconds / 86400 + 25569:.11f}&Temp=68.0&SG=1.05&Color=RED".encode()
    assert one("tiltpi", body, zone="UTC").readings[0].observed_at.timestamp() == seconds


def test_a_timepoint_ahead_of_us_asks_for_the_zone(no):
    assert "is the site's zone right (UTC)" in no("tiltpi", b"Timepoint=46348.6&Temp=68&SG=1.05&Color=RED", zone="UTC")


@pytest.mark.parametrize(
    ("days", "cause"), [("1795348740", "unix seconds"), ("25569", "clock set"), ("-1", "clock set"), ("1e300", "unix")]
)
def test_a_timepoint_that_is_no_spreadsheet_day_is_refused(no, days, cause):
    assert cause in no("tiltpi", f"Timepoint={days}&Temp=68&SG=1.05&Color=RED".encode())


def test_pytilt_s_list_is_in_celsius_and_thousandths(read, captured):
    red, blue = read("tiltpi", captured("pytilt_list.json"))
    assert (red.key, blue.key) == ("RED", "BLUE")
    assert {r.channel: r.value for r in red.readings} == {"temp_c": 20.5, "sg": 1.05}
    assert red.readings[0].observed_at == datetime(2026, 11, 22, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize("content_type", ["", FORM, "text/plain"])
def test_a_form_is_known_by_its_look_under_any_header(values, content_type):
    assert values("tiltpi", b"Temp=68&SG=1.05&Color=RED", content_type)["sg"] == 1.05


def test_json_under_a_form_s_header_is_still_json(values, captured):
    assert values("tiltbridge", captured("tiltbridge_taplist.json"), FORM)["sg"] == 1.0123
