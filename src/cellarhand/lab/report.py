"""A run of the workbench as one HTML file: no script, nothing fetched."""

import html
from collections.abc import Sequence

from cellarhand.lab.fitting import READABLE, Outcome
from cellarhand.lab.pictures import curves_picture, learning_picture, reliability_picture
from cellarhand.lab.verdicts import Classifier
from cellarhand.ladder.judging import Rule, Scorecard
from cellarhand.metrics import Bucket

_STYLE = (
    "body{font:16px/1.5 system-ui;max-width:72rem;margin:2rem auto;padding:0 1rem;background:#f7f5f1;color:#1d2226}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.5rem 0 1.5rem}"
    "td,th{padding:.2rem .9rem .2rem 0;text-align:right;border-bottom:1px solid #ddd;vertical-align:top}"
    "td:first-child,th:first-child,td.w,th.w{text-align:left}tr.taken{background:#e6efe8}.grey{color:#6b7280}"
    "svg{max-width:100%;height:auto}figure{display:inline-block;margin:0 1.5rem 1rem 0}div.wide{overflow-x:auto}"
)


def told(value: float | None, digits: int = 3) -> str:
    """A figure, or the word.

    >>> told(None), told(0.5)
    ('undefined', '0.500')
    """
    return "undefined" if value is None else f"{value:.{digits}f}"


def _e(text: object) -> str:
    return html.escape(str(text))


def table(head: Sequence[str], rows: Sequence[Sequence[object]], taken: int | None = None) -> str:
    """An HTML table, every cell escaped."""
    top = "".join(f"<th scope=col>{_e(h)}</th>" for h in head)
    body = "".join(
        f"<tr{' class=taken' if k == taken else ''}>" + "".join(f"<td>{_e(c)}</td>" for c in row) + "</tr>"
        for k, row in enumerate(rows)
    )
    return f"<div class=wide><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"


def html_report(outcome: Outcome) -> str:
    """The whole run: what to take and why, leaderboard, classifier, bias and causes, learning curve, record."""
    p, j = outcome.problem, outcome.judgement
    split = "later judged by earlier" if p.times is not None else "by group" if p.grouped else "by row"
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>{_e(outcome.settings.target)}: the ladder</title><style>{_STYLE}</style>",
        f"<h1>What tells “{_e(outcome.settings.target)}”?</h1>",
        f"<p>{p.n} rows, {len(set(p.groups))} groups, {len(p.columns)} columns; held out {split}.</p>",
        *(f"<p class=grey>{_e(n)}</p>" for n in p.notes),
        f"<h2>Take: {_e(j.board.taken)}</h2><p>{_e(j.board.reason)}</p>",
        _leaderboard(outcome),
        _separability(outcome),
        "" if j.classifier is None else _classifier(j.classifier, p.words),
        ""
        if j.learning is None
        else f"<h2>Learning curve</h2><p>{_e(j.learning.reason)}</p>{learning_picture(j.learning)}",
        _weights(outcome),
        _record(outcome),
        "</html>",
    ]
    return "\n".join(x for x in parts if x)


def _leaderboard(outcome: Outcome) -> str:
    board = outcome.judgement.board
    rows = []
    for r in board.rows:
        t = r.told
        seeds = f"{r.spread[0]:.4f} … {r.spread[1]:.4f}" if r.rung.seeds > 1 else ""
        size = f"{t.parameters}{' (deep)' if r.deep else ''}"
        zeros = "" if t.zeros is None else t.zeros
        proof = "" if t.certificate is None else f"{t.certificate.violation:.0e}"
        gate = "" if r.gate is None else r.gate.reason
        rows.append(
            [r.rung.name + ("" if r.rung.on_ladder else " *"), f"{r.loss:.4f} ± {r.error:.4f}", seeds, size, zeros,
             proof, f"{r.fit_s:.3f}", f"{r.predict_us:.1f}", r.bytes, READABLE[r.rung.readable], t.note, gate]
        )  # fmt: skip
    head = [
        "rung",
        "held-out loss",
        "seeds",
        "parameters",
        "zeros",
        "KKT",
        "fit s",
        "µs a row",
        "bytes",
        "to read",
        "",
        "gate",
    ]
    at = next(k for k, r in enumerate(board.rows) if r.rung.name == board.taken)
    name = "log loss" if outcome.problem.yes else "squared error"
    return (
        f"<h2>Leaderboard</h2><p>Mean {name} over held-out groups ± one standard error; less is better. * stands "
        f"beside the ladder. Always first: what needs no learning.</p>{table(head, rows, at)}"
    )


