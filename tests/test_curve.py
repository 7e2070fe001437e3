"""The curve: what is believed, what is set aside and why, and when it has stopped."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellarhand.curve import Context, Curve, Series, build, drifts, flat_for, stability
from cellarhand.domain import PlaceRole, Refused

HOURS = np.arange(0, 160, 0.25)


def beer(hours, og=1.050, fg=1.010, half=36.0, width=8.0):
    return fg + (og - fg) / (1 + np.exp((hours - half) / width))


def noisy(hours, seed=0, sd=0.0004):
    return beer(hours) + np.random.default_rng(seed).normal(0, sd, len(hours))


def reasons(curve):
    return {a.reason.split(":")[0] for a in curve.set_aside}


def test_a_clean_series_is_believed_whole():
    curve = Curve.from_readings(HOURS, noisy(HOURS))
    assert not curve.set_aside and not curve.manual
    assert np.abs(curve.smooth - beer(curve.hours)).max() < 0.001
    assert curve.level == pytest.approx(1.010, abs=0.0005) and curve.attenuation == pytest.approx(0.79, abs=0.03)


def test_the_rate_is_in_points_a_day_and_negative_while_it_falls():
    curve = Curve.from_readings(HOURS[HOURS <= 36], noisy(HOURS)[HOURS <= 36])
    assert curve.rate[-1] == pytest.approx(-24 * 40 / (4 * 8.0), rel=0.2)


@given(st.integers(20, 600), st.floats(0.008, 0.1))
@settings(max_examples=30)
def test_a_spike_is_set_aside_and_moves_nothing(where, size):
    sg = noisy(HOURS)
    sg[where : where + 3] += size
    curve = Curve.from_readings(HOURS, np.minimum(sg, 1.199))
    near = np.abs(curve.hours - HOURS[where]) < 5
    assert np.abs(curve.smooth[near] - beer(curve.hours[near])).max() < 0.003


def test_a_lift_by_krausen_is_set_aside():
    sg = noisy(HOURS)
    hump = (HOURS > 3) & (HOURS < 10)
    sg[hump] += 0.015  # 1.055 → 1.070 in four hours, back by ten: iSpindel#168
    curve = Curve.from_readings(HOURS, sg)
    assert "early rise" in reasons(curve) and curve.og == pytest.approx(1.050, abs=0.001)


def test_a_float_that_rises_in_the_cold_is_set_aside():
    sg, temp = noisy(HOURS), np.full(len(HOURS), 20.0)
    crash = HOURS > 110
    temp[crash] = 3.0
    sg[crash] += 0.009  # 1.011 → 1.020 from 20 to 2.5 °C: fermentrack#583
    curve = Curve.from_readings(HOURS, sg, temp)
    assert "cold" in reasons(curve) and curve.level == pytest.approx(1.010, abs=0.001)


def test_a_float_that_falls_in_the_cold_after_standing_still_is_set_aside():
    sg, temp = noisy(HOURS), np.full(len(HOURS), 20.0)
    temp[HOURS > 110] = 5.0
    sg[HOURS > 110] -= 0.015  # 1.003 read as 0.988 at 5 °C: BrewPiLess#106
    curve = Curve.from_readings(HOURS, sg, temp)
    assert "cold" in reasons(curve) and curve.level == pytest.approx(1.010, abs=0.001)


def test_a_lager_stepped_down_while_it_ferments_is_believed():
    sg, temp = noisy(HOURS), np.where(HOURS > 30, 8.0, 14.0)
    assert not Curve.from_readings(HOURS, sg, temp).set_aside


def test_while_it_lasts_a_lift_by_krausen_is_set_aside_too():
    sg = noisy(HOURS)
    sg[(HOURS > 3) & (HOURS < 10)] += 0.015
    curve = Curve.from_readings(HOURS, sg, now=8.0)
    assert "early rise" in reasons(curve) and curve.level == pytest.approx(1.050, abs=0.001)


@pytest.mark.parametrize("size", [-0.008, -0.005, 0.005, 0.008])
@pytest.mark.parametrize("when", [40, 60.6, 100.3])
def test_a_kick_is_named_and_taken_out_of_what_follows(size, when):
    curve = Curve.from_readings(HOURS, noisy(HOURS) + size * (when < HOURS))
    (note,) = curve.notes
    hour = re.search(r"The float jumped (?:up|down) by .* at hour (\d+)", note)[1]
    assert abs(float(hour) - when) < 1.5
    assert np.abs(curve.smooth - beer(curve.hours)).max() < 0.002
    clean = Curve.from_readings(HOURS, noisy(HOURS))
    assert np.abs(curve.rate - np.interp(curve.hours, clean.hours, clean.rate)).max() < 4.0


def test_a_correction_that_a_person_accepted_is_no_kick():
    """It sets in at once and lasts, as a kick does; taking it back out would undo what the person said."""
    hours = np.arange(0.0, 40.0, 0.5)
    for begins in (20.0, 38.0):
        sg = 1.050 - 0.0008 * hours - 0.005 * (hours >= begins)
        corrected = Series(source="f", hours=hours, sg=sg, temp_c=np.full(80, np.nan), steps=(begins, np.inf))
        curve = build([corrected], Context(), now=40.0)
        assert curve.level == pytest.approx(float(sg[-1]), abs=0.001) and not curve.notes, begins
        alone = build([replace(corrected, steps=())], Context(), now=40.0)
        assert alone.level > sg[-1] + 0.003, begins  # the same without a person's word is a fault


def test_noise_and_a_sudden_halt_are_no_kicks():
    """Taking a kick back out moves all that follows: what isn't one must never be taken for one."""
    halted = np.maximum(beer(HOURS), beer(np.array([38.0]))[0])
    for seed in range(25):
        for sd in (0.0004, 0.001, 0.003):
            for sg in (beer(HOURS), halted):
                seen = sg + np.random.default_rng(seed).normal(0, sd, len(HOURS))
                assert not [n for n in Curve.from_readings(HOURS, seen).notes if "jumped" in n], (seed, sd)


