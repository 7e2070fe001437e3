"""What can't be is refused with its line and its cause, and nothing else is lost with it."""

import gzip

import pytest

from cellarhand.domain import Refused
from cellarhand.move import open_log
from cellarhand.move.found import Refusals


@pytest.fixture
def log(tmp_path):
    def opened(text, name="brew.csv", **words):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return open_log(path, **words)

    return opened


def test_an_impossible_gravity_refuses_its_row(log):
    file = log("Time,SG,temp_c\n2024-05-16 10:00,1.050,20\n2024-05-16 11:00,48,20\n2024-05-16 12:00,0,20\n")
    assert file.batches[0].channels == {"sg": [1.05], "temp_c": [20.0]}
    points, zero = file.refused
    assert (points.line, points.column, points.value, points.whole) == (3, "SG", "48", True)
    assert points.cause == "is it in points or °P?" and "no reading" in zero.cause
    assert (file.rows, file.refused_rows, file.dropped_cells) == (3, 2, 0)


def test_an_impossible_temperature_is_dropped_alone(log):
    file = log("Time,SG,Temp °F,pH\n2024-05-16 10:00,1.050,999,5\n2024-05-16 11:00,1.049,68,0\n")
    assert file.batches[0].channels == {"sg": [1.05, 1.049], "temp_c": [None, 20.0], "ph": [5.0, None]}
    assert [(r.line, r.column, r.whole) for r in file.refused] == [(2, "Temp °F", False), (3, "pH", False)]
    assert "firmware" in file.refused[0].cause
    assert (file.refused_rows, file.dropped_cells) == (0, 2)


def test_a_word_among_the_gravities_costs_only_its_cell(log):
    file = log("Time,SG,temp_c\n2024-05-16 10:00,forgot,20\n")
    assert file.batches[0].channels == {"temp_c": [20.0]}
    assert [(r.rule, r.whole) for r in file.refused] == [("a number", False)]


def test_a_row_without_time_is_refused_and_a_row_without_anything_is_counted(log):
    file = log("Date,SG,Notes\n2024-05-16,1.050,\nsometime,1.040,\n,1.030,\n2024-05-17,,dry hop\n2024-05-18,,\n,,\n")
    assert [(r.line, r.column) for r in file.refused] == [(3, "Date"), (4, "Date")]
    assert (file.rows, file.empty, file.refused_rows) == (5, 2, 2)
    assert [t[2] for t in file.batches[0].texts] == ["dry hop"]


def test_a_row_wider_than_the_header_is_refused(log):
    file = log("Date,SG\n2024-05-16,1,050\n2024-05-17,1.040,,\n")
    assert file.batches[0].channels["sg"] == [1.04]
    assert "comma" in file.refused[0].cause


def test_lines_are_counted_as_an_editor_counts_them(log):
    file = log('\n\nDate,SG,Notes\n2024-05-16,1.05,"a\nb"\n\n2024-05-17,9,x\n')
    assert [r.line for r in file.refused] == [7]


def test_no_plato_before_the_first_reading_is_a_missing_value(log):
    file = log("batch,timestamp,hours,plato,sg\nA,2024-05-16T10:00Z,0,0.0,1.0\nA,2024-05-17T10:00Z,24,9,1.036\n")
    assert file.batches[0].channels["sg"] == [1.036]
    assert (file.refused[0].line, file.refused[0].value) == (2, "0.0")


def test_beer_that_ferments_to_zero_plato_is_believed(log):
    file = log("Date,Plato\n2024-05-16,12\n2024-05-20,0\n")
    assert file.batches[0].channels["sg"][-1] == 1.0 and not file.refused


def test_every_row_is_kept_or_refused_or_counted(log):
    rows = ["2024-05-16,1.050", "x,1.050", "2024-05-17,7", "2024-05-18,", "2024-05-19,1.040,1", "2024-05-20,1.03"]
    file = log("Date,SG\n" + "\n".join(rows) + "\n")
    assert file.rows == sum(map(len, file.batches)) + file.refused_rows + file.empty == len(rows)


def test_a_million_bad_rows_are_counted_and_the_first_thousand_listed(log):
    file = log("Time,SG\n" + "2024-05-16 10:00,48\n" * 3_000)
    assert (file.refused_rows, len(file.refused)) == (3_000, Refusals.MOST)
    assert file.batches == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("\n\n \n", "blank"),
        (b"\x00\x01\x02" * 50, "binary"),
        (b"PK\x03\x04" + b"x" * 99, "spreadsheet"),
        ("Date,SG\n".encode("utf-16"), "UTF-16"),
        ("a,b,c\n1,2,3\n", "known are cellarhand: observed_at"),
        ("Date,Notes\n2024-05-16,x\n", "known are"),
        ("vessel,Timestamp,Top TIC PV,Status\n", "historian"),
        ('Date,SG\n2024-05-16,"' + "9" * 200_000, "quote"),
    ],
)
def test_a_file_that_is_no_log_is_refused_whole_with_the_cause(log, text, says):
    with pytest.raises(Refused) as no:
        log(text)
    assert says in str(no.value) + no.value.cause
    assert no.value.rule


