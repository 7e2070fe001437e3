"""Quick versions of what `make proofs` proves, so that its machinery can't rot; and planted faults turn it red."""

from dataclasses import replace

import numpy as np
import pytest
from bench.proofs import limit, page, permuted, second, tamper
from bench.proofs.particles import Question, by_bank, longest_step, posterior
from bench.proofs.scores import answering, row
from bench.proofs.world import HORIZON_H, ROWS, parameters, world

from cellarhand.curve import Curve
from cellarhand.domain import Distribution
from cellarhand.forecasting import RUNGS, forecaster
from cellarhand.simulate.cellar import draw
from cellarhand.simulate.prior.beer import BEER
from cellarhand.simulate.prior.cellar_rows import CELLAR


@pytest.fixture(scope="module")
def cellar():
    return draw(np.random.default_rng(3), breweries=20, brands=1, batches=2)


@pytest.fixture(scope="module")
def quick():
    """All four proofs, so small that they prove nothing but that they run."""
    return {
        "limit": limit.prove(2, batches=8, cuts=1, particles=32, bank=500),
        "second": second.prove(3, n=24, breweries=1, batches=18),
        "permuted": permuted.prove(4, trials=2, batches=26),
        "tamper": tamper.prove(5, trials=0),
    }


# ---- tampering ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nonsense", ["high", "noise", "nothing"])
def test_nonsense_after_now_changes_no_bit_of_any_rung(cellar, nonsense):
    rng = np.random.default_rng(len(nonsense))
    assert tamper.changed(RUNGS, tamper.Trial(cellar, rng), nonsense, rng) == []


class SeesTheWholeLog:
    """A way to a curve that forgets what `now` is for."""

    @staticmethod
    def from_readings(hours, sg, temp_c, *, now=None, **words):
        whole = Curve.from_readings(hours, sg, temp_c, **words)
        return whole if now is None else replace(whole, now=now)


def test_a_planted_peek_at_the_running_batch_turns_the_tampering_proof_red(cellar, monkeypatch):
    monkeypatch.setattr(tamper, "Curve", SeesTheWholeLog)
    rng = np.random.default_rng(8)
    assert tamper.changed(["curvefit"], tamper.Trial(cellar, rng), "high", rng) == ["curvefit"]


def test_a_planted_peek_at_batches_that_still_run_turns_the_tampering_proof_red(cellar, monkeypatch):
    monkeypatch.setattr(forecaster, "known_at", lambda past, moment: replace(past, ended=True))
    rng = np.random.default_rng(8)
    assert tamper.changed(["typical"], tamper.Trial(cellar, rng), "high", rng) == ["typical"]


# ---- permuted pasts ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ales():
    return permuted.pool(np.random.default_rng(4), 40)


def test_names_dealt_by_a_coin_are_hardly_ever_promoted(ales):
    rng = np.random.default_rng(0)
    rows = permuted.pool_rows(ales, permuted.PAIR)
    assert sum(permuted.falsely_promoted(rows, permuted.PAIR, rng) for _ in range(40)) <= 4


def test_a_rung_that_is_better_each_time_is_promoted_so_the_trial_can_fail():
    rows = [{"id": str(k), "who": who, "kind": "all", "done": False, "crps": loss + 0.1 * k}
            for k in range(24) for who, loss in (("typical", 2.0), ("curvefit", 1.0))]  # fmt: skip
    assert permuted.judged(rows, *permuted.PAIR).promoted


def test_a_permuted_past_holds_whole_batches_with_brands_of_nobody(ales):
    past, running = permuted.permuted_past(ales, np.random.default_rng(2))
    assert len(past) == permuted.PAST and len({c.brand for c in past}) == permuted.BRANDS
    assert all(c.started_at < running.started_at for c in past)


@pytest.mark.parametrize("rung", RUNGS)
def test_any_rung_can_be_asked_whether_a_permuted_past_moves_its_choice(ales, rung):
    assert permuted.same_choice(rung, ales, np.random.default_rng(1)) in (True, False)


