"""The lab's engine: its generator against the JavaScript it is written for, its arithmetic against a plain one, its
derivatives against finite differences, its files against what it does today."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest, norm

from cellarhand.lab.claims.engines import apart
from cellarhand.lab.dice import DATA, SPLIT, WEIGHTS, Dice
from cellarhand.lab.experiment import Experiment, run
from cellarhand.lab.export import equation, from_json, to_json, to_python
from cellarhand.lab.features import ALL, inputs
from cellarhand.lab.golden import CASES, case
from cellarhand.lab.net import Net, accuracy, data_loss, penalty
from cellarhand.lab.plain import Plain
from cellarhand.lab.sets import REGRESSION, SETS, points
from cellarhand.lab.shape import Shape, sigmoid
from cellarhand.lab.training import epoch, gradient_gap, gradients, step, train

GOLDEN = Path(__file__).parent / "golden"
PAGE = """
function out(a) {
  let t = Math.imul(a ^ a >>> 15, 1 | a);
  t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
  return (t ^ t >>> 14) >>> 0;
}
const mix = s => out(s + 0x6D2B79F5 | 0);
const stream = (seed, purpose) => { let a = mix(mix(seed) + purpose | 0); return () => out(a = a + 0x6D2B79F5 | 0) };
const three = ([seed, purpose]) => { const f = stream(seed, purpose); return [f(), f(), f()] };
console.log(JSON.stringify([[0, 1], [7, 3], [4294967295, 2]].map(three)));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="the generator in JavaScript needs node")
def test_a_page_draws_the_same_words():
    said = subprocess.run(["node", "-e", PAGE], capture_output=True, text=True, check=True).stdout
    ours = [Dice([s], p).words(3)[0].tolist() for s, p in ((0, 1), (7, 3), (4294967295, 2))]
    assert json.loads(said) == ours


def test_draws_are_uniform_and_streams_of_one_seed_differ():
    draws = Dice(range(20), DATA).uniform(5000)
    assert kstest(draws.ravel(), "uniform").pvalue > 0.001
    assert not np.intersect1d(Dice([1], DATA).words(500), Dice([1], WEIGHTS).words(500)).size
    dice = Dice([5], DATA)
    assert np.array_equal(Dice([5], DATA).words(8)[0], [*dice.words(3)[0], *dice.words(5)[0]])


@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_a_shuffle_is_a_shuffle_and_seeds_side_by_side_are_seeds_alone(seed, n):
    alone = Dice([seed], SPLIT).order(n)[0]
    assert sorted(alone.tolist()) == list(range(n))
    assert np.array_equal(Dice([1, seed], SPLIT).order(n)[1], alone)


