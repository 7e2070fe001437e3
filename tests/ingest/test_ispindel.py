"""The iSpindel: gravity without a unit, error codes of its two sensors, a token that must not be kept."""

import pytest

from cellarhand.units import plato_from_sg

GOOD = {"name": "i1", "ID": 1, "angle": 40.0, "temperature": 20.0, "temp_units": "C", "gravity": 1.048}


def test_a_captured_frame_gives_its_numbers_in_the_house_units(values, captured):
    got = values("ispindel", captured("ispindel_fermentrack.json"), gravity_unit="plato")
    assert got == {
        "sg": pytest.approx(1.0954, abs=3e-4),  # ASBC table: 22.8 °P is 1.0955
        "temp_c": pytest.approx(22.875),
        "angle_deg": 68.81093,
        "battery_v": 4.103232,
        "rssi_dbm": -41.0,
        "x_interval": 20.0,
    }
    assert plato_from_sg(got["sg"]) == pytest.approx(22.80585)


def test_old_firmware_without_units_means_celsius(values, captured):
    got = values("ispindel", captured("ispindel_old_firmware.json"), gravity_unit="plato")
    assert got["temp_c"] == 25.1875
    assert "rssi_dbm" not in got


def test_the_chip_and_the_name_are_texts_and_the_token_is_never_kept(one, captured):
    frame = one("ispindel", captured("ispindel_fermentrack.json"), gravity_unit="plato")
    assert frame.key == ""
    assert frame.texts == {"name": "iSpindel001", "id": "9390968"}
    assert "fermentrack" not in repr(frame)


def test_it_is_stamped_when_it_came(one, origin):
    assert {r.observed_at for r in one("ispindel", GOOD).readings} == {origin().received_at}


def test_a_gravity_in_plato_from_a_device_set_to_sg_is_refused_and_names_plato(no):
    said = no("ispindel", GOOD | {"gravity": 22.80585})
    assert said.startswith("sg=22.8058 is outside 0.980..1.200")
    assert "°P" in said and "plato" in said


@pytest.mark.parametrize("plato", [46.0, 120.0, -7.0])
def test_a_plato_that_no_wort_has_is_refused(no, plato):
    assert f"plato={plato:g} is outside" in no("ispindel", GOOD | {"gravity": plato}, gravity_unit="plato")


@pytest.mark.parametrize("unit", ["sg", "plato"])
def test_gravity_zero_is_no_gravity_in_any_unit(no, unit):
    assert "0 is what a float sends when it has no reading" in no("ispindel", GOOD | {"gravity": 0}, gravity_unit=unit)


@pytest.mark.parametrize("angle", [0, 0.0, "0.0", "0.00000"])
def test_an_angle_of_exactly_zero_is_a_dead_tilt_sensor(no, angle):
    assert "tilt sensor doesn't answer" in no("ispindel", GOOD | {"angle": angle})


def test_an_angle_of_zero_without_a_gravity_spoils_nothing(values):
    body = {"angle": 0, "temperature": 20.0, "gravity": None}
    assert values("ispindel", body) == {"temp_c": 20.0, "angle_deg": 0.0}


@pytest.mark.parametrize(("unit", "sent"), [("C", 85.0), ("F", 185.0), ("K", 358.15), ("C", "85.0"), ("F", 185)])
def test_85_degrees_is_a_thermometer_that_has_not_measured_yet(no, unit, sent):
    assert "before its first measurement" in no("ispindel", GOOD | {"temperature": sent, "temp_units": unit})


@pytest.mark.parametrize(("unit", "sent"), [("C", -127), ("F", -196.6), ("K", 146.15)])
def test_minus_127_degrees_is_an_unplugged_thermometer(no, unit, sent):
    assert "unplugged" in no("ispindel", GOOD | {"temperature": sent, "temp_units": unit})


def test_a_temperature_next_to_the_error_code_is_a_temperature(values):
    assert values("ispindel", GOOD | {"temperature": 85.0625})["temp_c"] == 85.0625


def test_no_temperature_in_kelvin_is_refused(no):
    assert "0 K is what a device sends with no reading" in no("ispindel", GOOD | {"temperature": 0, "temp_units": "K"})


@pytest.mark.parametrize(
    ("unit", "sent"), [("C", 20.0), ("F", 68.0), ("K", 293.15), ("f", 68), ("°F", "68,0"), ("", 20), (None, 20)]
)
def test_every_writing_of_a_temperature_unit_is_understood(values, unit, sent):
    assert values("ispindel", GOOD | {"temperature": sent, "temp_units": unit})["temp_c"] == pytest.approx(20.0)


def test_an_unknown_temperature_unit_is_refused_and_not_guessed(no):
    assert "must be one of C, F, K: got 'R'" in no("ispindel", GOOD | {"temperature": 68, "temp_units": "R"})


def test_a_value_out_of_range_after_conversion_names_what_was_sent(no):
    assert "300 °F was sent" in no("ispindel", GOOD | {"temperature": 300, "temp_units": "F"})


def test_kelvin_under_a_celsius_setting_is_recognised(no):
    assert "is it in K?" in no("ispindel", GOOD | {"temperature": 293.15})


def test_a_signal_of_an_offline_radio_costs_no_gravity_and_no_information(values):
    got = values("ispindel", GOOD | {"RSSI": 31})
    assert got["sg"] == 1.048
    assert "rssi_dbm" not in got and got["x_rssi"] == 31.0


def test_a_unit_that_is_no_text_is_refused(no):
    assert "temp_units must be a text: got 'int'" in no("ispindel", GOOD | {"temp_units": 1})


def test_gravity_times_1000_is_refused_with_its_cause(no):
    assert "SG × 1000" in no("ispindel", GOOD | {"gravity": 1048})
