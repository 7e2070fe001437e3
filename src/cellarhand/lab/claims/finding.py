"""A claim of the lab's notes, the band that it must fall in, and what was measured here."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One claim: measured within low … high (None: open), and where claim and measurement differ, what was found."""

    claim: str
    measured: float
    low: float | None = None
    high: float | None = None
    said: str = ""

    @property
    def held(self) -> bool:
        """Whether the measured figure lies in the band, ends included."""
        return (self.low is None or self.measured >= self.low) and (self.high is None or self.measured <= self.high)

    @property
    def band(self) -> str:
        """The band in words.

        >>> Finding("a", 1.0, 0.0, 2.0).band, Finding("a", 1.0, high=2.0).band, Finding("a", 1.0, 1.0, 1.0).band
        ('0 … 2', '≤ 2', '1')
        """
        if self.low is not None and self.low == self.high:
            return f"{self.low:g}"
        if self.low is None:
            return "–" if self.high is None else f"≤ {self.high:g}"
        return f"≥ {self.low:g}" if self.high is None else f"{self.low:g} … {self.high:g}"

    def as_json(self) -> dict[str, Any]:
        """Plain values, with band and held."""
        return asdict(self) | {"band": self.band, "held": self.held}


Job = Callable[[], list[Finding]]