@pytest.mark.parametrize("name", SETS)
def test_every_set_is_balanced_within_its_square_and_the_same_for_the_same_seed(name):
    found, again = points(name, [3, 4]), points(name, [4])
    assert np.array_equal(found.xy[1], again.xy[0]) and np.array_equal(found.label[1], again.label[0])
    assert np.abs(found.label).max() <= 1.2
    if name not in REGRESSION:
        assert abs(found.label.mean()) < 0.15
        assert np.array_equal(np.unique(found.label), [-1, 1])
    learn, held = found.split([3, 4], 0.5)
    n = found.label.shape[1]
    assert learn.label.shape == held.label.shape == (2, n // 2)
    assert sorted(np.concatenate([learn.xy[0, :, 0], held.xy[0, :, 0]])) == sorted(found.xy[0, :, 0])


def test_sets_are_what_their_names_say():
    disc = points("circle", [0])
    r = np.hypot(*disc.xy[0].T)
    assert np.array_equal(disc.label[0] > 0, r < 2.5) and ((r < 2.5) | (r > 3.5)).all()
    cross = points("xor", [0])
    assert np.array_equal(cross.label[0], np.sign(cross.xy[0].prod(1))) and np.abs(cross.xy).min() >= 0.3
    cloud = points("gauss", [0], n=4000, noise=25)
    spread = (cloud.xy[0] - 2 * cloud.label[0][:, None]) / np.sqrt(2.25)
    assert kstest(spread.ravel(), norm.cdf).pvalue > 0.001
    assert points("plane", [0]).label[0] == pytest.approx(points("plane", [0]).xy[0].sum(1) / 10)
    moved = points("circle", [0], noise=30)
    assert np.array_equal(moved.xy, disc.xy) and not np.array_equal(moved.label, disc.label)
    with pytest.raises(ValueError, match="a set is one of"):
        points("moons", [0])


# Arithmetic

SHAPES = st.fixed_dictionaries(
    {
        "hidden": st.lists(st.integers(1, 5), max_size=3).map(tuple),
        "activations": st.sampled_from([("tanh",), ("relu",), ("sigmoid",), ("linear",)]),
        "loss": st.sampled_from(["half square", "log"]),
        "penalty": st.sampled_from(["none", "L1", "L2"]),
        "batch": st.integers(5, 13),
    }
)


@settings(max_examples=40, deadline=None)
@given(SHAPES, st.integers(0, 10_000))
def test_stacked_and_plain_engine_agree_to_1e_12_a_step_and_1e_9_after_fifty_epochs(what, seed):
    e = Experiment(data="xor", noise=20, points=24, rate=0.05, **what)
    (x, label), _ = e.rows([seed, seed + 1])
    net = Net.drawn(e.shape, [seed, seed + 1])
    plain, rows, labels = Plain.of(net), x[0].tolist(), label[0].tolist()
    step(net, x[:, : e.batch], label[:, : e.batch])
    plain.step(rows[: e.batch], labels[: e.batch])
    assert apart(net, plain) <= 1e-12
    for _ in range(50):
        epoch(net, x, label)
        plain.epoch(rows, labels)
    assert apart(net, plain) <= 1e-9
    assert plain.state()["dead"] == [
        [k, j, i] for k, d in enumerate(net.living) for j, i in np.argwhere(~d[0].T).tolist()
    ]


@settings(max_examples=30, deadline=None)
@given(SHAPES.filter(lambda s: s["activations"] != ("relu",)), st.integers(0, 10_000))
def test_derivatives_are_those_of_finite_differences(what, seed):
    e = Experiment(data="gauss", points=20, **what)
    (x, label), _ = e.rows([seed])
    assert gradient_gap(Net.drawn(e.shape, [seed]), x, label) < 1e-7


@pytest.mark.parametrize("name", CASES)
def test_golden_files_are_what_the_engine_does_today(name):
    kept = json.loads((GOLDEN / f"{name}.json").read_text())
    now = case(*CASES[name])
    assert kept["experiment"] == now["experiment"] and kept["words"] == now["words"]
    assert Experiment.from_json(kept["experiment"]) == CASES[name][1]

    def near(a, b, tolerance):
        if isinstance(a, dict):
            return a.keys() == b.keys() and all(near(a[k], b[k], tolerance) for k in a)
        if isinstance(a, list):
            return len(a) == len(b) and all(near(x, y, tolerance) for x, y in zip(a, b, strict=True))
        return abs(a - b) <= tolerance

    assert near(kept["train"], now["train"], 1e-12) and near(kept["test"], now["test"], 1e-12)
    for when, state in kept["states"].items():
        assert near(state, now["states"][when], 1e-9 if when == "epoch 50" else 1e-12), when
    assert near(kept["outputs"], now["outputs"], 1e-9)


def test_golden_files_hold_dead_links_both_losses_and_all_activations():
    kept = [json.loads((GOLDEN / f"{n}.json").read_text()) for n in CASES]
    assert any(k["states"]["epoch 50"]["dead"] for k in kept)
    assert {k["experiment"]["loss"] for k in kept} == {"log", "half square"}
    assert {a for k in kept for a in k["experiment"]["activations"]} == {"tanh", "relu", "sigmoid", "linear"}


def test_a_neuron_is_a_weighted_sum_and_then_its_activation_by_hand():
    net = Net.drawn(Shape(inputs=2, hidden=(1,), activations=("sigmoid",), output="linear"), [0])
    net.weights[0][0, :, 0], net.biases[0][0, 0, 0] = [2.0, -1.0], 0.5
    net.weights[1][0, 0, 0], net.biases[1][0, 0, 0] = 3.0, -1.0
    sums, outs = net.forward(np.array([[[1.0, 2.0]]]))
    assert sums[0].item() == 0.5 and outs[0].item() == pytest.approx(1 / (1 + np.exp(-0.5)))
    assert net.predict(np.array([[[1.0, 2.0]]])).item() == pytest.approx(3 / (1 + np.exp(-0.5)) - 1)


def test_linear_layers_of_any_depth_are_one_matrix():
    net = Net.drawn(Shape(inputs=3, hidden=(4, 5, 2), activations=("linear",), output="linear"), [9])
    matrix, offset = np.eye(3), np.zeros(3)
    for w, b in zip(net.weights, net.biases, strict=True):
        matrix, offset = matrix @ w[0], offset @ w[0] + b[0, 0]
    x = np.random.default_rng(0).normal(size=(1, 20, 3))
    assert net.predict(x)[0] == pytest.approx((x[0] @ matrix + offset)[:, 0], abs=1e-9)


def test_losses_penalty_and_accuracy_by_hand():
    z = np.array([[2.0, -1.0]])
    label = np.array([[1.0, 1.0]])
    p = 1 / (1 + np.exp(-z))
    assert data_loss(Shape(inputs=1, loss="log"), z, p, label)[0] == pytest.approx(-np.log(p).mean())
    assert data_loss(Shape(inputs=1), z, np.tanh(z), label)[0] == pytest.approx(0.5 * ((np.tanh(z) - 1) ** 2).mean())
    assert accuracy(z, label)[0] == 0.5
    net = Net.drawn(Shape(inputs=2, penalty="L1", rate=0.1), [0])
    net.weights[0][0, :, 0] = [3.0, -4.0]
    assert penalty(net)[0] == pytest.approx(0.7)
    net.shape = Shape(inputs=2, penalty="L2", rate=0.1)
    assert penalty(net)[0] == pytest.approx(1.25)


def test_what_a_step_goes_down_is_loss_and_penalty_together():
    e = Experiment(hidden=(4,), penalty="L2", rate=0.1, points=40, batch=20, learning_rate=1e-4)
    (x, label), _ = e.rows([0])
    net = Net.drawn(e.shape, [0])
    before, slopes = net.copy(), gradients(net, x, label)[0]
    step(net, x, label)
    for was, is_, slope in zip(before.weights, net.weights, slopes, strict=True):
        assert (was - is_) / 1e-4 == pytest.approx(slope + 0.1 * was, abs=1e-9)


def test_a_dead_link_stays_dead_and_l2_kills_none():
    e = Experiment(noise=25, share=0.1, features=ALL, penalty="L1", rate=0.3, epochs=200)
    runs = run(e, 5, at=(100,))
    half = run(e.changed(epochs=100), 5).net.living[0]
    assert (runs.net.weights[0][~half] == 0).all() and (~half).sum() > 10
    assert (run(e.changed(penalty="L2"), 5).net.weights[0] != 0).all()


def test_seeds_side_by_side_are_the_same_as_each_alone():
    e = Experiment(data="xor", hidden=(3,), epochs=20)
    together, alone = run(e, [4, 5, 6]), run(e, [5], single=True)
    assert together.test_loss[1] == pytest.approx(alone.test_loss[0], abs=1e-12)


def test_one_seed_alone_is_refused_without_a_word():
    with pytest.raises(ValueError, match="judged over seeds"):
        run(Experiment(epochs=1), 1)


def test_a_trace_holds_what_was_asked_for_and_a_stop_ends_it():
    e = Experiment(data="gauss", hidden=(3,), epochs=10)
    trace = run(e, 4, at=range(11)).trace
    assert trace.epochs == list(range(11)) and trace["train_loss"].shape == (4, 11)
    assert trace["gradient"].shape == (4, 11, 2)
    learn, held = e.rows([0])
    stopped = train(Net.drawn(e.shape, [0]), learn, held, 10, at=range(11), stop=lambda row: row["test_loss"][0] < 0.4)
    assert stopped.epochs[-1] < 10


def test_a_rewind_from_a_copy_trains_to_the_same_weights():
    e = Experiment(hidden=(3,))
    (x, label), _ = e.rows([0])
    start = Net.drawn(e.shape, [0])
    ends = []
    for _ in range(2):
        net = start.copy()
        for _ in range(3):
            epoch(net, x, label)
        ends.append(net.weights[0])
    assert np.array_equal(*ends) and not np.array_equal(ends[0], start.weights[0])


# Shapes and exports


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ({"inputs": 0}, "layer 0"),
        ({"inputs": 2, "hidden": (3, 0)}, "layer 2"),
        ({"inputs": 2, "hidden": (3, 3), "activations": ("tanh", "relu", "tanh")}, "one a layer"),
        ({"inputs": 2, "hidden": (3,), "activations": ("softmax",)}, "layer 1"),
        ({"inputs": 2, "batch": 0}, "batch"),
    ],
)
def test_an_impossible_net_is_refused_by_its_layer(what, why):
    with pytest.raises(ValueError, match=why):
        Shape(**what)


