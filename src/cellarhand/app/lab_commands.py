"""The commands of the lab: `cellarhand lab fit`, `again`, `seeds` and `check`. Words alone; `app/lab.py` does it."""

from pathlib import Path
from typing import Annotated

import typer

lab_app = typer.Typer(help="The machine learning beneath, open to play with, on any table.", no_args_is_help=True)

DEFAULT_RUNS = Path("lab-runs")
Runs = Annotated[Path, typer.Option(help="The folder that keeps the record of every run.")]
Json = Annotated[bool, typer.Option("--json", help="Everything as one JSON record.")]


@lab_app.command("fit")
def fit(
    table: Annotated[Path, typer.Argument(help="CSV (one header row, UTF-8) or Parquet.")],
    target: Annotated[str, typer.Option(help="The column to be told: yes or no, two words, or a number.")],
    group: Annotated[str | None, typer.Option(help="Rows of one group are never parted: a batch, a tank.")] = None,
    time: Annotated[str | None, typer.Option(help="Later rows are judged by earlier ones.")] = None,
    costs: Annotated[str, typer.Option(help="What a false alarm costs against a miss, like 10:1.")] = "1:1",
    rule: Annotated[str | None, typer.Option(help='The rule in use today, like "hours >= 96".')] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    folds: Annotated[int, typer.Option(min=2, max=20)] = 5,
    memory: Annotated[
        int, typer.Option(min=1, help="MB for exact solvers; a larger table is learnt by descent.")
    ] = 512,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 is one a core, 1 none beside this one.")] = 1,
    runs: Runs = DEFAULT_RUNS,
    report: Annotated[Path | None, typer.Option(help="Write an HTML report here: one file.")] = None,
    as_json: Json = False,
) -> None:
    """Takes a table up the ladder: baseline first, every rung judged on what it hasn't seen."""
    from cellarhand.app.lab import fit_file, settings_of

    settings = settings_of(target, group, time, costs, rule, seed, folds)
    fit_file(table, settings, memory=memory << 20, workers=workers, runs=runs, report=report, as_json=as_json)


@lab_app.command("again")
def again(
    record: Annotated[Path, typer.Argument(help="A record that `lab fit` kept.")],
    table: Annotated[Path, typer.Argument(help="The table of that run.")],
) -> None:
    """Does a kept run again and says whether the same scores come out."""
    from cellarhand.app.lab import repeat

    repeat(record, table)


@lab_app.command("seeds")
def seeds(
    data: Annotated[str, typer.Option(help="circle, xor, gauss, spiral, plane or multi-gaussian.")] = "xor",
    hidden: Annotated[str, typer.Option(help="Neurons a hidden layer, like 8,2; empty for none.")] = "3",
    activation: Annotated[
        str, typer.Option(help="tanh, relu, sigmoid or linear; one for all or one a layer.")
    ] = "relu",
    features: Annotated[str, typer.Option(help="Of x1, x2, x1^2, x2^2, x1x2, sin x1, sin x2.")] = "x1,x2",
    noise: Annotated[float, typer.Option(min=0, max=80)] = 0.0,
    epochs: Annotated[int, typer.Option(min=1)] = 200,
    learning_rate: Annotated[float, typer.Option(min=1e-6)] = 0.03,
    penalty: Annotated[str, typer.Option(help="none, L1 or L2.")] = "none",
    rate: Annotated[float, typer.Option(min=0)] = 0.0,
    loss: Annotated[str, typer.Option(help='"half square" or "log".')] = "half square",
    count: Annotated[int, typer.Option("--seeds", min=2, max=10_000)] = 100,
    under: Annotated[float, typer.Option(help="A run succeeds whose test loss ends under this.")] = 0.05,
    as_json: Json = False,
) -> None:
    """Trains one small net from many seeds: how many succeed, how far they spread, what the lints say."""
    from cellarhand.app.lab import many_seeds

    def words(text: str) -> list[str]:
        return [w.strip() for w in text.split(",") if w.strip()]

    given = {
        "data": data, "noise": noise, "features": words(features), "hidden": [int(h) for h in words(hidden)],
        "activations": words(activation), "loss": loss, "penalty": penalty, "rate": rate,
        "learning_rate": learning_rate, "epochs": epochs,
    }  # fmt: skip
    many_seeds(given, count, under, as_json)


@lab_app.command("check")
def check(
    quick: Annotated[bool, typer.Option("--quick", help="Some of the claims, in some seconds.")] = False,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 is one a core.")] = 0,
    as_json: Json = False,
) -> None:
    """Measures every claim of the lab again: (claim, band, measured). Ends with 1 where one falls out of its band."""
    from cellarhand.app.lab import check_all

    check_all(quick, workers, as_json)