def test_a_blend_is_known_by_who_spoke_or_by_the_rung_that_its_note_names(ales):
    _, running = permuted.permuted_past(ales, np.random.default_rng(2))
    said = forecaster.Forecaster("typical").fit([]).predict([running])[0]
    assert permuted.chosen(said) == "typical"
    blended = replace(said, rung="blend", notes=("The rung “curvefit” counts most.",))
    assert permuted.chosen(blended) == "curvefit"
    with pytest.raises(ValueError, match="tells what it rests on"):
        permuted.chosen(replace(said, rung="blend", notes=()))


# ---- the second simulator ----------------------------------------------------------------------------------------


def test_every_rung_is_asked_about_the_second_simulators_beer(quick):
    assert set(quick["second"]["none"]["rungs"]) == set(answering())
    assert all(np.isfinite(found["crps_skill"]["dense"][0]) for found in quick["second"]["none"]["rungs"].values())


def test_with_a_past_every_rung_of_the_ladder_is_asked(quick):
    assert set(quick["second"]["history"]["rungs"]) == set(RUNGS)
    assert quick["second"]["history"]["checks"] == second.LAST


def test_a_check_before_the_end_scores_the_truths_hours_and_after_it_the_mass_at_nought():
    sure = Distribution(np.full(99, 40.0) + np.linspace(-1, 1, 99))
    assert row("a", "c", "w", "k", 40.0, sure)["logp"] == pytest.approx(0.0, abs=1e-6)
    assert row("a", "c", "w", "k", 80.0, sure)["logp"] == -7.0
    done = Distribution(np.linspace(5, 9, 99), already=0.5)
    assert row("a", "c", "w", "k", -10.0, done)["logp"] == pytest.approx(np.log(0.5))


# ---- the limit ---------------------------------------------------------------------------------------------------


def test_the_restricted_world_leaves_out_no_row_by_accident():
    from bench.proofs.world import FIXED

    names = {r.name for r in BEER + CELLAR}
    assert set(FIXED) < names and {r.name for r in ROWS} == names - set(FIXED) - {"og"}


def test_the_filter_finds_its_way_to_what_made_the_readings():
    """Likelier than nearly all of the prior, and about the right end."""
    rng = np.random.default_rng(0)
    w = world(rng, 3)
    asked = limit.questions(w, 1, rng)
    clouds = posterior([q for _, q in asked], 48, HORIZON_H, np.random.default_rng(1))
    for (k, q), cloud in zip(asked, clouds, strict=True):
        low, high = np.quantile(cloud.terminal_h, [0.0, 1.0])
        assert cloud.steps > 1 and cloud.distinct > 20
        assert low - 24.0 < w.true.terminal_h[k] < high + 24.0, q.now


def test_the_filter_says_what_a_bank_of_the_prior_says_where_that_can_tell():
    rng = np.random.default_rng(5)
    w = world(rng, 1)
    at = np.isfinite(w.at_h[0, :19])
    question = Question(now=18, og=float(w.og[0]), at_h=w.at_h[0, :19][at], sg=w.sg[0, :19][at])
    effective, exact = by_bank(question, 3000, HORIZON_H, rng)
    (cloud,) = posterior([question], 300, HORIZON_H, rng)
    assert effective > 150
    shares = [0.25, 0.5, 0.75]
    np.testing.assert_allclose(np.quantile(cloud.terminal_h, shares), np.quantile(exact, shares), rtol=0.15)


def test_tempering_keeps_half_of_the_particles_effective():
    found = np.random.default_rng(0).normal(0, 30, (2, 200))
    step = longest_step(found, np.zeros(2))
    assert (step > 0).all() and (step < 1).all()


def test_the_simulator_is_the_priors_own():
    z = np.zeros((1, len(ROWS)))
    p = parameters(z, np.array([1.050]))
    assert p["og"][0] == pytest.approx(50.0) and p["speed"][0] == pytest.approx(0.029)


def test_a_small_limit_runs_from_drawing_to_figures(quick):
    assert set(quick["limit"]["rungs"]) == set(answering()) and quick["limit"]["filter"]["log_score"] > -7.0


# ---- the page ----------------------------------------------------------------------------------------------------


def test_the_page_is_written_from_the_figures_alone(quick):
    text = page.told(quick, "here")
    assert all(f"`{rung}`" in text for rung in RUNGS) and "Measured on here." in text
