"""How the learned rungs speak: what they learnt, what they dropped, their bias, and what the gate says of them."""

import numpy as np
import pytest

from cellarhand.app.findings import plain, rungs_of
from cellarhand.curve import Curve
from cellarhand.forecasting import learned
from cellarhand.forecasting.backtest import Log
from cellarhand.forecasting.promises import compare
from sheets import FIRST


def log(k, rng, every=12.0):
    """A beer by hand whose pace differs and shows in the fall of its gravity."""
    hours = np.arange(0, 264, every)
    slow = float(np.exp(0.3 * rng.normal()))
    sg = 1.011 + 0.039 / (1 + np.exp((hours / slow - 38.0) / 9.0)) + rng.normal(0, 0.0003, len(hours))
    began = FIRST.replace(year=2024) + np.timedelta64(12 * k, "D").astype("timedelta64[s]").item()
    return Log(id=str(k), brewery="here", hours=hours, sg=sg, temp_c=np.full(len(hours), np.nan), started_at=began)


@pytest.fixture(scope="module")
def logs():
    rng = np.random.default_rng(3)
    return [log(k, rng) for k in range(34)]


@pytest.fixture(scope="module")
def curves(logs):
    return [one.curve() for one in logs]


@pytest.fixture(scope="module")
def found(logs, curves):
    rows = [row for i in range(16, 34) for row in compare(logs[i], curves[:i], i)]
    return learned.rungs_of(curves, rows), rows


@pytest.mark.parametrize(("n", "learnt"), [(14, []), (15, ["hazard"]), (29, ["hazard"]), (30, ["hazard", "crosses"])])
def test_a_rung_learns_from_its_fewest_batches_on_and_says_how_many_it_needs(curves, n, learnt):
    told = learned.rungs_of(curves[:n], [])
    assert told.seen == n and [x.rung for x in told.learned if x.inputs] == learnt
    assert [(x.rung, x.needs) for x in told.learned] == [("hazard", 15), ("crosses", 30)]


def test_an_input_is_either_weighed_or_dropped(found):
    hazard, crosses = found[0].learned
    assert not hazard.dropped and crosses.dropped
    assert not {name for name, _ in crosses.inputs} & set(crosses.dropped)
    weights = [abs(weight) for _, weight in crosses.inputs]
    assert weights == sorted(weights, reverse=True) and min(weights) > 0


def test_a_learned_rung_is_judged_only_where_its_own_past_was_long_enough(found):
    rows = found[1]
    assert min(r["id"] for r in rows if r["who"] == "hazard") == 16
    assert min(r["id"] for r in rows if r["who"] == "crosses") >= 30
    hazard, crosses = found[0].learned
    assert hazard.batches == 18 and crosses.batches == len({r["id"] for r in rows if r["who"] == "crosses"})


def test_the_bias_is_what_was_said_less_what_came_and_its_buckets_hold_every_check(found):
    told, rows = found
    own = [r for r in rows if r["who"] == "hazard"]
    hazard = told.learned[0]
    assert sum(b.count for b in hazard.buckets) == hazard.checks == len(own)
    assert hazard.bias == pytest.approx(np.mean([r["p_day"] for r in own]) - np.mean([r["day"] for r in own]))
    assert all(b.low <= b.happened <= b.high for b in hazard.buckets)


def test_the_gate_judges_both_at_the_same_checks(found):
    gates = {(g.simple, g.other): g for g in found[0].gates}
    assert gates["typical", "hazard"].n == 18 and gates["typical", "hazard"].low < gates["typical", "hazard"].gain
    few = gates["hazard", "crosses"]
    assert few.n < 12 and few.gain is None and not few.promoted and "needed" in few.reason


def test_a_planted_better_rung_is_let_through_and_a_worse_one_is_not(curves):
    def rows(gain):
        base = [{"id": i, "cut": "3 readings", "kind": "manual", "done": False, "p_day": 0.1, "day": False}
                for i in range(30)]  # fmt: skip
        return [{**r, "who": "typical", "crps": 10.0 + r["id"] % 5} for r in base] + [
            {**r, "who": "curvefit", "crps": (10.0 + r["id"] % 5) * gain} for r in base
        ]

    better, worse = (learned.rungs_of(curves[:3], rows(gain)) for gain in (0.7, 1.3))
    assert better.gates[0].promoted and better.advised[0].rung == "curvefit"
    assert not worse.gates[0].promoted and worse.gates[0].high < 0 and worse.advised[0].rung == "typical"


def test_what_was_found_comes_back_from_the_store_as_it_was(found):
    import json

    assert rungs_of(json.loads(json.dumps(plain(found[0])))) == found[0]


def test_nothing_learnt_from_nothing():
    told = learned.rungs_of([Curve.from_readings([0, 24], [1.05, 1.04])], [])
    assert told.seen == 0 and not told.gates and not told.advised
