"""Cards as drawn: however many pages look at a tank, its card is drawn once for each taste and role."""

from collections.abc import Callable
from datetime import datetime

from markupsafe import Markup

from cellarhand.web.ports import TankNow

MOST = 2000
Key = tuple[object, ...]


class Drawn:
    """What was drawn last of each tank, for each kind of viewer. A new view or a new minute is drawn anew.

    >>> from cellarhand.domain import Tank
    >>> from datetime import UTC
    >>> drawn, view = Drawn(), TankNow(tank=Tank(id=1, name="FV1"))
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> [drawn.card(view, noon, ("viewer",), lambda n=n: f"<i>{n}</i>") for n in (1, 2)]
    [Markup('<i>1</i>'), Markup('<i>1</i>')]
    """

    def __init__(self) -> None:
        self._kept: dict[Key, tuple[TankNow, datetime, Markup]] = {}

    def card(self, view: TankNow, now: datetime, key: Key, draw: Callable[[], str]) -> Markup:
        """The card's HTML; `key` is all that `draw` depends on besides the view and the minute."""
        minute = now.replace(second=0, microsecond=0)
        full = (view.tank.id, *key)
        found = self._kept.get(full)
        if found is not None and found[0] is view and found[1] == minute:
            return found[2]
        html = Markup(draw())  # noqa: S704 -- the template has escaped it
        while len(self._kept) >= MOST:
            self._kept.pop(next(iter(self._kept)), None)
        self._kept[full] = (view, minute, html)
        return html
