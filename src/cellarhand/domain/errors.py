"""The base of all errors. No error here knows about HTTP: `web` chooses the status."""

from cellarhand.units import Range


class CellarhandError(Exception):
    """Anything that Cellarhand says no to, in one sentence a brewer can act on."""


class Refused(CellarhandError):
    """Input that breaks a rule: which rule, what came, and the likeliest cause.

    >>> str(Refused("0.980..1.200", 48, "is it in points or °P?", field="sg"))
    'sg=48 is outside 0.980..1.200; is it in points or °P?'
    """

    def __init__(self, rule: str, value: object, cause: str, *, field: str = "") -> None:
        self.rule, self.value, self.cause, self.field = rule, value, cause, field
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        shown = f"{self.value:g}" if isinstance(self.value, float) else str(self.value)[:80]
        if self.field:
            return f"{self.field}={shown} is outside {self.rule}; {self.cause}"
        return f"{self.rule}: got {shown!r}; {self.cause}" if shown else f"{self.rule}; {self.cause}"

    @classmethod
    def outside(cls, limits: Range, value: float) -> "Refused":
        """The refusal of a value outside a physical range."""
        return cls(limits.rule, value, limits.cause(value), field=limits.name)


class TooFewBatches(CellarhandError):
    """A rung was given fewer past batches than it needs to say anything.

    >>> str(TooFewBatches("hazard", needs=15, has=6))
    'The rung “hazard” needs 15 past batches with a seen end and has 6'
    """

    def __init__(self, rung: str, *, needs: int, has: int) -> None:
        self.rung, self.needs, self.has = rung, needs, has
        super().__init__(f"The rung “{rung}” needs {needs} past batches with a seen end and has {has}")


class NotFound(CellarhandError):
    """There is no such tank, batch, device or person."""


class Conflict(CellarhandError):
    """It can't be done now: something else holds the place."""


class NotAllowed(CellarhandError):
    """The person is known and may not do this."""


class StoreUnavailable(CellarhandError):
    """The store could not keep it. Nothing was acknowledged."""
