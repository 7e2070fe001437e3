"""The command line as a stranger meets it: answers, refusals in one sentence, exit codes."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest


def run(*arguments, cwd=None, status=0):
    done = subprocess.run(
        [sys.executable, "-m", "cellarhand", *map(str, arguments)], capture_output=True, text=True, cwd=cwd
    )
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    return done


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "tilt.csv"
    start = datetime.now(UTC) - timedelta(hours=60)
    rows = [f"{(start + timedelta(hours=h)).isoformat()},{1.05 - 0.0006 * h:.4f},19.5" for h in range(60)]
    path.write_text("observed_at,sg,temp_c\n" + "\n".join(rows) + "\n")
    return path


def test_forecast_json_has_exactly_the_promised_record(log):
    told = json.loads(run("forecast", log, "--json").stdout)
    assert set(told) == {"hours_left", "p_done", "done_at", "final_gravity", "rung", "as_of_hours", "notes"}
    assert set(told["hours_left"]) == set(told["done_at"]) == set(told["final_gravity"]) == {"p10", "p50", "p90"}
    assert told["as_of_hours"] == 59.0 and told["hours_left"]["p10"] < told["hours_left"]["p90"]


def test_forecast_says_it_in_words_and_draws(log, tmp_path):
    told = run("forecast", log, "--plot", tmp_path / "out.png").stdout
    assert "hours left" in told and "final gravity" in told and "rung" in told
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_the_command_line_and_the_function_say_the_same(log):
    import cellarhand

    hours = list(range(60))
    said = cellarhand.forecast(hours, [round(1.05 - 0.0006 * h, 4) for h in hours], [19.5] * 60)
    told = json.loads(run("forecast", log, "--json").stdout)
    assert told["hours_left"] == said.as_json()["hours_left"] and told["rung"] == said.rung


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("", "empty"),
        ("hello\nworld\n", "header"),
        ("observed_at,sg\n2026-01-01T00:00:00Z,48\n2026-01-02T00:00:00Z,47\n", ""),
        ("hours,sg\n0,1.05\n1,48\n2,47\n", "sg=48 is outside 0.980..1.200; is it in points or °P?"),
        ("hours,sg\n0,1.05\nnoon,1.04\n", "hours is a number"),
        ("\x00\x01\x02", ""),
    ],
)
def test_malformed_input_is_one_sentence_and_exit_code_2(tmp_path, content, word):
    path = tmp_path / "bad.csv"
    path.write_text(content)
    done = run("forecast", path, status=2)
    assert word in done.stderr and "Traceback" not in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["forecast"],
        ["forecast", "nowhere.csv"],
        ["nonsense"],
        ["serve", "--port", "99999999"],
        ["serve", "--zone", "Mars/Olympus"],
        ["backtest", "nowhere.csv"],
        ["backtest", "x.csv", "--rungs", "oracle"],
        ["backtest", "x.csv", "--rungs", ""],
        ["backtest", "x.csv", "--report", "nowhere/out.html"],
        ["device", "add", "--kind", "crystal ball"],
        ["person", "add", "anna", "--role", "king"],
        ["import", "nowhere.csv", "--tank", "FV1"],
        ["promises", "--store", "nowhere.db"],
        ["promises", "--by", "colour"],
    ],
)
def test_wrong_words_are_one_sentence_and_exit_code_2(tmp_path, arguments):
    done = run(*arguments, cwd=tmp_path, status=2)
    assert "Traceback" not in done.stderr and done.stderr.startswith("cellarhand: ")


def test_import_is_whole_and_the_same_file_again_changes_nothing(tmp_path, log):
    store = tmp_path / "c.db"
    assert "120 readings into FV3" in run("import", log, "--tank", "FV3", "--store", store).stdout
    again = run("import", log, "--tank", "FV3", "--store", store).stdout
    assert "0 readings" in again and "120 known before" in again


def test_import_tells_every_row_it_refuses(tmp_path, log):
    text = log.read_text() + f"{datetime.now(UTC).isoformat()},48.0,19\nsoon,1.01,19\n"
    log.write_text(text)
    done = run("import", log, "--tank", "FV3", "--store", tmp_path / "c.db")
    assert "2 rows refused" in done.stdout
    assert "line 62" in done.stderr and "points or °P" in done.stderr and "line 63" in done.stderr


def test_after_an_error_nothing_is_half_imported(tmp_path, log):
    import sqlite3

    store = tmp_path / "c.db"
    run("import", log, "--tank", "FV3", "--store", store)
    earlier = tmp_path / "earlier.csv"
    shifted = log.read_text().replace("observed_at", "observed_at", 1).splitlines()
    start = datetime.now(UTC) - timedelta(days=30)
    rows = [f"{(start + timedelta(hours=12 * h)).isoformat()},1.040,19" for h in range(60)]
    earlier.write_text("\n".join([shifted[0], *rows]))
    before = sqlite3.connect(store).execute("SELECT count(*) FROM readings").fetchone()
    done = run("import", earlier, tmp_path / "nothing.csv", "--tank", "FV3", "--store", store, status=2)
    assert "cellarhand: " in done.stderr
    assert sqlite3.connect(store).execute("SELECT count(*) FROM readings").fetchone() == before


def test_a_log_without_a_tank_is_refused(tmp_path, log):
    assert "--tank" in run("import", log, "--store", tmp_path / "c.db", status=2).stderr


def test_commands_on_a_live_store_go_through_its_server(server, log, tmp_path):
    told = run("device", "add", "--tank", "FV77", "--kind", "ispindel", "--store", server.store).stdout
    path = next(line for line in told.splitlines() if "post to:" in line).split(server.url)[1]
    assert server.post(path, {"name": "i", "gravity": 12.0, "temperature": 20, "angle": 44}).status_code == 201
    assert "120 readings into FV78" in run("import", log, "--tank", "FV78", "--store", server.store).stdout
    assert len(server.api("GET", "/api/tanks/FV78/readings?channel=sg")) == 60
    link = run("person", "add", "anna", "--role", "viewer", "--store", server.store).stdout.splitlines()[-1]
    assert server.bare.get(link.removeprefix(server.url)).status_code == 200


def test_a_token_is_printed_once_and_kept_hashed(tmp_path):
    store = tmp_path / "c.db"
    told = run("device", "add", "--tank", "FV3", "--kind", "ispindel", "--store", store).stdout
    token = told.splitlines()[0].removeprefix("token: ")
    assert len(token) >= 30 and f"/in/ispindel/{token}" in told and "not shown again" in told
    assert token.encode() not in store.read_bytes()


def test_backtest_prints_counts_bands_and_a_report(shared, tmp_path):
    files = sorted((shared / "data" / "fermentations").glob("siboire_ekos__18*.csv"))[:25]
    report = tmp_path / "out.html"
    told = run("backtest", *files, "--rungs", "typical", "--history", "--report", report).stdout
    assert "batches" in told and "typical, manual: skill against clock" in told and "n=" in told
    page = report.read_text()
    assert page.startswith("<!doctype html>") and "<svg" in page and "src=" not in page


def test_backtest_counts_a_file_once_and_tells_files_of_one_name_apart(shared, tmp_path):
    files = sorted((shared / "data" / "fermentations").glob("siboire_ekos__18*.csv"))[:4]
    once = run("backtest", *files, "--rungs", "typical", "--json").stdout
    assert run("backtest", *files, *files, "--rungs", "typical,typical", "--json").stdout == once
    other = tmp_path / files[0].name
    other.write_bytes(files[2].read_bytes())
    rows = [
        json.loads(line) for line in run("backtest", *files, other, "--rungs", "typical", "--json").stdout.splitlines()
    ]
    assert len({row["id"] for row in rows}) == 1 + len({json.loads(line)["id"] for line in once.splitlines()})


@pytest.mark.parametrize(
    "words",
    [
        ["--now", "nan"],
        ["--now", "1e12"],
        ["--og", "50"],
        ["--og", "1.010", "--expected-fg", "1.020"],
        ["--kind", "wine"],
        ["--pitched-at", "inf"],
        ["--rung", "oracle"],
        ["--history", "nowhere.csv"],
        ["--plot", "nowhere/x.png"],
        ["--plot", "picture.xyz"],
    ],
)
def test_a_forecast_of_what_cant_be_is_one_sentence_and_exit_code_2(log, words):
    done = run("forecast", log, *words, status=2, cwd=log.parent)
    assert done.stderr.startswith("cellarhand: ") and done.stderr.count("\n") == 1


def test_help_names_every_command():
    told = run("--help").stdout
    for command in ("serve", "import", "forecast", "backtest", "promises", "device", "person"):
        assert command in told
