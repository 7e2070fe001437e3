"""Tables into problems: what a malformed one is told, by row and column, and what a sound one becomes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellarhand.lab.cells import TableError, column_of
from cellarhand.lab.problem import problem_of
from cellarhand.lab.table import read_table


def written(tmp_path, text, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows(n=12, **cells):
    """CSV of n rows (batch, sg, done) with some cells replaced: rows(c4="x") puts x into column c of file row 4."""
    table = [["b", "s", "d"]] + [[f"B{k // 3}", f"1.0{k:02d}", str(k % 2)] for k in range(n)]
    for where, text in cells.items():
        table[int(where[1:]) - 1]["bsd".index(where[0])] = text
    return "\n".join(",".join(r) for r in table) + "\n"


BAD = [
    (rows(s5="abc"), 5, "s", "'abc' is no number"),
    (rows(s7="inf"), 7, "s", "infinite"),
    (rows(d6=""), 6, "d", "target is missing"),
    (rows().replace("B1,1.003,1", "B1,1.003"), 5, None, "2 cells where the header has 3"),
    (rows().replace("B1,1.003,1", "B1,1.003,1,9"), 5, None, "4 cells where the header has 3"),
    (rows().replace("b,s,d", "b,,d"), 1, None, "column 2 has no name"),
    (rows().replace("b,s,d", "b,b,d"), 1, "b", "there twice"),
    (rows().split("\n", 1)[1].replace("B", ""), 1, None, "all numbers"),
    (rows(n=4), None, None, "at least 10 rows"),
    ("", 1, None, "no header"),
    (rows().encode().replace(b"B2", b"\xff2", 1), 8, None, "UTF-8"),
    (b"PK\x03\x04\x00\x00", 1, None, "spreadsheet"),
    (rows(b4='"B1'), None, None, "quote"),
    (rows().replace(",0\n", ",1\n"), None, "d", "the same in every row"),
    (rows(b3=""), 3, "b", "which group"),
]


@pytest.mark.parametrize(("text", "row", "column", "why"), BAD)
def test_a_malformed_table_is_told_row_column_and_reason(tmp_path, text, row, column, why):
    with pytest.raises(TableError, match=why) as told:
        problem_of(read_table(written(tmp_path, text)), "d", group="b")
    if row is not None:
        assert told.value.row == row and f"row {row}" in str(told.value)
    if column is not None:
        assert told.value.column == column


@given(st.binary(max_size=300))
def test_no_bytes_whatever_give_anything_but_a_table_or_a_sentence(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("t") / "t.csv"
    path.write_bytes(raw)
    try:
        read_table(path)
    except TableError as error:
        assert str(error)


def test_a_name_that_is_not_there_is_answered_with_those_that_are(tmp_path):
    table = read_table(written(tmp_path, rows()))
    with pytest.raises(TableError, match="there are b, s, d"):
        problem_of(table, "done")
    with pytest.raises(TableError, match="a time is a number or a date"):
        problem_of(table, "d", time="b")


def test_semicolons_bring_decimal_commas_and_a_mark_at_the_start_is_no_name(tmp_path):
    text = "﻿" + rows().replace(".", "~").replace(",", ";").replace("~", ",")
    table = read_table(written(tmp_path, text))
    assert list(table.columns) == ["b", "s", "d"] and table.column("s").values[3] == 1.003


def test_columns_are_what_they_hold():
    assert column_of("a", ["1", "", "2"]).kind == "number"
    dates = column_of("t", ["2026-03-01T00:00", "2026-03-02", "2026-03-01 12:00"])
    assert dates.kind == "date" and dates.values.tolist() == [0.0, 24.0, 12.0]
    words = column_of("w", ["ale", "lager", "ale"])
    assert words.levels == ("ale", "lager") and words.values.tolist() == [0.0, 1.0, 0.0]
    assert np.isnan(column_of("e", ["", "NA"]).values).all()


def test_words_become_columns_and_too_many_are_left_out_by_name(tmp_path):
    lines = ["kind,id,x,done"] + [
        f"{'ale' if k % 3 else 'lager'},i{k},{k},{'yes' if k % 2 else 'no'}" for k in range(30)
    ]
    p = problem_of(read_table(written(tmp_path, "\n".join(lines))), "done")
    assert set(p.columns) == {"kind = ale", "kind = lager", "x"} and "“id” has 30" in p.notes[0]
    assert p.yes and p.words == ("no", "yes") and not p.grouped


@pytest.mark.parametrize(
    ("target", "yes", "words"),
    [(["red", "blue"], True, ("blue", "red")), (["-1", "1"], True, ("no", "yes")), (["1.5", "2.5"], False, ("", ""))],
)
def test_a_target_is_two_words_or_yes_and_no_or_a_number(tmp_path, target, yes, words):
    text = "x,y\n" + "".join(f"{k},{target[k % 2]}\n" for k in range(12))
    p = problem_of(read_table(written(tmp_path, text)), "y")
    assert p.yes is yes and p.words == words


def test_folds_part_no_group_and_with_a_time_never_look_ahead(tmp_path):
    text = "g,t,x,y\n" + "".join(f"g{k // 4},{k},{k % 7},{k % 2}\n" for k in range(48))
    table = read_table(written(tmp_path, text))
    for p in (problem_of(table, "y", group="g"), problem_of(table, "y", group="g", time="t")):
        for split in p.folds(4):
            learn, judged = {p.groups[i] for i in split.learn}, {p.groups[i] for i in split.judge}
            assert learn and judged and not learn & judged
            if p.times is not None:
                assert p.times[split.learn].max() < p.times[split.judge].min()


def test_parquet_is_read_by_its_own_types(tmp_path):
    pa = pytest.importorskip("pyarrow", reason="reading Parquet needs the extra `parquet`")
    import pyarrow.parquet as pq

    def write(**columns):
        pq.write_table(pa.table(columns), tmp_path / "t.parquet")
        return tmp_path / "t.parquet"

    table = read_table(write(x=[1.5, None] * 6, kind=["ale", "lager"] * 6, done=[True, False] * 6))
    assert table.column("x").kind == "number" and table.column("done").kind == "yes/no"
    assert np.isnan(table.column("x").values[1]) and table.column("kind").levels == ("ale", "lager")
    with pytest.raises(TableError, match="infinite") as told:
        read_table(write(x=[1.0] * 11 + [float("inf")]))
    assert told.value.row == 12
    with pytest.raises(TableError, match="one value, not a list"):
        read_table(write(x=[[1.0]] * 12))
    with pytest.raises(TableError, match="isn't Parquet"):
        read_table(written(tmp_path, "x,y\n", "t.parquet"))