def test_other_inputs_than_the_net_takes_are_refused():
    with pytest.raises(ValueError, match="layer 0: the net takes 2 inputs; got 3"):
        Net.drawn(Shape(inputs=2), [0]).forward(np.zeros((1, 1, 3)))


def test_two_eight_two_one_has_45_parameters_and_two_hidden_layers_are_deep():
    assert Shape(inputs=2, hidden=(8, 2)).parameters == 45
    assert [Shape(inputs=2, hidden=h).deep for h in ((), (3,), (3, 3))] == [False, False, True]


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
def test_json_equation_and_python_say_what_the_net_says(activation):
    e = Experiment(data="xor", hidden=(3, 2), activations=(activation,), features=ALL, scaled=True, epochs=5)
    runs = run(e, 3)
    xy = points("xor", [0], n=30).xy[0]
    want = runs.net.predict(np.repeat(inputs(xy, ALL, scaled=True)[None], 3, 0))[1]
    back, seed, net = from_json(to_json(runs, 1))
    assert back == e and seed == 1
    assert np.array_equal(net.predict(inputs(xy, ALL, scaled=True)[None])[0], want)
    module: dict = {}
    exec(to_python(runs, 1), module)
    assert [module["tell"](*p) for p in xy.tolist()] == pytest.approx(want, abs=1e-9)
    names = {"exp": np.exp, "tanh": np.tanh, "max": np.maximum}
    values = dict(zip([f"v{k}" for k in range(7)], inputs(xy, ALL, scaled=True).T, strict=True))
    for line in equation(runs.net, tuple(values), 1).replace("·", "*").split("\n"):
        name, formula = line.split(" = ", 1)
        values[name] = eval(formula, names, values)
    assert values["y"] == pytest.approx(want, abs=1e-9)


def test_a_file_that_is_no_net_or_of_another_shape_is_refused():
    text = to_json(run(Experiment(hidden=(3,), epochs=1), 2))
    with pytest.raises(ValueError, match="format"):
        from_json("[]")
    state = json.loads(text)
    state["experiment"]["hidden"] = [4]
    with pytest.raises(ValueError, match="layer 1: 4 neurons of 2 weights"):
        from_json(json.dumps(state))
    state["experiment"]["momentum"] = 0.9
    with pytest.raises(ValueError, match="no 'momentum'"):
        from_json(json.dumps(state))


@given(st.floats(-1e4, 1e4))
def test_the_sigmoid_never_overflows_and_the_logit_takes_it_back(z):
    p = float(sigmoid(np.array([z]))[0])
    assert 0 <= p <= 1
    if abs(z) < 10:
        assert np.log(p / (1 - p)) == pytest.approx(z, abs=1e-9)