def test_no_kick_is_seen_in_clean_quantised_or_interrupted_beer():
    keep = (HOURS < 30) | (HOURS > 45)
    for hours, sg in (
        (HOURS, noisy(HOURS)),
        (HOURS, np.round(noisy(HOURS), 3)),
        (HOURS[keep], noisy(HOURS)[keep]),
        (HOURS, noisy(HOURS, sd=0.002)),
    ):
        assert not Curve.from_readings(hours, sg).notes


def test_a_step_too_young_to_tell_waits_and_moves_nothing():
    sg = noisy(HOURS)
    sg[-8:] += 0.055
    curve = Curve.from_readings(HOURS, sg)
    assert "sudden step" in reasons(curve) and curve.level == pytest.approx(1.010, abs=0.001)


def test_zeros_of_a_float_without_a_reading_are_set_aside():
    sg = noisy(HOURS)
    sg[::25] = 0.0
    curve = Curve.from_readings(HOURS, sg)
    assert "impossible" in reasons(curve) and np.abs(curve.smooth - beer(curve.hours)).max() < 0.001


def test_an_unplugged_probe_is_no_temperature():
    temp = np.full(len(HOURS), 20.0)
    temp[300:] = -127.0
    curve = Curve.from_readings(HOURS, noisy(HOURS), temp)
    assert np.nanmin(curve.temp_c) == 20.0 and not curve.set_aside


def test_water_gives_no_original_gravity():
    assert Curve.from_readings(HOURS, np.full(len(HOURS), 1.000)).attenuation is None


def test_a_curve_can_be_made_anew_as_it_was():
    whole = Curve.from_readings(HOURS, noisy(HOURS), pitched_at=2.0)
    then, again = Curve.from_readings(HOURS, noisy(HOURS), pitched_at=2.0, now=50.3), whole.recut(50.3)
    assert np.array_equal(then.smooth, again.smooth) and then.og == again.og and again.now == 50.3


