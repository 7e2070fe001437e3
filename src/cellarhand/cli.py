"""The command line. Where a server has the store open, commands go through it; nothing else writes beside it."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from cellarhand.app.lab_commands import lab_app
from cellarhand.domain import CellarhandError

app = typer.Typer(
    help="Watches every tank in a cellar and says when each fermentation will be done, and how sure it is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
device_app = typer.Typer(help="Devices that post readings.", no_args_is_help=True)
person_app = typer.Typer(help="Persons who sign in.", no_args_is_help=True)
app.add_typer(device_app, name="device")
app.add_typer(person_app, name="person")
app.add_typer(lab_app, name="lab")

Store = Annotated[Path, typer.Option(help="The store: one file.")]
DEFAULT_STORE = Path("cellar.db")


def main() -> NoReturn:
    """Runs the command line; an error of the house is one sentence and exit code 2."""
    try:
        code = app(standalone_mode=False)  # 130 after Ctrl-C
    except CellarhandError as error:
        _fail(str(error))
    except typer.Exit as left:
        sys.exit(left.exit_code)
    except typer.Abort:
        sys.exit(130)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.filename is None:
            raise
        _fail(f"{error.filename} can't be used: {(error.strerror or str(error)).lower()}")
    except Exception as error:
        usage = getattr(error, "format_message", None)
        if usage is None:
            raise
        _fail(usage())
    sys.exit(code if isinstance(code, int) else 0)


def _fail(sentence: str) -> NoReturn:
    print(f"cellarhand: {sentence}", file=sys.stderr)
    sys.exit(2)


def _print(text: str) -> None:
    print(text)


@app.command()
def serve(
    store: Store = DEFAULT_STORE,
    host: Annotated[str, typer.Option(help="Where to listen; this machine only until a person exists.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8321,
    demo: Annotated[bool, typer.Option("--demo", help="Furnish an empty store with a demo cellar.")] = False,
    zone: Annotated[str, typer.Option(help="The site's time zone, for stamps that have none.")] = "UTC",
) -> None:
    """Starts the server and its worker."""
    import os

    from cellarhand.app.clocks import from_words
    from cellarhand.app.serve import run

    words = os.environ.get("CELLARHAND_TEST_CLOCK")
    run(store, host, port, demo=demo, clock=from_words(words) if words else None, zone=_zone(zone))


def _zone(name: str) -> str:
    from zoneinfo import ZoneInfo

    from cellarhand.domain import Refused

    try:
        ZoneInfo(name)
    except Exception:
        raise Refused("a zone is a name of the IANA table", name, "like Europe/Berlin or America/New_York") from None
    return name


def _through_desk(store: Path, live: Callable[[Any], Any], direct: Callable[[Any], Any]) -> Any:
    """Asks the server where one has the store open, else opens the store for the moment."""
    from cellarhand.app.remote import Remote, at_the_desk
    from cellarhand.store import live_server

    found = live_server(store)
    if found is not None:
        return live(Remote(*found))
    return at_the_desk(store, direct)


@device_app.command("add")
def device_add(
    kind: Annotated[str, typer.Option(help="json, ispindel, tiltbridge, tiltpi, gravitymon or rapt.")],
    tank: Annotated[str | None, typer.Option(help="The tank it hangs in.")] = None,
    name: Annotated[str, typer.Option(help="What you call it.")] = "",
    gravity_unit: Annotated[str | None, typer.Option(help="sg or plato: what its own formula gives.")] = None,
    store: Store = DEFAULT_STORE,
) -> None:
    """A device that may post; prints its token, this once."""
    given = {"kind": kind, "tank": tank, "name": name, "gravity_unit": gravity_unit}
    done = _through_desk(
        store,
        lambda remote: remote.add_device(given),
        lambda desk: desk.add_device(given),
    )
    _print(f"token: {done['token']}")
    _print(f"post to: {done.get('url', 'http://<this machine>:8321')}{done['path']}")
    _print("The token is not shown again.")


@person_app.command("add")
def person_add(
    name: Annotated[str, typer.Argument(help="What the crew calls them.")],
    role: Annotated[str, typer.Option(help="viewer, brewer or admin.")] = "brewer",
    store: Store = DEFAULT_STORE,
) -> None:
    """A person; prints a one-time link for them."""
    done = _through_desk(store, lambda remote: remote.invite(name, role), lambda desk: desk.invite(name, role))
    _print(f"Give {name} this link; it works once, for three days:")
    _print(f"{done.get('url', 'http://<this machine>:8321')}{done['path']}")


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="Log files: CSV of a device, a historian or a sheet; .gz too.")],
    tank: Annotated[str | None, typer.Option(help="The tank they belong to, where the file doesn't say.")] = None,
    store: Store = DEFAULT_STORE,
    zone: Annotated[
        str | None, typer.Option(help="The zone of stamps that have none; else that of a running server, else UTC.")
    ] = None,
) -> None:
    """Takes log files in: each whole or not at all."""
    from cellarhand.app.remote import import_all

    sys.exit(import_all(files, tank, store, None if zone is None else _zone(zone)))


@app.command()
def forecast(
    file: Annotated[Path, typer.Argument(help="A log of one batch.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON record.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw curve and fan into this picture.")] = None,
    now: Annotated[float | None, typer.Option(help="Forecast as of this hour of the log; later rows unseen.")] = None,
    pitched_at: Annotated[float | None, typer.Option(help="Hour of the pitch; else as the file says, else 0.")] = None,
    og: Annotated[float | None, typer.Option(help="Original gravity, SG.")] = None,
    expected_fg: Annotated[float | None, typer.Option(help="Final gravity that you expect, SG.")] = None,
    kind: Annotated[str | None, typer.Option(help="ale, lager, kveik, kettle sour, mixed, STA1-positive, …")] = None,
    rung: Annotated[
        str | None, typer.Option(help="Let one rung speak: flat, typical, curvefit, hazard or crosses.")
    ] = None,
    history: Annotated[list[Path] | None, typer.Option(help="A past batch; may be given more than once.")] = None,
    zone: Annotated[str, typer.Option(help="The zone of stamps that have none.")] = "UTC",
) -> None:
    """When a logged batch will be done, and how low it will go."""
    from cellarhand.app.logbook import curve_of_log, draw_forecast, past_of_logs, tell_forecast
    from cellarhand.forecasting import Forecaster

    stated = {"og": og, "expected_fg": expected_fg, "kind": kind}
    curve = curve_of_log(file, now=now, pitched_at=pitched_at, zone=_zone(zone), stated=stated)
    said = Forecaster(rung).fit(past_of_logs(history or [], zone)).predict([curve])[0]
    if plot is not None:
        draw_forecast(curve, said, plot)
    if as_json:
        _print(json.dumps(said.as_json() | {"notes": [*said.notes, *curve.notes]}))
    else:
        _print(tell_forecast(curve, said))


@app.command()
def backtest(
    files: Annotated[list[Path], typer.Argument(help="Logs of finished batches.")],
    rungs: Annotated[str, typer.Option(help="Rungs to judge, separated by commas.")] = "flat,typical,curvefit",
    history: Annotated[bool, typer.Option(help="Let each batch learn from those begun before it.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write an HTML report here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every check as JSON lines.")] = False,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 is one a core.")] = 0,
    zone: Annotated[str, typer.Option(help="The zone of stamps that have none.")] = "UTC",
) -> None:
    """Replays finished batches through the live path and scores what would have been said."""
    from cellarhand.app.judging import judge
    from cellarhand.app.processes import give_way

    give_way()
    judge(files, [r.strip() for r in rungs.split(",") if r.strip()], history, report, as_json, workers, _zone(zone))


@app.command()
def train(
    weights: Annotated[Path, typer.Option(help="Write the weights here.")] = Path("weights.npz"),
    folder: Annotated[Path, typer.Option(help="Lessons, checkpoints and the log live here.")] = Path("build/train"),
    packs: Annotated[int, typer.Option(help="Packs of lessons, some 5,000 each.")] = 400,
    passes: Annotated[float, typer.Option(help="How often each lesson is learnt from.")] = 7.0,
    width: Annotated[int, typer.Option(help="Width of a layer.")] = 256,
    nets: Annotated[int, typer.Option(help="Nets of one course, whose answers are averaged.")] = 4,
    seed: Annotated[int, typer.Option(help="Lessons and net are the same for the same seed.")] = 1,
    workers: Annotated[int, typer.Option(min=0, help="Processes that make lessons; 0 is one a core.")] = 0,
) -> None:
    """Teaches the neural rung on simulated breweries: needs the extra `train` and an hour; goes on where it stopped."""
    from cellarhand.app.teaching import teach
    from cellarhand.forecasting.neural.training import Course

    teach(Course(seed=seed, nets=nets, packs=packs, passes=passes, width=width), folder, weights, workers)


@app.command()
def promises(
    store: Store = DEFAULT_STORE,
    by: Annotated[str, typer.Option(help="Sort by miss (the largest first) or date (the newest first).")] = "miss",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON record, as GET /api/promises.")] = False,
    zone: Annotated[str, typer.Option(help="The zone that times are told in.")] = "UTC",
) -> None:
    """What was said of each beer's end, and what came of it; old logs are replayed for it."""
    from cellarhand.app.promising import tell

    tell(store, by, as_json=as_json, zone=_zone(zone))
