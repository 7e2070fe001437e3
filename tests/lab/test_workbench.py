"""Any table up the ladder: rungs against their oracles, gate and advisor against their promises, record and report."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from cellarhand.lab.claims.advice import EXPECTED, LADDER, problem, shuffled
from cellarhand.lab.fitting import as_json, fit_table
from cellarhand.lab.large import fit_large, too_large
from cellarhand.lab.problem import Problem
from cellarhand.lab.record import Settings, differences, keep, read_record
from cellarhand.lab.report import html_report
from cellarhand.lab.rivals import neural, trees
from cellarhand.lab.rungs import linear, sparse, subset
from cellarhand.lab.separable import diverging, separable
from cellarhand.lab.subsets import best_subset, subsets
from cellarhand.lab.verdicts import judge, rule_of
from cellarhand.lab.workbench import climb
from cellarhand.ladder import Design, elastic_net
from cellarhand.ladder.judging import Costs

FEW = ("baseline", "linear", "crosses")


def batches(rng, count=30, each=9):
    """CSV of batches whose readings fall, and whether each will be done soon."""
    lines = ["batch,hours,sg,temp,yeast,done"]
    for b in range(count):
        slow = rng.normal(0, 15)
        for h in range(24, 24 * (each + 1), 24):
            sg = 1.01 + 0.04 / (1 + np.exp((h - 80 - slow) / 20)) + rng.normal(0, 0.0008)
            done = "yes" if h > 110 + slow + rng.normal(0, 12) else "no"
            lines.append(f"B{b},{h},{sg:.4f},{18 + rng.normal():.1f},{'ale' if b % 2 else 'lager'},{done}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("lab") / "batches.csv"
    path.write_text(batches(np.random.default_rng(0)))
    return path


@pytest.fixture(scope="module")
def outcome(table):
    return fit_table(table, Settings(target="done", group="batch", false_positive_cost=10, rule="hours >= 120"))


# Rungs


def test_linear_is_scikit_learns_at_the_same_penalty_with_a_certificate():
    for p in (problem("gauss", noise=25), problem("line")):
        told = linear(p, 0)
        l2, x = float(told.note.split()[-1]), Design.of(p.columns).matrix(p.columns)
        oracle = LogisticRegression(C=1 / (l2 * p.n), tol=1e-10, max_iter=1000) if p.yes else Ridge(alpha=l2 * p.n)
        oracle.fit(x, p.y)
        theirs = oracle.predict_proba(x)[:, 1] if p.yes else oracle.predict(x)
        assert told.predict(p) == pytest.approx(theirs, abs=1e-4)
        assert told.certificate.violation < 1e-6 and told.zeros == 0


def test_l1_drops_columns_to_exactly_zero_and_best_subset_finds_the_three_that_matter():
    p = problem("line")
    assert sparse(p, 0).zeros >= 1
    kept = {name for name, w in subset(p, 0).weights.items() if w != 0}
    assert kept == {"c0", "c1", "c2"}


def test_best_subset_is_brute_force_over_least_squares():
    from itertools import combinations

    rng = np.random.default_rng(1)
    x = rng.normal(size=(40, 5))
    y = x[:, 1] - x[:, 3] + 0.3 * rng.normal(size=40)

    def rss(columns):
        a = np.column_stack([np.ones(40), x[:, columns]])
        return float(np.sum((y - a @ np.linalg.lstsq(a, y, rcond=None)[0]) ** 2))

    found = best_subset(x, y, size=2)
    assert found.columns == min(combinations(range(5), 2), key=rss) == (1, 3)
    assert found.rss == pytest.approx(rss([1, 3])) and found.tried == subsets(5, 2) == 10
    with pytest.raises(ValueError, match="32767 fits"):
        best_subset(rng.normal(size=(40, 15)), y)


def test_the_l1_path_and_the_best_subset_disagree_when_columns_move_together():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(60, 1)) * 3 + rng.normal(size=(60, 6))
    x = (x - x.mean(0)) / x.std(0)
    assert (elastic_net(x, (x[:, 0] > 0).astype(float), l1=0.02).weights == 0).any()


@pytest.mark.parametrize("learn", [trees, neural])
def test_rivals_learn_and_are_the_same_for_the_same_seed(learn):
    p = problem("circle", n=200)
    said = [learn(p, 1).predict(p) for _ in range(2)]
    assert np.array_equal(*said) and np.mean((said[0] > 0.5) == (p.y > 0.5)) > 0.95
    assert learn(p, 1).parameters > 50


# Separability


def test_separable_is_what_a_plane_can_part():
    assert separable(*_parts(problem("gauss"))) and not separable(*_parts(problem("gauss", noise=30)))
    assert not any(separable(*_parts(problem(name))) for name in ("xor", "circle", "spiral"))
    disc = problem("circle")
    lifted = np.column_stack([*disc.columns.values(), sum(v**2 for v in disc.columns.values())])
    assert separable(lifted, disc.y)


def _parts(p):
    return np.column_stack(list(p.columns.values())), p.y


def test_without_a_penalty_separable_weights_grow_for_ever_and_l2_or_stopping_cures_it():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(160, 100))
    y = (rng.random(160) < 1 / (1 + np.exp(-x[:, :5].sum(1)))).astype(float)
    assert separable(x[:60], y[:60])
    found = diverging((x[:60], y[:60]), (x[60:], y[60:]), steps=10_000)
    assert list(found.norms) == sorted(found.norms) and found.norms[-1] > 5 * found.norms[0]
    assert found.learnt[-1] < 1e-3 and found.held[-1] > 1.5 * found.best_held
    assert found.best_step < 50 and found.cured_norm < found.norms[-1] / 2 and found.cured_held < found.held[-1]
    assert "weights grow without end" in found.sentence()


# Gate and advisor


@pytest.mark.parametrize("name", [n for n, rung in EXPECTED.items() if rung != "neural net"])
def test_the_lowest_rung_that_does_is_taken(name):
    assert climb(problem(name, n=300), names=LADDER, net_seeds=1).taken == EXPECTED[name]


def test_a_spiral_needs_the_net():
    board = climb(problem("spiral", n=300), names=LADDER, net_seeds=1)
    assert board.taken == "neural net" and board.row("neural net").deep and not board.row("linear").deep


def test_shuffled_labels_promote_nothing_in_most_tables():
    assert shuffled(20)[0].measured <= 10


def test_baseline_stands_first_and_hands_beside_give_the_same_numbers():
    p = problem("xor", n=120)
    alone = climb(p, names=FEW)
    with ThreadPoolExecutor(2) as hands:
        spread = climb(p, names=FEW, executor=hands)
    assert [r.rung.name for r in alone.rows] == list(FEW)
    assert [r.loss for r in alone.rows] == [r.loss for r in spread.rows]


def test_a_climb_says_its_count_and_time_first():
    told = []
    climb(problem("xor", n=100), names=FEW, folds=3, tell=told.append)
    assert told and told[0].startswith("9 fits, about ")


def test_a_row_is_never_told_by_a_model_that_learnt_from_its_group():
    """Each group has its own column of 1: a rung that had seen it would know its answer for certain."""
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(24), 5)
    answer = rng.random(24) < 0.5
    columns = {f"is {g}": (groups == g).astype(float) for g in range(24)}
    p = Problem(columns, answer[groups].astype(float), True, tuple(groups.tolist()), grouped=True)
    board = climb(p, names=("baseline", "linear"))
    assert board.row("linear").loss > 0.6 and board.taken == "baseline"
    leaky = replace(p, groups=tuple(range(p.n)))
    assert climb(leaky, names=("baseline", "linear")).row("linear").loss < 0.4


def test_one_answer_alone_in_what_is_learnt_or_times_that_overlap_are_told():
    p = problem("gauss", n=40)
    with pytest.raises(ValueError, match="no split leaves both answers"):
        climb(replace(p, groups=tuple((p.y > 0.5).astype(int).tolist())), names=FEW)
    overlapping = replace(p, groups=tuple(k % 4 for k in range(40)), times=np.arange(40.0))
    with pytest.raises(ValueError, match="no group ends before another begins"):
        climb(overlapping, names=FEW)


# One run, its judgement, its record and its report


def test_a_run_is_judged_at_the_one_threshold_in_force(outcome):
    c = outcome.judgement.classifier
    assert c.card.threshold == c.costs.in_force == pytest.approx(10 / 11)
    assert set(c.references) == {"always no", "always yes", "hours >= 120"}
    assert all(card.threshold == c.card.threshold for card in c.references.values())
    assert c.references["always yes"].recall == 1.0 and c.references["always no"].precision is None
    assert c.card.n == outcome.problem.n and not c.bias.alarm
    assert outcome.judgement.learning.points and outcome.judgement.board.taken in ("linear", "crosses")


def test_a_run_is_plain_values_with_null_for_the_undefined(outcome):
    text = json.dumps(as_json(outcome), allow_nan=False)
    back = json.loads(text)
    assert back["classifier"]["references"]["always no"]["precision"] is None
    assert back["leaderboard"][0]["rung"] == "baseline" and back["split"] == "group" and back["groups"] == 30
    assert {r["rung"] for r in back["leaderboard"]} >= {"linear", "sparse", "crosses", "boosted trees", "neural net"}


def test_the_same_run_gives_the_same_record_and_nothing_kept_is_overwritten(outcome, table, tmp_path):
    settings = Settings(**outcome.record["settings"])
    first = keep(outcome.record, tmp_path)
    again = fit_table(table, settings)
    assert differences(read_record(first), again.record) == []
    assert keep(again.record, tmp_path) == first
    other = keep(outcome.record | {"taken": "baseline"}, tmp_path)
    assert other != first and read_record(first)["taken"] == outcome.record["taken"]
    assert "the table is not" in differences(read_record(first), again.record | {"table": "x"})[0]
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(ValueError, match="no record of a run"):
        read_record(tmp_path / "x.json")


def test_the_report_is_one_file_that_fetches_nothing_and_escapes_what_it_shows(outcome):
    page = html_report(outcome)
    assert page.startswith("<!doctype html>") and page.count("<svg") == 4
    assert "http" not in page.replace("http://www.w3.org", "") and "<script" not in page
    assert "undefined" in page and "hours &gt;= 120" in page and outcome.record["table"] in page
    evil = replace(outcome, settings=replace(outcome.settings, target="<script>"))
    assert "<script>" not in html_report(evil)


def test_a_regression_has_a_report_too(tmp_path):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(60, 2))
    path = tmp_path / "r.csv"
    path.write_text("a,b,y\n" + "".join(f"{a},{b},{2 * a - b + 0.1 * rng.normal()}\n" for a, b in x))
    done = fit_table(path, Settings(target="y", folds=3))
    assert done.judgement.board.taken == "linear" and done.judgement.classifier is None
    assert "squared error" in html_report(done)


def test_a_stated_rule_must_name_a_column():
    p = problem("gauss", n=20)
    with pytest.raises(ValueError, match="names no column"):
        rule_of(p, "hours > 3")
    with pytest.raises(ValueError, match="a rule is a column"):
        rule_of(p, "x1 is large")


def test_separable_classes_are_shown_to_diverge_and_are_cured():
    p = problem("gauss", n=100)
    found = judge(p, climb(p, names=FEW), Costs(1, 1))
    assert found.separable and "With L2" in found.diverging.sentence()


# Beyond memory


def big(path, rows, seed=0):
    rng = np.random.default_rng(seed)
    with path.open("w") as file:
        file.write("id,a,b,c,d,note,y\n")
        for _ in range(rows // 1000):
            x = rng.normal(size=(1000, 4))
            y = rng.random(1000) < 1 / (1 + np.exp(-(x[:, 0] - 2 * x[:, 1])))
            for k, (r, t) in enumerate(zip(x, y, strict=True)):
                numbers = ",".join(f"{v:.6f}" for v in r)
                file.write(f"{k % 50},{numbers},words,{int(t)}\n")
    return path


def test_descent_out_of_core_comes_near_the_exact_answer(tmp_path):
    path = big(tmp_path / "big.csv", 20_000)
    assert too_large(path, 1 << 18)[0] and not too_large(path, 1 << 26)[0]
    found = fit_large(path, "y")
    assert found.rows == 20_000 and found.yes and "“note” holds words" in found.notes[0]
    assert found.loss < 0.75 * found.baseline
    assert found.weights["b"] == pytest.approx(-2, abs=0.1) and found.weights["a"] == pytest.approx(1, abs=0.1)
    assert abs(found.weights["c"]) < 0.06


def test_a_bad_cell_far_down_a_large_table_is_told(tmp_path):
    path = big(tmp_path / "big.csv", 1000)
    with path.open("a") as file:
        file.write("1,0.1,x,0.1,0.1,words,1\n")
    with pytest.raises(ValueError, match="row 1002, column “b”: 'x' is no number"):
        fit_large(path, "y")


@pytest.mark.slow
def test_ten_times_the_memory_goes_through_with_flat_memory(tmp_path):
    import subprocess
    import sys

    script = (
        "import sys, resource\nfrom pathlib import Path\nfrom cellarhand.lab.large import fit_large\n"
        "fit_large(Path(sys.argv[1]), 'y')\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    peaks = []
    for rows in (8_000, 160_000):
        path = big(tmp_path / f"{rows}.csv", rows)
        done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout) / 1024)
    numbers = 160_000 * 6 * 8 / 2**20
    assert peaks[1] - peaks[0] < numbers / 2 and numbers > 7, peaks
