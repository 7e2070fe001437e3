"""How the net learns: stochastic gradient descent on the log likelihood of what came of each lesson. Needs JAX.

The loss is the house's honest score, the log of the probability given to the interval in which the end fell, with the
points still to fall and the gravities ahead beside it. Only this file names JAX and optax, and only when it is asked.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from cellarhand.domain import CellarhandError
from cellarhand.forecasting.neural import heads, inputs, packs
from cellarhand.forecasting.neural.lessons import Lessons
from cellarhand.forecasting.neural.net import Net, forward, standardised

FINAL, FALLS = 0.5, 0.1  # weights of the other heads beside hours left
POINTS = 0.25  # a fall is known to this many points
HELD_OUT = 6  # packs that are never learnt from
AT_ONCE = 40  # packs in memory
PROVEN = 16  # lessons whose logits are kept with the weights
Params = list[tuple[Any, Any]]
Told = tuple[int, int, tuple[float, float, float], tuple[float, float, float]]  # step, of, learnt on, held out


class NoTrainer(CellarhandError):
    """The extra `train` isn't installed."""


@dataclass(frozen=True)
class Course:
    """Everything that decides which weights come out, besides the code."""

    seed: int = 1
    nets: int = 4
    packs: int = 400
    passes: float = 7.0
    batch: int = 1024
    width: int = 256
    depth: int = 4
    peak: float = 2e-3
    decay: float = 1e-3


