"""The back-test against the definitions of truth and error that are kept outside the project, on real beer."""

import sys
import warnings

import numpy as np
import pytest

from cellarhand.app.logbook import read_log
from cellarhand.forecasting import Forecaster
from cellarhand.forecasting.backtest import backtest, replay, skill
from cellarhand.forecasting.ending import find_ending


@pytest.fixture(scope="module")
def scoring(shared):
    """The outside definitions, as modules."""
    folder = str(shared / "scoring")
    sys.path.insert(0, folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import score
        import series

        yield score, series
    sys.path.remove(folder)


@pytest.fixture(scope="module")
def files(shared):
    found = sorted((shared / "data" / "fermentations").glob("*__*.csv"))
    assert len(found) == 181
    return found


@pytest.fixture(scope="module")
def logs(files):
    return [read_log(file) for file in files]


def test_every_end_is_found_where_the_definition_finds_it(scoring, files, logs):
    score, _ = scoring
    for file, log in zip(files, logs, strict=True):
        hours, sg, _ = score.read(str(file))
        truth, found = score.truth(hours, sg), find_ending(log.hours, log.sg)
        assert (truth is None) == (found is None), file.name
        if truth and found:
            assert (found.after, found.by, found.fg) == pytest.approx(truth, abs=1e-9), file.name


def test_what_a_log_says_of_itself_is_read_alike(scoring, files, logs):
    _, series = scoring
    for file, log in list(zip(files, logs, strict=True))[::7]:
        said = series.describe(str(file))
        assert log.pitched_at == pytest.approx(said["t0"], abs=1e-6), file.name
        assert (log.brand, log.style, log.manual) == (said["brand"], said["style"], said["manual"]), file.name


def picked(logs):
    """A third of the finished logs, all sources among them."""
    return [log for i, log in enumerate(logs) if log.ending is not None and (i % 3 == 0 or not log.manual)]


def test_the_back_test_agrees_with_the_definition_to_rounding(scoring, shared, logs):
    score, series = scoring
    rungs = ["flat", "typical", "curvefit"]
    some = picked(logs)
    ours = {(r["id"], r["cut"], r["who"]): r for r in backtest(some, rungs)}
    by_path = {str(shared / "data" / "fermentations" / f"{log.id}.csv"): log for log in some}
    items = [series.describe(path) for path in by_path]
    of = {item["path"]: item for item in items}

    def forecasters(path):
        log = by_path[path]

        def of_rung(rung):
            def forecast(hours, sg, temp, now):
                said = Forecaster(rung).fit([]).predict([log.curve(now)])[0]
                fg = float(said.final_gravity.quantile(0.5))
                return {"q": said.hours_left.quantile, "cdf": said.hours_left.cdf, "fg": fg}

            return forecast

        return {"clock": series.bases(of[path], [], items)["clock"], **{rung: of_rung(rung) for rung in rungs}}

    theirs = score.score([(path, of[path]["t0"]) for path in by_path], forecasters)
    assert len(theirs) == len(ours) > 300
    for row in theirs.to_dict("records"):
        mine = ours[row["id"], row["cut"], row["who"]]
        for name in ("err", "crps", "logp", "cov", "sure", "width", "win", "p_done", "fg_err", "left"):
            assert mine[name] == pytest.approx(row[name], rel=1e-9, abs=1e-9, nan_ok=True), (
                row["id"],
                row["cut"],
                name,
            )
        assert mine["done"] == row["done"] and mine["kind"] == row["kind"]
    for who in rungs:
        for kind, (value, low, high, n) in score.skill(theirs, who, "clock").items():
            band = skill(list(ours.values()), who)[kind]
            assert (band.value, band.n) == (pytest.approx(value, abs=6e-4), n)
            assert (band.low, band.high) == (pytest.approx(low, abs=2e-3), pytest.approx(high, abs=2e-3))


def test_spreading_over_processes_changes_no_number(logs):
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    some = picked(logs)[:8]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        spread = backtest(some, ["curvefit"], executor=pool, parts=3)
    whole = backtest(some, ["curvefit"])
    assert [(r["id"], r["cut"], r["who"], r["crps"]) for r in spread] == [
        (r["id"], r["cut"], r["who"], r["crps"]) for r in whole
    ]


def test_tampering_after_the_cut_changes_no_forecast_of_real_beer(logs):
    from dataclasses import replace

    for log in [g for g in logs if g.ending is not None and not g.manual][:4]:
        now = log.pitched_at + 48.0
        spoilt = replace(log, sg=np.where(log.hours > now, 1.150, log.sg))
        for rung in ("flat", "typical", "curvefit"):
            a, b = (Forecaster(rung).fit([]).predict([x.curve(now)])[0] for x in (log, spoilt))
            assert np.array_equal(a.hours_left.grid, b.hours_left.grid) and np.array_equal(a.fan.grid, b.fan.grid)


def test_curvefit_is_never_silent_and_no_worse_than_other_peoples_durations(logs):
    dense = [log for log in logs if not log.manual]
    rows = backtest(dense, ["curvefit"])
    assert all(np.isfinite(r["crps"]) for r in rows)
    assert skill(rows, "curvefit")["dense"].value >= 0.0


@pytest.mark.parametrize("fault", ["thinned", "begun a day late", "noisy", "spiked"])
def test_curvefit_is_no_worse_than_other_peoples_durations_on_spoilt_series_either(logs, fault):
    rng = np.random.default_rng(5)
    spoilt = [_spoilt(log, fault, rng) for log in logs if not log.manual]
    assert skill(backtest(spoilt, ["curvefit"]), "curvefit")["dense"].value >= 0.0


def _spoilt(log, fault, rng):
    from dataclasses import replace

    keep = np.ones(len(log.hours), bool)
    sg = log.sg.copy()
    if fault == "thinned":
        keep = rng.random(len(sg)) < 0.3
    elif fault == "begun a day late":
        keep = log.hours >= log.pitched_at + 18.0
    elif fault == "noisy":
        sg += rng.normal(0, 0.001, len(sg))
    else:
        sg[rng.random(len(sg)) < 0.004] += 0.05
    return replace(log, hours=log.hours[keep], sg=sg[keep], temp_c=log.temp_c[keep])


def test_typical_with_history_beats_other_peoples_durations_on_logs_kept_by_hand(logs):
    by_hand = [log for log in logs if log.manual]
    band = skill(backtest(by_hand, ["typical"], history=True), "typical")["manual"]
    assert band.value > 0.0 and band.low > -0.02, band


def test_every_rung_offers_four_fifths_that_hold_four_fifths(logs):
    rows = backtest(logs, ["flat", "typical", "curvefit"])
    for rung in ("flat", "typical", "curvefit"):
        share = np.mean([r["cov"] for r in rows if r["who"] == rung])
        assert 0.70 <= share <= 0.90, (rung, share)


def test_a_peek_at_the_end_would_show_in_the_score(logs):
    """The score can tell: a forecaster that knew the truth has a skill near 1."""
    some = [log for log in logs if log.ending is not None and not log.manual]
    rows = replay(range(len(some)), some, [], history=False)
    know = [{**r, "who": "seer", "crps": 0.02 * r["crps"]} for r in rows]
    assert skill([*rows, *know], "seer")["dense"].value > 0.9
