"""The public face as a script meets it: what is answered, what is refused, and in which words."""

from datetime import UTC, date, datetime, timedelta
from functools import cache

import numpy as np
import pytest

import cellarhand
from cellarhand import CellarhandError, Curve, Forecaster
from cellarhand.curve import Context, Series, build
from cellarhand.forecasting import RUNGS

H, SG = [0, 24, 48, 72], [1.050, 1.036, 1.020, 1.014]
NAN, INF = float("nan"), float("inf")


def medians(said):
    return float(said.hours_left.quantile(0.5)), float(said.final_gravity.quantile(0.5))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ((["0", "24"], ["1.05", "1.04"]), "is there text or a date among them?"),
        (([0, 24], [1.05, "low"]), "got 'low'"),
        (([datetime(2026, 1, 1, tzinfo=UTC)], [1.05]), "text or a date"),
        ((np.array(["2026-01-01"], dtype="datetime64[h]"), [1.05]), "text or a date"),
        (([0, 1], [1.05, 1.04 + 1j]), "sg are numbers"),
        ((None, None), "one list of numbers"),
        ((0, 1.05), "one list of numbers"),
        (([[0, 1]], [[1.05, 1.04]]), "one list of numbers"),
        (([0, 1], [1.05]), "one value a reading"),
        (([0, 1], [48, 47]), "sg=48 is outside 0.980..1.200; is it in points or °P?"),
        ((H, [12.4, 9.0, 5.1, 3.5]), "is it in points or °P?"),
        ((H, [1050, 1036, 1020, 1014]), "SG × 1000"),
        (([0, INF], [1.05, 1.04]), "hours are finite"),
        (([0, 1], [1.05, INF]), "sg are finite"),
        (([1.7e9, 1.7e9 + 86400], [1.05, 1.04]), "within ten years of the pitch"),
        ((H, SG, [20.0]), "one value a reading"),
        ((H, SG, 20.0), "temp_c is one list"),
        ((H, SG, [68.0] * 4), "temp_c=68 is outside -10..45 for beer; is it in °F?"),
        ((H, SG, [293.0] * 4), "is it in K?"),
    ],
)
def test_wrong_readings_are_refused_in_one_sentence(given, sentence):
    with pytest.raises(CellarhandError) as refused:
        cellarhand.forecast(*given)
    assert sentence in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"now": "soon"}, "now is a number of hours"),
        ({"now": datetime(2026, 1, 1, tzinfo=UTC)}, "started_at"),
        ({"now": NAN}, "now is a time in hours"),
        ({"now": 1e12}, "now is within ten years"),
        ({"pitched_at": None}, "pitched_at is a number of hours"),
        ({"pitched_at": INF}, "pitched_at is a time in hours"),
        ({"pitched_at": "x"}, "pitched_at is a number of hours"),
        ({"og": 48}, "og=48 is outside"),
        ({"og": "1.05"}, "og is a specific gravity"),
        ({"og": NAN}, "og=nan is outside"),
        ({"og": 0.99}, "og is over 1.000"),
        ({"og": 1.010, "expected_fg": 1.020}, "are the two swapped?"),
        ({"expected_fg": 12}, "expected_fg=12 is outside"),
        ({"kind": "wine"}, "kind is one of"),
        ({"kind": 3}, "kind is one of"),
        ({"brand": 3}, "brand is text"),
        ({"style": ["IPA"]}, "style is text"),
        ({"started_at": datetime(2026, 1, 1)}, "datetime with a zone"),  # noqa: DTZ001
        ({"started_at": date(2026, 1, 1)}, "datetime with a zone"),
        ({"started_at": "2026-01-01T00:00:00Z"}, "datetime with a zone"),
        ({"rung": "oracle"}, "a rung is one of"),
        ({"history": None}, "history takes a list of curves"),
        ({"history": ["a"]}, "history takes a list of curves"),
        ({"history": Curve.from_readings(H, SG)}, "put it into a list"),
    ],
)
def test_wrong_words_are_refused_in_one_sentence(words, sentence):
    with pytest.raises(CellarhandError) as refused:
        cellarhand.forecast(H, SG, **words)
    assert sentence in str(refused.value) and "\n" not in str(refused.value)


def test_a_forecaster_takes_lists_of_curves_and_says_so():
    curve = Curve.from_readings(H, SG)
    for wrong in (curve, "x", None, ["x"]):
        with pytest.raises(CellarhandError, match="takes a list of curves"):
            Forecaster().fit([]).predict(wrong)
    assert Forecaster().predict([curve])[0].rung == "typical", "without a fit it knows no past"


def test_what_a_script_may_hand_in_for_a_list_gives_one_answer():
    same = [
        (H, SG),
        (tuple(H), tuple(SG)),
        (np.array(H), np.array(SG, dtype=np.float32).astype(float).round(4)),
        (iter(H), iter(SG)),
        (H[::-1], SG[::-1]),
        ([*H, 80, None], [*SG, None, 1.012]),
    ]
    answers = {medians(cellarhand.forecast(h, g, now=72)) for h, g in same}
    assert len(answers) == 1


