"""All claims of the notes measured again: `cellarhand lab check`. Five minutes on two cores; `quick` in seconds."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, as_completed

from cellarhand.lab.claims import advice, depths, engines, sparsities, xors
from cellarhand.lab.claims.finding import Finding, Job

# The longest first, so that two cores end at about the same time.
JOBS: dict[str, Job] = {
    "shuffled": advice.shuffled,
    "seven": advice.seven,
    "bottlenecks": xors.bottlenecks,
    "sigmoids": depths.sigmoids,
    "deep_tanh": depths.deep_tanh,
    "spiral_large": depths.spiral_large,
    "spiral_small": depths.spiral_small,
    "too_narrow": xors.too_narrow,
    "stand_in": sparsities.stand_in,
    "smoothing": depths.smoothing,
    "noisy": xors.noisy,
    "task_four": xors.task_four,
    "big_or_small": depths.big_or_small,
    "exact_or_descent": advice.exact_or_descent,
    "widths": xors.widths,
    "stuck_outputs": depths.stuck_outputs,
    "thresholds": engines.thresholds,
    "from_zero": xors.from_zero,
    "zeros": sparsities.zeros,
    "twins": xors.twins,
    "crossed": xors.crossed,
    "disconnected": sparsities.disconnected,
    "agreement": engines.agreement,
    "gradients": depths.gradients,
    "quiz": sparsities.quiz,
    "narrow_lint": xors.narrow_lint,
    "dear_mistakes": engines.dear_mistakes,
    "formulas": engines.formulas,
}
QUICK = (
    "widths", "twins", "crossed", "zeros", "disconnected", "agreement", "gradients", "quiz", "formulas", "from_zero",
    "narrow_lint", "stuck_outputs", "dear_mistakes",
)  # fmt: skip


def measure(name: str) -> list[Finding]:
    """The findings of one job."""
    return JOBS[name]()


def check(
    *, quick: bool = False, executor: Executor | None = None, done: Callable[[str], None] | None = None
) -> list[Finding]:
    """Every finding in the order of the jobs; with an executor they spread over it. `done` hears each name."""
    names = [n for n in JOBS if not quick or n in QUICK]
    found = dict(_each(names, executor, done))
    return [f for n in names for f in found[n]]


def _each(
    names: list[str], executor: Executor | None, done: Callable[[str], None] | None
) -> Iterator[tuple[str, list[Finding]]]:
    if executor is None:
        for name in names:
            yield name, measure(name)
            if done is not None:
                done(name)
        return
    waiting = {executor.submit(measure, name): name for name in names}
    for future in as_completed(waiting):
        yield waiting[future], future.result()
        if done is not None:
            done(waiting[future])