def test_a_probe_at_cleaning_temperature_is_never_beer():
    temp = np.full(len(HOURS), 20.0)
    temp[400:440] = 65.0
    curve = Curve.from_readings(HOURS, noisy(HOURS), temp)
    assert "not beer" in reasons(curve) and np.nanmax(curve.temp_c) < 45


def test_gaps_stay_gaps_and_cost_certainty():
    keep = (HOURS < 40) | (HOURS > 100)
    curve = Curve.from_readings(HOURS[keep], noisy(HOURS)[keep])
    assert not ((curve.hours > 41) & (curve.hours < 99)).any()


def test_the_order_of_readings_makes_no_difference():
    mixed = np.random.default_rng(1).permutation(len(HOURS))
    a, b = Curve.from_readings(HOURS, noisy(HOURS)), Curve.from_readings(HOURS[mixed], noisy(HOURS)[mixed])
    assert np.array_equal(a.smooth, b.smooth) and np.array_equal(a.rate, b.rate)


def test_another_zero_of_the_clock_makes_no_difference():
    a = Curve.from_readings(HOURS, noisy(HOURS), pitched_at=5.0)
    b = Curve.from_readings(HOURS + 21.65, noisy(HOURS), pitched_at=26.65)
    assert np.allclose(a.hours + 21.65, b.hours) and np.allclose(a.smooth, b.smooth)


def test_rows_without_hours_or_gravity_are_left_out():
    sg = noisy(HOURS)
    sg[::7] = np.nan
    hours = HOURS.copy()
    hours[3] = np.nan
    curve = Curve.from_readings(hours, sg)
    assert np.isfinite(curve.smooth).all() and curve.readings < len(HOURS)


def test_nothing_after_now_is_seen():
    sg = noisy(HOURS)
    tampered = np.where(HOURS > 50, 1.150, sg)
    a, b = Curve.from_readings(HOURS, sg, now=50.0), Curve.from_readings(HOURS, tampered, now=50.0)
    assert np.array_equal(a.smooth, b.smooth) and a.og == b.og and a.set_aside == b.set_aside


@pytest.mark.parametrize(
    ("hours", "sg", "words", "sentence"),
    [
        ([0, 1], [48, 47], {}, "sg=48 is outside 0.980..1.200; is it in points or °P?"),
        ([0, 1], [1.05], {}, "one value a reading"),
        ([0, 1], ["a", "b"], {}, "sg are numbers"),
        ([0, float("inf")], [1.05, 1.04], {}, "finite"),
        ([0, 1], [1.05, 1.04], {"og": 48}, "og=48"),
        ([0, 1], [1.05, 1.04], {"kind": "wine"}, "kind is one of"),
        ([0, 1], [1.05, 1.04], {"started_at": "today"}, "datetime with a zone"),
        ([0, 1], [1.05, 1.04], {"fg": 1.01}, "known words"),
    ],
)
def test_bad_input_is_told_in_one_sentence(hours, sg, words, sentence):
    with pytest.raises(Refused) as refused:
        Curve.from_readings(hours, sg, **words)
    assert sentence in str(refused.value) and "\n" not in str(refused.value)


def test_one_glitch_among_many_readings_is_set_aside_not_refused():
    sg = noisy(HOURS)
    sg[333] = 1.843  # fermentrack#413
    assert "impossible" in reasons(Curve.from_readings(HOURS, sg))


def test_no_reading_at_all_is_a_curve_too():
    curve = Curve.from_readings([], [], now=5.0, og=1.050)
    assert curve.level is None and curve.attenuation is None and curve.og == 1.050


# Stability


def test_flat_beer_is_stable():
    assert stability(Curve.from_readings(HOURS, noisy(HOURS))).stable


def test_silence_is_never_stability():
    curve = Curve.from_readings(HOURS, noisy(HOURS), now=160.0 + 72.0)
    assert not stability(curve).stable and "silence" in stability(curve).reason


