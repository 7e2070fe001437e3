"""How the learned rungs stand in this brewery: what they learnt, how far off they were, whether they may speak."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Said:
    """One bucket of "done within a day": the share that was said, the share that came, of how many checks, with its
    90 % Wilson band."""

    said: float
    happened: float
    count: int
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Learned:
    """A learned rung: its inputs with their weight in log odds for one standard deviation, the heaviest first, those
    that L1 dropped, and the bias of "done within a day" (said less happened) over `checks` of `batches`.

    Without as many finished batches as it `needs` it has learnt nothing: `inputs` is empty.
    """

    rung: str
    needs: int
    inputs: tuple[tuple[str, float], ...] = ()
    dropped: tuple[str, ...] = ()
    buckets: tuple[Said, ...] = ()
    bias: float | None = None
    checks: int = 0
    batches: int = 0


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Whether `other` may speak in the place of `simple` by this brewery's own batches: relative gain in CRPS with its
    95 % interval (None where too few to tell), over `n` batches, and why.
    """

    by_hand: bool
    simple: str
    other: str
    promoted: bool
    gain: float | None
    low: float | None
    high: float | None
    n: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Advised:
    """The rung that the advisor would take on these logs, and why."""

    by_hand: bool
    rung: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Rungs:
    """All of it. `seen`: batches with a seen end, to learn from; `working`: it is being worked out."""

    seen: int
    learned: tuple[Learned, ...]
    gates: tuple[Gate, ...] = ()
    advised: tuple[Advised, ...] = ()
    working: bool = False
