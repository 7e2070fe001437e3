"""What we write we read back as it was, and a spreadsheet runs none of it."""

import csv
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from cellarhand.move import LogBatch, open_log, write_log
from cellarhand.move.export import plain_text, safe_text
from cellarhand.move.found import micros, moment

_FROM, _TO = micros(datetime(1990, 1, 2, tzinfo=UTC)), micros(datetime(2099, 12, 31, tzinfo=UTC))
_times = st.integers(_FROM, _TO)
_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(str.strip).filter(bool)
_values = {
    "sg": st.floats(0.98, 1.2),
    "temp_c": st.floats(-10, 105),
    "ph": st.floats(2, 9),
    "pressure_bar": st.floats(-0.2, 10),
    "x_angle": st.floats(allow_nan=False, allow_infinity=False),
    "battery_v": st.floats(0, 60),
}


@st.composite
def batches(draw):
    channels = draw(st.lists(st.sampled_from(sorted(_values)), min_size=1, unique=True))
    row = st.tuples(*(st.none() | _values[channel] for channel in channels)).filter(
        lambda r: any(v is not None for v in r)
    )
    rows = draw(st.lists(st.tuples(_times, row), max_size=20).map(lambda rs: sorted(rs, key=lambda r: r[0])))
    columns = {c: [values[i] for _, values in rows] for i, c in enumerate(channels)}
    notes = draw(st.lists(st.tuples(_times, st.just("note"), _texts), min_size=0 if rows else 1, max_size=5))
    return LogBatch(
        name=draw(_texts),
        brand=draw(st.none() | _texts),
        style=draw(st.none() | _texts),
        og=draw(st.none() | st.floats(0.98, 1.2)),
        pitched_at=draw(st.none() | _times.map(moment)),
        precision_s=draw(st.sampled_from([0.0, 60.0, 43200.0])),
        observed_at_us=[us for us, _ in rows],
        channels={c: column for c, column in columns.items() if any(v is not None for v in column)},
        texts=sorted(notes, key=lambda t: t[0]),
    )


@settings(deadline=None)
@given(batches())
def test_a_batch_written_and_read_is_the_same_batch(tmp_path_factory, batch):
    path = tmp_path_factory.mktemp("export") / "batch.csv"
    path.write_text("".join(write_log(batch)), encoding="utf-8", newline="")
    file = open_log(path, zone="Asia/Tokyo")
    assert (file.kind, file.refused) == ("cellarhand", ())
    assert file.batches == (batch,)


def test_texts_of_other_channels_and_what_is_said_once_come_back_too(tmp_path):
    batch = LogBatch(
        name="IPA 12",
        brand="House IPA",
        og=1.062,
        observed_at_us=[_FROM, _FROM + 10],
        channels={"sg": [1.06, 1.059], "x_valve": [None, 1.0]},
        texts=[(_FROM, "x_valve", "stuck"), (_FROM + 10, "note", "same"), (_FROM + 10, "note", "same")],
    )
    path = tmp_path / "batch.csv"
    path.write_text("".join(write_log(batch)), newline="")
    assert open_log(path).batches == (batch,)


def test_a_real_log_survives_the_way_through_our_format(shared, tmp_path):
    (batch,) = open_log(shared / "data/fermentations/shu_afic__03_PS_IPA_22_SA-05.csv").batches
    path = tmp_path / "again.csv"
    path.write_text("".join(write_log(batch)), newline="")
    assert open_log(path).batches == (batch,)


@given(st.text())
def test_a_safe_text_starts_no_formula_and_is_found_again(text):
    safe = safe_text(text)
    assert safe[:1] not in tuple("=+-@\t\r\n＝＋－＠")
    assert plain_text(safe) == text.replace("\0", "")


def test_no_cell_of_an_export_starts_a_formula(tmp_path):
    evil = '=HYPERLINK("http://x","y")'
    batch = LogBatch(
        name=evil, brand="@SUM(A1)", observed_at_us=[0], channels={"x_a": [-1.0]}, texts=[(0, "note", "+1")]
    )
    rows = list(csv.reader("".join(write_log(batch)).splitlines()))
    said = [cell for row in rows[1:] for cell in row if cell and not cell.replace(".", "").lstrip("-").isdigit()]
    assert not [cell for cell in said if cell[0] in "=+-@"]


def test_readings_are_the_same_as_the_columns():
    batch = LogBatch(
        name="a", precision_s=60.0, observed_at_us=[0, 5], channels={"sg": [1.05, None]}, texts=[(5, "note", "x")]
    )
    value, text = batch.readings()
    assert (value.channel, value.value, value.precision_s) == ("sg", 1.05, 60.0)
    assert (text.channel, text.text, text.value, text.observed_at.microsecond) == ("note", "x", None, 5)
    assert (len(batch), batch.values) == (2, 1)