def test_rising_gravity_is_never_stability():
    sg = noisy(HOURS) + np.where(HOURS > 100, (HOURS - 100) * 0.00005, 0)
    found = stability(Curve.from_readings(HOURS, sg))
    assert not found.stable and "rising" in found.reason


def test_lag_is_never_stability():
    hours = np.arange(0, 80, 0.5)
    found = stability(Curve.from_readings(hours, np.full(len(hours), 1.050)))
    assert not found.stable and "lag" in found.reason


def test_a_stuck_beer_is_not_stable_where_it_was_meant_to_go_lower():
    curve = Curve.from_readings(HOURS, noisy(HOURS), expected_fg=1.004)
    assert not stability(curve).stable


def test_too_few_of_the_usual_readings_are_not_enough():
    keep = (HOURS < 112) | (np.arange(len(HOURS)) % 12 == 0)
    assert not stability(Curve.from_readings(HOURS[keep], noisy(HOURS)[keep])).stable


def test_standing_still_is_counted_from_the_newest_reading_back():
    curve = Curve.from_readings(HOURS, noisy(HOURS, sd=0.0001))
    assert 60 < flat_for(curve) < 110


# Several sensors


def series(name, offset=0.0, hours=HOURS, **more):
    return Series(source=name, hours=hours, sg=noisy(hours) + offset, temp_c=np.full(len(hours), 20.0), **more)


def test_of_three_floats_the_one_apart_is_named_and_left_out():
    curve = build([series("red", 0.012), series("blue"), series("green", 0.001)], Context(), now=150.0)
    assert any("red" in note for note in curve.notes) and curve.level == pytest.approx(1.0105, abs=0.002)


def test_the_control_sensor_leads_over_the_watching_one():
    watch = series("watch", 0.003, role=PlaceRole.WATCH)
    curve = build([watch, series("control")], Context(), now=150.0)
    assert curve.level == pytest.approx(1.010, abs=0.0006)


def test_a_float_out_of_the_liquid_is_named_and_left_out():
    air = Series(source="dry", hours=HOURS, sg=np.full(len(HOURS), 0.985), temp_c=np.full(len(HOURS), 22.0))
    curve = build([air, series("wet")], Context(), now=150.0)
    assert any("dry" in note and "air" in note for note in curve.notes) and curve.level > 1.0


def test_where_a_float_falls_silent_another_goes_on():
    early, late = HOURS[HOURS < 60], HOURS[HOURS > 70]
    curve = build([series("first", hours=early), series("second", hours=late)], Context(), now=150.0)
    assert curve.hours[-1] > 149 and (curve.hours < 59).any()


def test_a_temperature_probe_that_stands_apart_is_named_and_left_out():
    def probe(name, celsius):
        return Series(source=name, hours=HOURS, sg=np.full(len(HOURS), np.nan), temp_c=np.full(len(HOURS), celsius))

    curve = build([series("float"), probe("top", 20.5), probe("bottom", 2.0)], Context(), now=150.0)
    assert any("bottom" in note for note in curve.notes) and np.nanmedian(curve.temp_c) > 19


def test_a_hand_reading_far_off_the_float_proposes_a_correction_and_changes_nothing():
    hand = Series(
        source="anna", hours=np.array([60.0]), sg=np.array([beer(np.array([60.0]))[0] - 0.004]),
        temp_c=np.array([np.nan]), by_hand=True,
    )  # fmt: skip
    float_ = series("tilt")
    (drift,) = drifts(float_, [hand])
    assert drift.points == pytest.approx(-4.0, abs=0.6) and "over" in drift.sentence
    with_hand = build([float_, hand], Context(), now=150.0)
    assert np.allclose(with_hand.smooth, build([float_], Context(), now=150.0).smooth)


def test_a_hand_reading_within_two_points_proposes_nothing():
    hand = Series(
        source="anna",
        hours=np.array([60.0]),
        sg=beer(np.array([60.0])) - 0.001,
        temp_c=np.array([np.nan]),
        by_hand=True,
    )
    assert drifts(series("tilt"), [hand]) == []