def test_an_unknown_header_is_shown(log):
    with pytest.raises(Refused) as no:
        log("Sauerkraut;Salt\n1;2\n")
    assert no.value.value == "Sauerkraut, Salt"


def test_a_gzip_that_breaks_off_is_refused(log):
    whole = gzip.compress(b"Date,SG\n" + b"2024-05-16,1.050\n" * 9_999)
    with pytest.raises(Refused, match="breaks off"):
        log(whole[:-20], name="brew.csv.gz")
    with pytest.raises(Refused, match="breaks off"):
        log(whole[:20] + b"\xff" * 30 + whole[50:], name="brew.csv.gz")


def test_a_file_that_is_not_there_and_a_zone_that_is_none_are_refused(log, tmp_path):
    with pytest.raises(Refused, match="no such file"):
        open_log(tmp_path / "nowhere.csv")
    with pytest.raises(Refused, match="IANA"):
        log("Date,SG\n2024-05-16,1.050\n", zone="Mars/Olympus")


def test_a_header_without_rows_is_a_log_without_batches(log):
    file = log("Date,SG\n")
    assert (file.rows, file.batches) == (0, ())


TILT = "Timestamp,Timepoint,Temp,SG,Beer,Color,Comment\n11/13/2026 10:00:00,46339.4167,68,1.050,Pale,BLUE,\n"


def test_a_tilt_s_firmware_packet_is_no_reading_not_even_its_gravity(log):
    file = log(TILT + "11/13/2026 10:15:00,46339.4271,999,1.006,Pale,BLUE,\n")
    assert file.batches[0].channels == {"sg": [1.05], "temp_c": [20.0]}
    assert [(r.line, r.whole) for r in file.refused] == [(3, True)] and "firmware" in file.refused[0].cause


@pytest.mark.parametrize(("unit", "sent"), [("°C", "85"), ("°F", "185.0"), ("K", "358.15")])
def test_a_thermometer_that_had_not_measured_yet_costs_its_cell(log, unit, sent):
    file = log(f"Time,SG,Temp ({unit})\n2024-05-16 10:00,1.050,{sent}\n")
    assert file.batches[0].channels == {"sg": [1.05]}
    assert "before its first measurement" in file.refused[0].cause


def test_a_quote_that_never_closes_swallows_no_rows_in_silence(log):
    with pytest.raises(Refused, match="a quote that opens is closed: got 'line 3'"):
        log(
            'Time,SG,Notes\n2024-05-16 10:00,1.050,"a\nb"\n2024-05-16 11:00,1.04,"c\n'.replace('"a\nb"', "a")
            + "x,1,\n" * 9
        )


def test_a_last_line_without_its_end_is_no_open_quote(log):
    assert len(log('Time,SG,Notes\n2024-05-16 10:00,1.050,"a\n\nb"').batches[0]) == 1


def test_few_odd_values_do_not_turn_celsius_into_fahrenheit(log):
    rows = [f"2024-05-16 1{i}:00,1.050,{t}\n" for i, t in enumerate((20, 21, 20.5, 19, 65, 65, 85))]
    file = log("Time,SG,Temp\n" + "".join(rows))
    assert file.batches[0].channels["temp_c"] == [20.0, 21.0, 20.5, 19.0, 65.0, 65.0, None]


def test_columns_that_mean_nothing_are_kept_up_to_a_hundred_and_said(log):
    file = log(f"Time,SG,{','.join(f'c{i}' for i in range(300))}\n2024-05-16 10:00,1.050,{','.join(['1'] * 300)}\n")
    assert len(file.batches[0].channels) == 101 and file.batches[0].channels["x_c99"] == [1.0]
    assert "the first 100 are kept" in file.notes[-1]


def test_gravities_under_a_header_of_plato_are_not_taken_for_dry_beer(log):
    file = log("Date,Plato\n2024-05-16,1.050\n2024-05-17,1.032\n2024-05-18,1.011\n")
    assert file.batches[0].channels == {"sg": [1.05, 1.032, 1.011]} and "taken as SG" in file.notes[0]


def test_dry_beer_in_plato_stays_what_it_is(log):
    file = log("Date,Plato\n2024-05-16,1.1\n2024-05-17,1.05\n2024-05-18,1.0\n")
    assert max(file.batches[0].channels["sg"]) < 1.005 and file.notes == ()
