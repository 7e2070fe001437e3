"""The RAPT Pill by the portal's web hook."""

import itertools
import json
from datetime import UTC, datetime

import pytest


def test_texts_become_numbers_and_gravity_comes_from_thousandths(one, captured):
    frame = one("rapt", captured("rapt_usual.json"))
    got = {r.channel: r.value for r in frame.readings}
    assert got == {"sg": 1.0503, "temp_c": 19.56, "battery_pct": 87.4, "rssi_dbm": -62.0}
    assert frame.texts["device_name"] == "Pill yellow"


def test_created_date_stamps_it_and_unfilled_variables_are_missing(one, captured, origin):
    frame = one("rapt", captured("rapt_full.json"))
    assert frame.readings[0].observed_at == datetime(2026, 11, 22, 11, 58, 30, 123456, tzinfo=UTC)
    assert {r.channel for r in frame.readings} == {"sg", "temp_c", "battery_pct", "rssi_dbm"}
    assert set(frame.texts) == {"device_type", "device_name", "device_id"}


def test_a_stamp_of_the_portal_without_a_zone_is_utc_whatever_the_site(one):
    body = {"gravity": "1050", "created_date": "2026-11-22T11:00:00"}
    at = one("rapt", body, zone="America/New_York").readings[0].observed_at
    assert at == datetime(2026, 11, 22, 11, 0, tzinfo=UTC)


def test_the_order_of_the_template_makes_no_difference(one):
    fields = [("gravity", "1050.3"), ("temperature", "19.5"), ("battery", "80"), ("device_name", "x")]
    bodies = [json.dumps(dict(order)).encode() for order in itertools.permutations(fields)]
    first = one("rapt", bodies[0])
    assert all(one("rapt", body) == first for body in bodies)


@pytest.mark.parametrize(("sent", "sg"), [("1050", 1.05), (1050.3, 1.0503), ("998.5", 0.9985), ("1.0503", 1.0503)])
def test_gravity_in_thousandths_or_plain(values, sent, sg):
    assert values("rapt", {"gravity": sent})["sg"] == pytest.approx(sg, abs=1e-12)


@pytest.mark.parametrize("sent", ["0", "0.0", 0])
def test_gravity_zero_is_no_reading(no, sent):
    assert "no reading" in no("rapt", {"gravity": sent, "temperature": "20"})


def test_gravity_missing_leaves_the_temperature(values):
    assert values("rapt", {"gravity": "@gravity", "temperature": "4.0"}) == {"temp_c": 4.0}


def test_a_template_that_was_not_filled_in_has_nothing_to_keep(no):
    assert "nothing to keep" in no("rapt", {"gravity": "@gravity", "temperature": "@temperature"})


def test_an_item_that_is_no_object_is_refused_alone(read):
    bad, good = read("rapt", [7, {"gravity": "1050"}])
    assert "each item must be an object" in str(bad.refused)
    assert good.refused is None


def test_a_battery_over_100_percent_costs_no_gravity(values):
    assert values("rapt", {"gravity": "1050", "battery": "104"}) == {"sg": 1.05, "x_battery": 104.0}
