"""Small SVG pictures of the report, drawn by hand: curves, reliability, learning."""

from collections.abc import Iterable, Sequence

from cellarhand.ladder.judging import Bias, Curves, LearningCurve, Scorecard

W, H, PAD = 320, 260, 38
_INK, _LINE, _DOT = "#6b7280", "#1f6f54", "#b3541e"


def _x(v: float) -> float:
    return PAD + v * (W - PAD - 10)


def _y(v: float) -> float:
    return H - PAD - v * (H - PAD - 12)


def _path(points: Iterable[tuple[float, float]], colour: str = _LINE, dash: str = "") -> str:
    where = " ".join(f"{_x(a):.1f},{_y(b):.1f}" for a, b in points)
    return f"<polyline points='{where}' fill='none' stroke='{colour}' stroke-width='2' stroke-dasharray='{dash}'/>"


def _frame(title: str, across: str, up: str, inside: str) -> str:
    ticks = "".join(
        f"<text x='{_x(v):.0f}' y='{H - PAD + 14}' text-anchor='middle'>{v:g}</text>"
        f"<text x='{PAD - 5}' y='{_y(v) + 4:.0f}' text-anchor='end'>{v:g}</text>"
        for v in (0.0, 0.5, 1.0)
    )
    return (
        f"<figure><svg viewBox='0 0 {W} {H}' width='{W}' role='img' aria-label='{title}' font-size='11' fill='{_INK}'>"
        f"<path d='M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}' fill='none' stroke='{_INK}'/>{ticks}{inside}"
        f"<text x='{_x(0.5):.0f}' y='{H - 6}' text-anchor='middle'>{across}</text>"
        f"<text x='12' y='{_y(0.5):.0f}' text-anchor='middle' transform='rotate(-90 12 {_y(0.5):.0f})'>{up}</text>"
        f"</svg><figcaption>{title}</figcaption></figure>"
    )


def _dot(x: float | None, y: float | None) -> str:
    return "" if x is None or y is None else f"<circle cx='{_x(x):.1f}' cy='{_y(y):.1f}' r='5' fill='{_DOT}'/>"


def curves_picture(c: Curves, card: Scorecard) -> str:
    """Precision–recall and ROC, the one to look at first first, with the threshold in force as a dot."""
    pair: list[str] = []
    if c.recall is not None:
        line = _path(zip(c.recall.tolist(), c.precision.tolist(), strict=True))
        base = _path([(0, c.prevalence), (1, c.prevalence)], _INK, "4 4")
        pair.append(_frame("Precision–recall", "recall", "precision", base + line + _dot(card.recall, card.precision)))
    if c.recall is not None and c.false_positive_rate is not None:
        line = _path([(0.0, 0.0), *zip(c.false_positive_rate.tolist(), c.recall.tolist(), strict=True)])
        fpr = None if card.specificity is None else 1.0 - card.specificity
        inside = _path([(0, 0), (1, 1)], _INK, "4 4") + line + _dot(fpr, card.recall)
        pair.append(_frame("ROC", "false positive rate", "recall", inside))
    return "".join(pair if c.first == "precision–recall" else pair[::-1])


def reliability_picture(b: Bias) -> str:
    """Said against happened by bucket, with 90 % Wilson bands; buckets of few cases are pale."""
    marks = [
        f"<path d='M{_x(k.said):.1f} {_y(k.low):.1f}V{_y(k.high):.1f}' stroke='{_LINE}' "
        f"opacity='{1 if k.count >= 10 else 0.35}'/>{_dot(k.said, k.happened)}"
        for k in b.buckets
    ]
    return _frame("Said and happened", "said", "happened", _path([(0, 0), (1, 1)], _INK, "4 4") + "".join(marks))


def learning_picture(c: LearningCurve) -> str:
    """Loss where learnt and held out against the number of groups, both from 0 up to the largest."""
    most = max(max(p.held, p.learnt) for p in c.points) or 1.0
    far = max(p.groups for p in c.points)

    def line(values: Sequence[float], colour: str, dash: str = "") -> str:
        return _path([(p.groups / far, v / most) for p, v in zip(c.points, values, strict=True)], colour, dash)

    inside = line([p.held for p in c.points], _LINE) + line([p.learnt for p in c.points], _DOT, "5 3")
    return _frame(f"Loss held out (line) and learnt (dashed); 1 is {most:.3g}, {far} groups", "groups", "loss", inside)
