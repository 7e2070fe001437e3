"""The notes' claims, a quick subset of them, and that a claim out of its band is told as such."""

import re

import pytest

from cellarhand.lab.check import JOBS, QUICK, check, measure
from cellarhand.lab.claims.finding import Finding
from cellarhand.lab.experiment import Experiment
from cellarhand.lab.guides import PRESETS, mean_rule, plan, preset, shrink, smallest, taper
from cellarhand.lab.tuner import fresh, tune


@pytest.mark.parametrize("name", QUICK)
def test_the_claims_that_are_quick_to_measure_hold(name):
    for found in measure(name):
        assert found.held, f"{found.claim}: {found.measured} isn't within {found.band}"


def test_what_is_out_of_its_band_is_told():
    assert not Finding("a", 2.1, 0, 2).held and not Finding("a", float("nan"), 0, 2).held
    record = Finding("a", 2.1, None, 2.0).as_json()
    assert record["band"] == "≤ 2" and record["held"] is False


def test_a_check_with_hands_beside_it_is_the_same_check(monkeypatch):
    from concurrent.futures import ThreadPoolExecutor

    few = ("crossed", "gradients", "formulas", "agreement")
    monkeypatch.setattr("cellarhand.lab.check.QUICK", few)
    heard = []
    with ThreadPoolExecutor(2) as hands:
        spread = check(quick=True, executor=hands, done=heard.append)
    assert sorted(heard) == sorted(few)
    deterministic = check(quick=True)
    assert [f.claim for f in spread] == [f.claim for f in deterministic]
    assert [f.measured for f in spread] == [f.measured for f in deterministic]


def test_every_band_of_the_notes_has_a_claim(shared):
    """One word or more of each line of the notes' table must be in some job's own words."""
    notes = (shared / "facts" / "lab.md").read_text()
    table = notes.split("### 4.10")[1].split("Cost:")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ") and not line.startswith(("| Test", "|---"))]
    assert len(lines) == 19
    told = " ".join(f"{job.__doc__} {name}" for name, job in JOBS.items()).lower()
    marks = (
        "golden", "relu", "relu", "two neurons", "one neuron", "duplicate", "x·y", "(8, 2)", "smallest net", "spiral",
        "exactly 0", "exactly 0", "hundred features", "best subset", "sigmoid", "gradient", "seven sets", "recall",
        "zero",
    )  # fmt: skip
    assert len(marks) == len(lines)
    assert all(m in told for m in marks), [m for m in marks if m not in told]


# Guides


def test_presets_are_what_they_are_called():
    assert mean_rule(4) == (3,) and mean_rule(30) == (16,)
    for layers in range(1, 6):
        widths = taper(20, layers)
        assert len(widths) == layers and all(a >= b for a, b in zip(widths, widths[1:], strict=False))
    assert preset("mean rule", Experiment(features=("x1", "x2", "x1x2"))).hidden == (2,)
    assert preset("big + regularise", Experiment()).penalty == "L2" and set(PRESETS) >= {"taper"}


def test_the_smallest_net_for_noisy_xor_is_the_cross_and_without_it_one_layer():
    start = Experiment(data="xor", noise=25, activations=("relu",), epochs=300)
    tried = list(smallest(start, 0.177, seeds=20))
    assert tried[-1].what == "x1, x2, x1x2 alone" and tried[-1].kept
    nets = [{"hidden": h} for h in ((1,), (2,), (8,))]
    tried = list(smallest(start, 0.177, seeds=20, candidates=nets))
    assert [t.kept for t in tried] == [False, False, True] and tried[-1].what.startswith("x1, x2 → 8")


def test_a_plan_counts_nets_and_its_time_is_within_reach():
    import time

    es = [Experiment(hidden=(3,), epochs=100), Experiment(hidden=(8,), epochs=100)]
    said = plan(es, 10)
    assert said.nets == 20 and "20 nets" in str(said)
    from cellarhand.lab.experiment import run

    began = time.perf_counter()
    for e in es:
        run(e, 10, at=())
    assert 0.2 < (time.perf_counter() - began) / said.seconds < 5  # twice, on an idle machine


def test_a_shrink_search_ends_smaller_with_its_loss_kept():
    found = list(shrink(Experiment(data="circle", hidden=(8, 6), epochs=150), seeds=6))
    kept = [t for t in found if t.kept]
    assert kept[-1].parameters < kept[0].parameters and kept[-1].median <= kept[0].median + 0.01
    assert all(a.parameters > b.parameters for a, b in zip(found, found[1:], strict=False))


def test_the_tuner_gets_off_a_plateau_that_no_single_change_leaves_and_records_each_step():
    start = Experiment(
        data="spiral", hidden=(2,), activations=("sigmoid",), learning_rate=0.003, points=200, epochs=150
    )
    turns = list(tune(start, seeds=4, most=4))
    steps = ["layers", "learning rate", "regularisation", "features", "activation"]
    assert [t.step for t in turns] == steps * 4 and [t.loop for t in turns[::5]] == [1, 2, 3, 4]
    assert all(t.after <= t.before for t in turns)
    assert fresh(turns[-1].chosen, seeds=8) < 0.6 * fresh(start, seeds=8)


def test_the_tuner_stops_when_a_loop_gains_too_little():
    easy = Experiment(data="gauss", hidden=(4,), points=60, epochs=20)
    assert {t.loop for t in tune(easy, seeds=3, most=5)} <= {1, 2, 3}


def test_no_file_of_the_lab_is_pickled_or_evaluated():
    from pathlib import Path

    import cellarhand.lab

    for path in Path(cellarhand.lab.__file__).parent.rglob("*.py"):
        assert not re.search(r"\b(pickle|eval\(|exec\()", path.read_text()), path.name