def test_a_masked_reading_is_no_reading():
    masked = np.ma.array([1.050, 1.190, 1.020, 1.014], mask=[0, 1, 0, 0])
    assert Curve.from_readings(H, masked).readings == 3


def test_readings_before_the_pitch_twice_an_hour_and_out_of_order_are_answered():
    hours = [-30, -10, 0, 0, 24, 24, 48]
    said = cellarhand.forecast(hours, [1.050, 1.050, 1.050, 1.051, 1.036, 1.037, 1.020])
    assert 0 < medians(said)[0] < 200


def test_no_reading_one_reading_and_a_now_before_the_pitch_are_answered():
    for said in (
        cellarhand.forecast([], []),
        cellarhand.forecast([NAN, 1.0], [1.05, NAN]),
        cellarhand.forecast([0], [1.050]),
        cellarhand.forecast([0, 1], [1.05, 1.05], now=1, pitched_at=20),
        cellarhand.forecast(H, SG, now=-5),
    ):
        assert said.p_done == 0.0 and 60 < medians(said)[0] < 200


def test_now_cuts_off_what_was_read_later_whatever_it_says():
    honest = cellarhand.forecast(H[:3], SG[:3], now=48)
    for later in (1.150, 48.0, INF):
        spoilt = cellarhand.forecast(H, [*SG[:3], later], now=48)
        assert np.array_equal(honest.hours_left.grid, spoilt.hours_left.grid)


def test_another_zero_of_the_clock_gives_the_same_answer():
    there = cellarhand.forecast(np.array(H) + 480_000.0, SG, pitched_at=480_000.0)
    assert medians(there) == pytest.approx(medians(cellarhand.forecast(H, SG)), rel=1e-6)


def test_scalars_give_scalars_and_lists_give_arrays():
    said = cellarhand.forecast(H, SG)
    assert said.hours_left.quantile(0.5).shape == said.hours_left.cdf(3.0).shape == ()
    assert said.hours_left.quantile([0.1, 0.9]).shape == said.hours_left.cdf([3.0, 4.0]).shape == (2,)
    assert said.gravity_at(24).quantile([0.1, 0.9]).shape == (2,)
    assert said.gravity_at([24, 48]).quantile(0.5).shape == (2,)
    assert said.crossing(0.990).quantile(0.5) == INF


def test_a_date_past_the_calendar_is_no_date():
    said = cellarhand.forecast(H, SG, started_at=datetime(9999, 12, 31, tzinfo=UTC))
    assert said.as_json()["done_at"] in (None, {"p10": None, "p50": None, "p90": None})


def test_json_has_exactly_the_promised_record():
    told = cellarhand.forecast(H, SG, started_at=datetime(2026, 1, 1, tzinfo=UTC)).as_json()
    assert set(told) == {"hours_left", "p_done", "done_at", "final_gravity", "rung", "as_of_hours", "notes"}
    assert told["as_of_hours"] == 72.0 and isinstance(told["notes"], list)
    assert datetime.fromisoformat(told["done_at"]["p50"]).utcoffset() == timedelta(0)


def test_kind_is_understood_however_it_is_capitalised():
    assert Curve.from_readings(H, SG, kind="Lager").kind == Curve.from_readings(H, SG, kind="lager").kind


@cache
def taught(rung):
    """The rung after 36 ordinary ales: as many as the learned ones need."""
    hours = np.arange(0, 240, 12.0)
    paces = np.linspace(0.7, 1.6, 36)
    return RUNGS[rung]().fit([Curve.from_readings(hours, 1.01 + 0.04 * np.exp(-hours / (24 * p))) for p in paces])


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("level", [0.985, 0.995, 1.000, 1.003])
def test_water_air_and_dry_beer_are_answered_too(rung, level):
    (said,) = taught(rung).predict([Curve.from_readings(np.arange(0, 100.0), np.full(100, level))])
    assert np.isfinite(said.hours_left.quantile([0.1, 0.9])).all() and said.p_done < 0.5


@pytest.mark.parametrize("rung", RUNGS)
def test_a_store_that_states_nonsense_is_answered_too(rung):
    hours = np.arange(0, 90.0)
    series = Series(source="a", hours=hours, sg=1.050 - hours * 0.0003, temp_c=np.full(90, np.nan))
    for context in (Context(og=1.020, expected_fg=1.060), Context(og=0.99), Context(og=1.0, expected_fg=1.0)):
        (said,) = taught(rung).predict([build([series], context, now=89.0)])
        assert np.isfinite(said.hours_left.quantile([0.1, 0.9])).all()


def test_what_was_done_to_the_readings_is_among_the_notes():
    hours = np.arange(0, 90, 0.5)
    sg = 1.050 - hours * 0.0003 - np.where(hours > 40, 0.007, 0.0)
    assert any("float jumped down by 7" in note for note in cellarhand.forecast(hours, sg).notes)
