"""GravityMon and PressureMon."""

import pytest


def test_the_default_template_gives_every_channel(one, captured):
    frame = one("gravitymon", captured("gravitymon_default.json"))
    assert {r.channel: r.value for r in frame.readings} == {
        "sg": 1.005,
        "corr_sg": 1.005,
        "temp_c": 20.5,
        "velocity": 0.0,
        "angle_deg": 45.34,
        "battery_v": 3.67,
        "rssi_dbm": -12.0,
        "x_interval": 900.0,
        "x_run_time": 6.0,
    }


def test_a_chip_number_that_looks_like_a_power_of_ten_stays_a_text(one, captured):
    assert one("gravitymon", captured("gravitymon_default.json")).texts == {"name": "gravitymon2E6753", "id": "2E6753"}


def test_the_get_form_with_hyphens_reads_the_same(one, captured):
    as_json = one("gravitymon", captured("gravitymon_default.json"))
    as_form = one("gravitymon", captured("gravitymon_get.form"))
    assert as_form == as_json


def test_plato_holds_for_both_gravities_whatever_is_set_here(values):
    body = {"gravity": 12, "corr-gravity": 11.9, "gravity-unit": "P"}
    got = values("gravitymon", body, gravity_unit="sg")
    assert got == {"sg": pytest.approx(1.0484, abs=1e-4), "corr_sg": pytest.approx(1.0480, abs=1e-4)}


def test_without_a_unit_the_device_s_setting_here_counts(values):
    assert values("gravitymon", {"gravity": 12}, gravity_unit="plato")["sg"] == pytest.approx(1.0484, abs=1e-4)


def test_an_impossible_corrected_gravity_costs_nothing(values):
    assert values("gravitymon", {"gravity": 1.012, "corr-gravity": 0, "gravity-unit": "G"}) == {"sg": 1.012}
    assert values("gravitymon", {"gravity": 1.012, "corr-gravity": 7.5})["x_corr_gravity"] == 7.5


@pytest.mark.parametrize(
    ("unit", "sent"), [("PSI", 14.5038), ("BAR", 1.0), ("kPa", 100.0), ("KPA", "100"), ("psi", "14,5038")]
)
def test_pressure_comes_to_bar_from_every_unit(values, unit, sent):
    assert values("gravitymon", {"pressure": sent, "pressure-unit": unit})["pressure_bar"] == pytest.approx(1, abs=1e-5)


def test_pressuremon_names_its_units_in_its_own_way(values, captured):
    got = values("gravitymon", captured("pressuremon_default.json"))
    assert got["temp_c"] == pytest.approx(20.0)
    assert got["pressure_bar"] == pytest.approx(0.99974, abs=1e-5)


def test_a_pressure_without_a_unit_is_not_guessed(no):
    assert "pressure-unit" in no("gravitymon", {"pressure": 14.5, "temperature": 20})


def test_a_pressure_that_no_tank_holds_is_refused(no):
    assert "200 psi was sent" in no("gravitymon", {"pressure": 200, "pressure-unit": "PSI"})
    assert "is it in psi?" in no("gravitymon", {"pressure": 14.5, "pressure-unit": "BAR"})


@pytest.mark.parametrize("words", [{"temp_units": "F"}, {"temp-units": "F"}, {"temperature-unit": "F"}])
def test_every_name_of_the_temperature_s_unit_is_known(values, words):
    assert values("gravitymon", {"temperature": 68} | words)["temp_c"] == pytest.approx(20.0)


def test_both_spellings_at_once_are_one_field_where_they_agree(values, no):
    assert values("gravitymon", {"temperature": 68, "temp_units": "F", "temp-units": "F"})["temp_c"] == 20.0
    assert "each field once" in no("gravitymon", {"temperature": 68, "temp_units": "F", "temp-units": "C"})


@pytest.mark.parametrize(("unit", "sent"), [("C", 85), ("F", 185), ("C", -127), ("F", -196.6)])
def test_its_thermometer_s_error_codes_are_refused(no, unit, sent):
    assert "DS18B20" in no("gravitymon", {"gravity": 1.01, "temperature": sent, "temp_units": unit})


def test_a_plato_value_that_the_device_calls_sg_is_refused_and_names_plato(no):
    assert "°P" in no("gravitymon", {"gravity": 12.1, "gravity-unit": "G"})


def test_a_dead_tilt_sensor_is_refused(no):
    assert "tilt sensor" in no("gravitymon", {"gravity": 1.012, "angle": 0, "gravity-unit": "G"})