def _separability(outcome: Outcome) -> str:
    j = outcome.judgement
    if j.separable is None:
        return ""
    said = "A plane parts the two classes: no hidden layer is needed." if j.separable else "No plane parts the classes."
    shown = "" if j.diverging is None else f"<p>{_e(j.diverging.sentence())}</p>"
    return f"<h2>Linearly separable?</h2><p>{said}</p>{shown}"


def _card_row(name: str, c: Scorecard) -> list[object]:
    figures = (c.accuracy, c.precision, c.recall, c.f1, c.mcc, c.balanced_accuracy)
    return [name, *(told(v) for v in figures)]


def _rule_row(r: Rule) -> list[object]:
    picked = "not tuned" if r.threshold is None else told(r.threshold)
    return [r.name, picked, "" if r.cost is None else told(r.cost)]


def _bucket_row(b: Bucket) -> list[object]:
    band = f"{b.low:.3f} … {b.high:.3f}"
    return [f"{b.said:.3f}", f"{b.happened:.3f}", band, b.count, f"{b.said - b.happened:+.3f}"]


def _classifier(c: Classifier, words: tuple[str, str]) -> str:
    no, yes = words
    (tn, fp), (fn, tp) = c.card.matrix
    matrix = table(["was ↓, said →", no, yes], [[no, tn, fp], [yes, fn, tp]])
    cards = [_card_row(c.rung, c.card), *(_card_row(n, r) for n, r in c.references.items())]
    rules = [_rule_row(r) for r in c.costs.rules]
    probes = [["found" if p.found else "", p.cause, p.reason] for p in c.probes]
    buckets = [_bucket_row(b) for b in c.bias.buckets]
    against = "" if c.against_linear is None else f"<p>Against linear: {_e(c.against_linear.reason)}</p>"
    return "".join(
        [
            f"<h2>As a classifier, at the threshold in force: {c.costs.in_force:.3f}</h2><p>{_e(c.costs.reason)}</p>",
            f"<p>{_e(c.card.sentence())}</p>{matrix}",
            table(["", "accuracy", "precision", "recall", "F1", "MCC", "balanced"], cards),
            f"<p>Log loss {told(c.card.log_loss)}, Brier {told(c.card.brier)}; without any threshold: AUC "
            f"{told(c.card.auc)}, average precision {told(c.card.average_precision)} (prevalence "
            f"{told(c.card.prevalence)}). Look at {c.curves.first} first.</p>{against}",
            curves_picture(c.curves, c.card),
            "<h3>Which threshold?</h3>", table(["rule", "threshold", "cost a case"], rules),
            f"<h3>Prediction bias: {c.bias.value:+.4f} ({c.bias.low:+.4f} … {c.bias.high:+.4f})</h3>",
            f"<p>{_e(c.bias.reason)} Mend it in the model, not in its output.</p>", reliability_picture(c.bias),
            table(["said", "happened", "90 % band", "n", "bias"], buckets), table(["", "cause", ""], probes),
        ]
    )  # fmt: skip


def _weights(outcome: Outcome) -> str:
    told_ = outcome.judgement.board.row(outcome.judgement.board.taken).told
    if not told_.weights:
        return ""
    ranked = sorted(told_.weights.items(), key=lambda pair: -abs(pair[1]))[:30]
    rows = [[name, "exactly 0: dropped" if w == 0 else f"{w:+.4f}"] for name, w in ranked]
    return f"<h2>Weights</h2><p>For one standard deviation of each column.</p>{table(['column', 'weight'], rows)}"


def _record(outcome: Outcome) -> str:
    r = outcome.record
    rows = [["table (SHA-256)", r["table"]], *([k, v] for k, v in r["settings"].items() if v is not None)]
    rows += [[k, v] for k, v in r["versions"].items()]
    return f"<h2>To do it again</h2>{table(['', ''], rows)}"