def train(course: Course, folder: Path, say: Callable[[Told], None] = lambda told: None) -> Net:
    """The nets that a course makes of the packs in `folder`; each goes on from its last checkpoint there.

    Raises `NoTrainer` without the extra `train`.
    """
    try:
        import jax
        import optax
    except ImportError:
        raise NoTrainer("training needs the extra `train`: pip install 'cellarhand[train]'") from None
    held_out, mean, sd, steps = _prepared(course, folder)
    rate = optax.warmup_cosine_decay_schedule(0.0, course.peak, min(500, steps // 5), steps, course.peak / 200)
    rule = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, weight_decay=course.decay))
    step, judge = _compiled(rule, mean, sd)
    nets: list[Params] = []
    judged: list[tuple[float, float, float]] = []
    for number in range(course.nets):
        start = fresh(course, number)
        held = jax.tree.structure((start, rule.init(start)))
        params, state, done = _resumed(folder, course, number, held) or (start, rule.init(start), 0)
        for at, lesson in _served(course, number, folder, steps, done):
            params, state, parts = step(params, state, *lesson)
            if at % 500 == 0 or at == steps:
                said = _floats(judge(params, *_columns(held_out, slice(None))))
                say((number * steps + at, course.nets * steps, _floats(parts), said))
                _keep(folder, course, number, jax.tree.leaves((params, state)), at)
        judged.append(_floats(judge(params, *_columns(held_out, slice(None)))))
        nets.append(params)
    story = {
        "inputs": list(inputs.NAMES),
        "prior": packs.prior_version(),
        "course": asdict(course),
        "steps": steps,
        "held out": {"lessons": len(held_out.low), "end, final, falls of each net": judged},
    }
    seen = held_out.x[:: max(len(held_out.x) // PROVEN, 1)][:PROVEN]
    scaled = standardised(seen, mean, sd, jax.numpy)
    made = np.stack([np.asarray(forward(params, scaled, jax.numpy)) for params in nets])
    return Net(mean, sd, [[(np.asarray(w), np.asarray(b)) for w, b in net] for net in nets], story, (seen, made))


def _prepared(course: Course, folder: Path) -> tuple[Lessons, Any, Any, int]:
    """What is held out, mean and spread (inputs,) of the first packs learnt from, and how many steps there are."""
    held_out = packs.read(folder, course.seed, range(HELD_OUT))
    first = packs.read(folder, course.seed, range(HELD_OUT, min(HELD_OUT + AT_ONCE, course.packs)))
    per_pack = len(first.low) / min(AT_ONCE, course.packs - HELD_OUT)
    steps = max(int(course.passes * per_pack * (course.packs - HELD_OUT) / course.batch), 10)
    return held_out, first.x.mean(0), first.x.std(0) + 1e-3, steps


def _compiled(rule: Any, mean: Any, sd: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """One step down the slope, and the three parts of the loss: of ends, of final falls, of falls ahead."""
    import jax
    import optax

    def loss(params: Params, x: Any, low: Any, high: Any, fall: Any) -> Any:
        jnp = jax.numpy
        out = forward(params, standardised(x, mean, sd, jnp), jnp)
        left, falls = heads.shares(out, jnp)
        end = -jnp.log(heads.left_likelihood(left, low, high, jnp)).mean()
        points = -jnp.log(heads.fall_likelihood(falls, fall - POINTS, fall + POINTS, jnp)).mean(axis=0)
        parts = (end, points[0], points[1:].mean())
        return parts[0] + FINAL * parts[1] + FALLS * parts[2], parts

    def step(params: Params, state: Any, *lesson: Any) -> Any:
        (_, parts), slope = jax.value_and_grad(loss, has_aux=True)(params, *lesson)
        change, state = rule.update(slope, state, params)
        return optax.apply_updates(params, change), state, parts

    return jax.jit(step), jax.jit(lambda params, *lesson: loss(params, *lesson)[1])


def fresh(course: Course, number: int) -> Params:
    """Weights before any lesson: He et al. 2015 for the first layer, less for those that add, nothing for the last."""
    rng = np.random.default_rng((course.seed, number))
    sizes = [len(inputs.NAMES), *[course.width] * course.depth, heads.WIDTH]
    gains = [2.0, *[0.7] * (course.depth - 1), 0.0]
    return [
        (rng.normal(0.0, np.sqrt(g / a), (a, b)).astype(np.float32), np.zeros(b, np.float32))
        for a, b, g in zip(sizes[:-1], sizes[1:], gains, strict=True)
    ]


def _served(course: Course, number: int, folder: Path, steps: int, done: int) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Lessons from step `done` + 1 on, some packs in memory at a time; the same for the same step, resumed or not."""
    numbers = np.arange(HELD_OUT, course.packs)
    turns = -(-len(numbers) // AT_ONCE)
    at = 0
    for turn in count():
        rng = np.random.default_rng((course.seed, number, turn))
        if turn % turns == 0:
            order = np.random.default_rng((course.seed, number, 7, turn)).permutation(numbers)
        now = order[(turn % turns) * AT_ONCE : (turn % turns + 1) * AT_ONCE]
        pack: Lessons | None = None
        here = max(sum(_length(folder, course.seed, int(k)) for k in now) // course.batch, 1)
        for _ in range(here):
            at += 1
            if at > steps:
                return
            pick = rng.random(course.batch)
            if at <= done:
                continue
            pack = pack or packs.read(folder, course.seed, now.tolist())
            yield at, _columns(pack, (pick * len(pack.low)).astype(int))


def _length(folder: Path, seed: int, pack: int) -> int:
    with np.load(packs.path_of(folder, seed, pack), allow_pickle=False) as held:
        return len(held["low"])


def _columns(pack: Lessons, pick: Any) -> tuple[Any, ...]:
    return pack.x[pick], pack.low[pick], pack.high[pick], pack.fall[pick]


def _floats(parts: Any) -> tuple[float, float, float]:
    a, b, c = (float(p) for p in parts)
    return a, b, c


def _checkpoint(folder: Path, course: Course, number: int) -> Path:
    name = "-".join(str(v) for v in (packs.prior_version(), *asdict(course).values(), number))
    return folder / f"checkpoint-{name}.npz"


def _keep(folder: Path, course: Course, number: int, leaves: list[Any], at: int) -> None:
    path = _checkpoint(folder, course, number)
    half = path.with_suffix(".half.npz")
    np.savez(half, allow_pickle=False, at=at, **{f"leaf{k}": np.asarray(leaf) for k, leaf in enumerate(leaves)})
    half.rename(path)


def _resumed(folder: Path, course: Course, number: int, held: Any) -> tuple[Params, Any, int] | None:
    import jax

    path = _checkpoint(folder, course, number)
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as kept:
        leaves = [kept[f"leaf{k}"] for k in range(len(kept.files) - 1)]
        params, state = jax.tree.unflatten(held, leaves)
        return params, state, int(kept["at"])
