"""Our own JSON."""

import pytest


def test_a_full_body_gives_its_four_channels(values, captured):
    got = values("json", captured("own_full.json"))
    assert got == {"sg": 1.0123, "temp_c": 19.5, "pressure_bar": 0.8, "ph": 4.31}


def test_a_list_gives_a_frame_for_each_object(read, captured):
    first, second = read("json", captured("own_list.json"))
    assert {r.channel: r.value for r in first.readings} == {
        "sg": pytest.approx(1.0505, abs=1e-4),  # ASBC table: 12.5 °P is 1.0505
        "temp_c": 20.0,
    }
    assert {r.channel: r.value for r in second.readings} == {"sg": 1.021, "x_dissolved_o2_ppb": 35.0}
    assert second.texts == {"sampled by": "Ann"}


@pytest.mark.parametrize("kind", ["json", "own", "cellarhand"])
def test_it_has_three_names(values, kind):
    assert values(kind, {"sg": 1.05}) == {"sg": 1.05}


@pytest.mark.parametrize(
    "body",
    [
        {"sg": 1.048},
        {"sg": "1,048"},
        {"SG": " 1.048 "},
        {"gravity": 1.048},
        {"gravity": 1.048, "unit": "sg"},
        {"gravity": 48, "unit": "points"},
        {"gravity": 48, "gravity_unit": "Points"},
        {"plato": 11.91},
        {"gravity": 11.91, "unit": "plato"},
        {"gravity": 11.91, "unit": "°P"},
        {"sg": None, "plato": 11.91},
        {"sg": "", "gravity": "48.0", "unit": "points"},
    ],
)
def test_one_gravity_in_every_writing(values, body):
    assert values("json", body) == {"sg": pytest.approx(1.048, abs=2e-5)}


def test_gravity_without_a_unit_is_in_the_device_s_unit(values):
    assert values("json", {"gravity": 11.91}, gravity_unit="plato")["sg"] == pytest.approx(1.048, abs=2e-5)


@pytest.mark.parametrize(
    ("field", "value", "bar"), [("pressure_bar", 0.7, 0.7), ("pressure_psi", 10, 0.689476), ("pressure_kpa", 70, 0.7)]
)
def test_pressure_comes_to_bar(values, field, value, bar):
    assert values("json", {field: value})["pressure_bar"] == pytest.approx(bar, abs=1e-6)


@pytest.mark.parametrize(("field", "value"), [("temp_c", 20), ("temp_f", 68), ("temp_k", 293.15)])
def test_temperature_comes_to_celsius(values, field, value):
    assert values("json", {field: value})["temp_c"] == pytest.approx(20.0)


@pytest.mark.parametrize(
    "body",
    [
        {"sg": 1.05, "plato": 12},
        {"sg": 1.05, "gravity": 1.05},
        {"sg": 1.05, "gravity": 50, "unit": "points", "plato": 12},
        {"temp_c": 20, "temp_f": 68},
        {"pressure_bar": 1, "pressure_psi": 14},
    ],
)
def test_two_fields_for_one_quantity_are_refused(no, body):
    assert no("json", body).startswith("one of ")


def test_one_field_in_two_capitals_is_refused_unless_it_says_the_same(no, values):
    assert "each field once" in no("json", {"sg": 1.05, "SG": 1.04})
    assert values("json", {"sg": 1.05, "SG": 1.05}) == {"sg": 1.05}


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ({"sg": 48}, "is it in points or °P?"),
        ({"sg": 1048}, "is it SG × 1000?"),
        ({"sg": "1050.3"}, "is it SG × 1000?"),
        ({"sg": 0}, "0 is what a float sends when it has no reading"),
        ({"sg": -1}, "tilt angle"),
        ({"sg": 1e308}, "sg=1e+308 is outside"),
        ({"plato": 60}, "is it in points?"),
        ({"gravity": 5000, "unit": "points"}, "5000 points was sent"),
        ({"gravity": 48, "unit": "brix"}, "must be one of sg, plato, points: got 'brix'"),
        ({"temp_c": 999}, "firmware packet"),
        ({"temp_f": 999}, "firmware packet"),
        ({"temp_k": "999.0"}, "firmware packet"),
        ({"temp_k": 0}, "0 K is what a device sends with no reading"),
        ({"temp_c": -127}, "unplugged"),
        ({"temp_c": 300}, "is it in K?"),
        ({"temp_f": 1e308}, "was sent"),
        ({"pressure_bar": 14.5}, "is it in psi?"),
        ({"pressure_bar": -1}, "pressure_bar=-1"),
        ({"ph": 0}, "not connected"),
        ({"ph": 14}, "ph=14 is outside"),
    ],
)
def test_an_impossible_value_refuses_its_whole_frame_with_its_cause(no, body, cause):
    assert cause in no("json", {"battery_v": 3.7} | body)


def test_zero_plato_measured_by_a_person_is_water(values):
    assert values("json", {"plato": 0})["sg"] == 1.0


@pytest.mark.parametrize("missing", ["", None, "null", "nan", "NaN", "N/A", "--", " - "])
def test_missing_is_never_zero(values, missing):
    assert values("json", {"sg": missing, "ph": missing, "temp_c": 20}) == {"temp_c": 20.0}


@pytest.mark.parametrize("field", ["sg", "plato", "temp_c", "ph", "pressure_psi"])
@pytest.mark.parametrize("wrong", [True, False, [], {}, [1.05], "abc", "1.05 SG", "1_0", "inf", "-Infinity", "1.012,5"])
def test_what_is_no_number_is_refused_for_a_known_field(no, field, wrong):
    assert f"{field} must be a " in no("json", {field: wrong, "x": 1})


@pytest.mark.parametrize("body", [{}, {"sg": None}, {"note": "hop"}, {"a": [1]}, {"": 1}])
def test_a_frame_without_any_number_is_refused(no, body):
    assert "nothing to keep" in no("json", body)


def test_side_channels_are_known_by_their_own_names(values):
    body = {"angle_deg": 40, "battery_v": 3.7, "battery_pct": 80, "rssi_dbm": -60, "velocity": -5, "corr_sg": 1.01}
    assert values("json", body) == {name: float(value) for name, value in body.items()}


def test_a_bad_item_does_not_cost_the_others(read):
    good, bad, worse, last = read("json", [{"sg": 1.05}, {"sg": 48}, 7, {"sg": 1.04}])
    assert good.refused is None and last.refused is None
    assert "points" in str(bad.refused)
    assert "each item must be an object" in str(worse.refused)


@pytest.mark.parametrize("body", [{"temp_c": 85}, {"temp_c": "85.0", "sg": 1.01}, {"temp_f": 185}, {"temp_k": 358.15}])
def test_a_thermometer_that_has_not_measured_yet_is_refused_from_a_script_too(no, body):
    assert "before its first measurement" in no("json", body)


def test_a_stream_made_for_brewfather_is_understood(values):
    body = {"temp": 68, "temp_unit": "F", "gravity": 12, "gravity_unit": "P", "pressure": 10, "pressure_unit": "PSI"}
    assert values("json", body | {"ph": 4.12, "aux_temp": 15.61}) == {
        "sg": pytest.approx(1.0484, abs=1e-4),
        "temp_c": 20.0,
        "pressure_bar": pytest.approx(0.689476, abs=1e-6),
        "ph": 4.12,
        "x_aux_temp": 15.61,
    }


def test_a_bare_temperature_without_its_unit_is_kept_under_its_own_name(values):
    assert values("json", {"temp": 20, "sg": 1.05}) == {"sg": 1.05, "x_temp": 20.0}
