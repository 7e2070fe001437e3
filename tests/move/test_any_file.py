"""Whatever the file, it is read or refused in one sentence, and every row is accounted for."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellarhand.domain import Refused
from cellarhand.move import open_historian, open_log
from cellarhand.units import GRAVITY, PH, PRESSURE, TEMPERATURE

_HEADERS = (
    "Date|Time|timestamp|observed_at|Timepoint|log_time|SG|gravity|°P|plato|x_plato|Temp|Temp °F|temp_c|temp_format|pH|"
    "pressure_psi|Notes|Beer|Color|batch|hours|OG|x_hours_from_pitch|x_a||Comment|pitched_at|precision_s|Product"
)
_CELLS = (
    "|1.050|1,050|12.4|0|0.0|1050|254|-127|68|nan|inf|1e400|1_0|F|C|n/a|2024-05-16|2024-05-16 10:00|03/04/2024|"
    "2024-05-16T10:00:00+02:00|30/04/2024|16.5.24|43157.82468|1715869800|9999-12-31|2024-02-30|0001-01-01T00:00:00Z|"
    '=1+1|\'|a\nb|say "x"|°|RED|IPA'
)
_LIMITS = {"sg": GRAVITY, "temp_c": TEMPERATURE, "ph": PH, "pressure_bar": PRESSURE}


def _quoted(cell):
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',;"\n') else cell


@st.composite
def tables(draw):
    header = draw(st.lists(st.sampled_from(_HEADERS.split("|")), min_size=1, max_size=8))
    width, cells = len(header), st.sampled_from(_CELLS.split("|"))
    rows = draw(st.lists(st.lists(cells, min_size=max(width - 1, 0), max_size=width + 1), max_size=12))
    delimiter = draw(st.sampled_from(",;\t"))
    return "\n".join(delimiter.join(map(_quoted, row)) for row in [header, *rows])


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables(), st.sampled_from(["UTC", "America/New_York", "Australia/Lord_Howe"]), st.sampled_from([None, True]))
def test_a_table_of_anything_is_read_within_limits_or_refused(tmp_path, text, zone, day_first):
    path = tmp_path / "any.csv"
    path.write_text(text, encoding="utf-8")
    try:
        file = open_log(path, zone=zone, day_first=day_first)
    except Refused as no:
        assert no.rule and no.cause
        return
    assert file.rows == sum(map(len, file.batches)) + file.refused_rows + file.empty
    for batch in file.batches:
        assert batch.observed_at_us == sorted(batch.observed_at_us)
        for channel, column in batch.channels.items():
            assert len(column) == len(batch)
            assert channel not in _LIMITS or all(v is None or _LIMITS[channel].holds(v) for v in column)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"Date,SG\n{text}".encode(errors="replace")))
def test_bytes_of_anything_are_read_or_refused(tmp_path, data):
    path = tmp_path / "any.csv"
    path.write_bytes(data)
    for opener in (open_log, open_historian):
        try:
            opener(path)
        except Refused as no:
            assert no.rule and no.cause


_STATUS = st.sampled_from(
    ["Empty", "CIP", "Clean", "Sanitized", "Filling", "Fermentation", "Cooling", "Emptying", "Bad Input", "", "What"]
)
_NUMBERS = st.sampled_from(["0", "0.1", "100", "250", "250.1", "254.0", "12.4", "3.8", "Bad Input", "", "-1", "nan"])
_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["FV1", "FV2"]), _NUMBERS, _NUMBERS, _NUMBERS, st.sampled_from(["IPA", "", "0"]), _STATUS
    ),
    max_size=40,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_ROWS)
def test_any_historian_gives_batches_that_follow_each_other_and_gravities_within_them(tmp_path, rows):
    path = tmp_path / "any.csv"
    lines = [f"{r[0]},2024-03-{1 + i // 24:02} {i % 24:02}:00,{','.join(r[1:])}" for i, r in enumerate(rows)]
    path.write_text("\n".join(["vessel,Timestamp,Volume,Plato,FV Full Plato,Brand,Status", *lines]))
    for tank in open_historian(path).tanks:
        spans = [(b.started_at, b.ended_at) for b in tank.batches]
        assert all(a[1] is not None and a[1] <= b[0] for a, b in zip(spans, spans[1:], strict=False))
        for batch in tank.batches:
            assert batch.phases and batch.phases[0][1] == batch.started_at
            assert all(a[2] == b[1] for a, b in zip(batch.phases, batch.phases[1:], strict=False))
            assert all(fill.volume_l > 0 for fill in batch.fills)
        for source in tank.sources:
            if source.name == "hand":
                for reading in source.readings():
                    assert any(a <= reading.observed_at and (b is None or reading.observed_at < b) for a, b in spans)
