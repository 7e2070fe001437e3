"""The lab at the command line: what it prints, what it keeps, and one sentence where it can't."""

import json
import subprocess
import sys

import numpy as np
import pytest


def lab(*words, cwd):
    return subprocess.run(
        [sys.executable, "-m", "cellarhand", "lab", *map(str, words)], capture_output=True, text=True, cwd=cwd
    )


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    lines = ["batch,hours,temp,done"]
    for b in range(24):
        lines += [
            f"B{b},{h},{18 + rng.normal():.1f},{'yes' if h + rng.normal(0, 10) > 100 else 'no'}"
            for h in range(24, 200, 24)
        ]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_fit_says_what_to_take_keeps_its_record_and_does_it_again(folder):
    words = ("fit", "t.csv", "--target", "done", "--group", "batch", "--costs", "10:1", "--report", "r.html")
    done = lab(*words, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "baseline" in done.stdout and "Take linear" in done.stdout and "0.909" in done.stdout
    assert "fits, about" in done.stderr and (folder / "r.html").read_text().startswith("<!doctype html>")
    (record,) = (folder / "lab-runs").iterdir()
    again = lab("again", record, "t.csv", cwd=folder)
    assert again.returncode == 0 and "The same 7 scores" in again.stdout
    with (folder / "t.csv").open("a") as file:
        file.write("B99,24,18.0,no\n")
    other = lab("again", record, "t.csv", cwd=folder)
    assert other.returncode == 1 and "the table is not the one" in other.stdout


def test_fit_as_json_is_one_record(folder):
    said = json.loads(lab("fit", "t.csv", "--target", "done", "--group", "batch", "--json", cwd=folder).stdout)
    assert said["taken"] == "linear" and said["leaderboard"][0]["rung"] == "baseline"
    assert said["classifier"]["costs"]["in_force"] == 0.5


def test_a_table_beyond_the_memory_given_goes_through_descent(folder):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(30_000, 5))
    rows = [",".join(f"{v:.5f}" for v in (*r, 2 * r[0] - r[1])) for r in x]
    (folder / "big.csv").write_text("a,b,c,d,e,y\n" + "\n".join(rows) + "\n")
    done = lab("fit", "big.csv", "--target", "y", "--memory", "1", "--json", cwd=folder)
    assert "Gradient descent, out of core" in done.stderr
    said = json.loads(done.stdout)
    assert said["loss"] < 0.01 * said["baseline"] and said["rows"] == 30_000


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("fit", "t.csv", "--target", "nothing"), "there are batch, hours, temp, done"),
        (("fit", "none.csv", "--target", "done"), "can't be used"),
        (("fit", "t.csv", "--target", "done", "--costs", "10"), "like 10:1"),
        (("fit", "t.csv", "--target", "done", "--costs", "0:1"), "both mistakes cost something"),
        (("fit", "t.csv", "--target", "done", "--report", "no/r.html"), "a folder that exists"),
        (("fit", "t.csv", "--target", "done", "--group", "batch", "--time", "hours"), "no group ends before another"),
        (("again", "t.csv", "t.csv"), "no record of a run"),
        (("seeds", "--hidden", "3,0"), "layer 2"),
        (("seeds", "--data", "moons"), "a set is one of"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(folder, words, why):
    done = lab(*words, cwd=folder)
    assert done.returncode == 2 and why in done.stderr and "Traceback" not in done.stderr


def test_seeds_tell_success_rate_spread_and_lints(folder):
    done = lab("seeds", "--data", "xor", "--hidden", "3", "--seeds", "40", cwd=folder)
    assert "of 40 runs end under 0.05" in done.stdout and "duplicates" in done.stdout
    said = json.loads(lab("seeds", "--hidden", "8", "--seeds", "10", "--json", cwd=folder).stdout)
    assert said["good"] >= 9 and said["parameters"] == 33 and said["deep"] is False
