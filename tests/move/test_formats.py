"""Every kind of log that brewers have: what is in it comes out in the house's units and UTC."""

import gzip

import pytest

from cellarhand.move import open_log


@pytest.fixture
def log(tmp_path):
    """Writes a file and opens it."""

    def opened(text, *, name="brew.csv", encoding="utf-8", **words):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return open_log(path, **words)

    return opened


def only(file):
    assert not file.refused, [str(r) for r in file.refused]
    (batch,) = file.batches
    return batch


def times(batch):
    return [r.observed_at.isoformat() for r in batch.readings() if r.channel == "sg"]


def test_our_own_export_is_read_in_any_of_its_units(log):
    text = "observed_at,plato,temp_f,ph,pressure_bar,x_fridge\n2026-11-20T14:05:00Z,12,68,4.3,0.8,3\n"
    file = log(text)
    batch = only(file)
    assert file.kind == "cellarhand"
    assert times(batch) == ["2026-11-20T14:05:00+00:00"]
    assert batch.channels == {
        "sg": [1.048378],
        "temp_c": [20.0],
        "ph": [4.3],
        "pressure_bar": [0.8],
        "x_fridge": [3.0],
    }


def test_a_tilt_pi_log_gives_a_batch_for_each_beer_and_takes_the_day_number_as_its_time(log):
    file = log(
        "Time,Timepoint,Temp,SG,Beer,Color,Comment,RSSI,Uptime\n"
        "3/4/2018 7:47:33 PM,43163.82468,68,1.050,IPA,RED,,-60,5\n"
        "3/4/2018 8:02:33 PM,43163.83510,67,1.049,IPA,RED,dry hop,-61,5\n"
        "3/4/2018 8:02:34 PM,43163.83511,50,1.012,Stout,BLACK,,-70,197\n"
    )
    assert file.kind == "tilt"
    ipa, stout = file.batches
    assert (ipa.name, stout.name) == ("IPA", "Stout")
    assert times(ipa)[0].startswith("2018-03-04T19:47:3")
    assert ipa.channels["temp_c"] == [20.0, 19.4444]
    assert [t[1:] for t in ipa.texts] == [("note", "dry hop")]
    assert stout.channels["sg"] == [1.012]


def test_two_floats_in_beers_of_one_name_stay_two_batches(log):
    rows = "43163.82468,1.050,68,RED,Untitled,\n43163.82469,1.020,68,BLUE,Untitled,\n"
    file = log("Timepoint,SG,Temp,Color,Beer,Comment\n" + rows, name="cellar.csv")
    assert [b.name for b in file.batches] == ["cellar RED", "cellar BLUE"]


def test_a_tilt_time_with_a_comma_and_no_quotes_is_put_together_again(log):
    text = "Time,Timepoint,Temp,SG,Beer,Color,Comment\n2/26/2018, 7:47:33 PM,43157.82468,68,1.050,IPA,RED,\n"
    assert only(log(text)).channels["sg"] == [1.05]


def test_a_google_sheet_whose_day_number_was_rounded_takes_the_time_and_the_order_of_its_date_from_it(log):
    text = "Timestamp,Timepoint,SG,Temp,Color,Beer,Comment\n3/4/2018 7:47:33,{},1.050,68,RED,IPA,\n"
    assert times(only(log(text.format("43193.32")))) == ["2018-04-03T07:47:33+00:00"]
    assert times(only(log(text.format("43163.32")))) == ["2018-03-04T07:47:33+00:00"]


def test_the_local_day_number_of_a_tilt_is_in_the_zone(log):
    text = "Time,Timepoint,Temp,SG\n7/1/2018 12:00:00 PM,43282.500004,68,1.050\n"
    assert times(only(log(text, zone="America/Chicago"))) == ["2018-07-01T17:00:00.346000+00:00"]


def test_brewfather_names_its_columns_as_it_likes(log):
    upper = only(log("Time,Temp,SG,Device\n2023-01-01T10:00:00.000Z,20.5,1.050,iSpindel\n"))
    lower = only(log("time,sg,temp,Battery (V),angle\n1672567200000,1.050,20.5,3.9,55\n"))
    assert times(upper) == times(lower) == ["2023-01-01T10:00:00+00:00"]
    assert upper.channels["temp_c"] == lower.channels["temp_c"] == [20.5]
    assert lower.channels["x_battery_v"] == [3.9]
    assert [t[1:] for t in upper.texts] == [("x_device", "iSpindel")]


def test_a_temperature_without_unit_is_judged_by_its_values_and_said_so(log):
    fahrenheit = log("Time,Temp,SG\n2023-01-01 10:00,68,1.050\n2023-01-02 10:00,34,1.010\n")
    celsius = log("Time,Temp,SG\n2023-01-01 10:00,38,1.050\n2023-01-02 10:00,2,1.010\n")
    assert only(fahrenheit).channels["temp_c"] == [20.0, 1.1111]
    assert only(celsius).channels["temp_c"] == [38.0, 2.0]
    assert "taken as °F" in fahrenheit.notes[0] and "taken as °C" in celsius.notes[0]


def test_fermentrack_says_the_unit_of_every_row(log):
    file = log(
        "log_time,gravity,temp,temp_format,temp_is_estimate,gravity_latest,temp_latest,extra_data,log_id\n"
        "2019/01/02 03:04:05Z,1.050,68.0,F,False,1.051,68.5,,1\n"
        "2019/01/02 03:19:05Z,1.049,19.5,C,False,1.049,19.5,,2\n"
    )
    batch = only(file)
    assert (file.kind, file.notes) == ("fermentrack", ())
    assert times(batch)[0] == "2019-01-02T03:04:05+00:00"
    assert batch.channels == {"sg": [1.05, 1.049], "temp_c": [20.0, 19.5], "x_gravity_latest": [1.051, 1.049]}


def test_fermentracks_header_for_people_is_known_too(log):
    file = log("Log Time,Specific Gravity,Temp\n2019/01/02 03:04:05Z,1.050,68\n")
    assert file.kind == "fermentrack" and only(file).channels == {"sg": [1.05], "temp_c": [20.0]}


def test_a_series_says_its_style_its_original_gravity_and_its_pitch_once(log):
    batch = only(
        log(
            "timestamp,hours,sg,temp_c,x_hours_from_pitch,x_product,x_style,x_og_plato,x_ph,x_notes\n"
            "2022-09-08T21:13:42,0,1.050,18,-19.5,Trip,Saison,12.4,5.1,\n"
            "2022-09-09T21:13:42,24,1.049,19,4.5,Trip,Saison,12.4,4.6,pitched\n",
            name="1676.csv",
        )
    )
    assert (batch.name, batch.brand, batch.style, batch.og) == ("1676", "Trip", "Saison", 1.050062)
    assert batch.pitched_at is not None and batch.pitched_at.isoformat() == "2022-09-09T16:43:42+00:00"
    assert set(batch.channels) == {"sg", "temp_c", "ph"}
    assert [t[1:] for t in batch.texts] == [("note", "pitched")]


def test_several_batches_in_one_file_come_apart_and_a_blank_name_means_the_one_above(log):
    file = log("Batch,Date,SG,OG\nA,2024-05-16,1.050,12.5\n,2024-05-17,1.040,\nB,2024-05-16,1.060,1.061\n")
    a, b = file.batches
    assert (a.name, a.channels["sg"], a.og) == ("A", [1.05, 1.04], 1.050484)
    assert (b.name, b.channels["sg"], b.og) == ("B", [1.06], 1.061)


def test_a_brewers_sheet_from_europe_is_read_whatever_its_delimiter_and_decimal_sign(log):
    file = log("Datum;°P;Temp (°C);pH;Notes\r\n16.05.2024;12,5;18,5;5,2;Kölsch\r\n\r\n17.05.2024;10;19;;\r\n")
    batch = only(file)
    assert batch.channels == {"sg": [1.050484, 1.040031], "temp_c": [18.5, 19.0], "ph": [5.2, None]}
    assert [t[1:] for t in batch.texts] == [("note", "Kölsch")]
    assert (file.rows, batch.precision_s) == (2, 43200.0)


@pytest.mark.parametrize(
    ("header", "cells", "sg", "temp_c"),
    [
        ("Date,SG,temp C", "2024-05-16,1.050,20", 1.05, 20.0),
        ("date,Gravity (°P),Temperature °F", "2024-05-16,12.0,68", 1.048378, 20.0),
        ("DATE,Extract,Temp(°C)", "2024-05-16,12.0 °P,20 °C", 1.048378, 20.0),
        ("Date,Plato,Temp K", "2024-05-16,12,293.15", 1.048378, 20.0),
        ("Date,Specific Gravity,Beer Temp [F]", "2024-05-16,1050,68", 1.05, 20.0),
        ("created,Temperature[°C],Float Plato[°P]", "2024-05-16 10:00,20,12", None, None),
        ("Date\tgravity\tTEMP_F", "2024-05-16\t12\t68", 1.048378, 20.0),
    ],
)
def test_units_are_read_from_headers_in_every_spelling(log, header, cells, sg, temp_c):
    batch = only(log(f"{header}\n{cells}\n"))
    assert batch.channels["sg"] == [sg or 1.048378]
    assert batch.channels["temp_c"] == [temp_c or 20.0]


def test_date_and_time_in_columns_of_their_own_are_one_time(log):
    assert times(only(log("Date,Time,SG\n2024-05-16,14:30,1.050\n"))) == ["2024-05-16T14:30:00+00:00"]


def test_encodings_and_spreadsheet_marks_make_no_difference(log):
    text = "Date;SG;Notes\n2024-05-16;1,050;Kölsch\n"
    plain = only(log(text))
    assert only(log(text, encoding="latin-1")) == only(log(text, encoding="utf-8-sig")) == plain
    assert only(log(f"sep=;\n{text}")) == plain
    assert only(log(gzip.compress(text.encode()), name="brew.csv.gz")) == plain


def test_quoted_cells_may_hold_delimiters_and_line_breaks(log):
    batch = only(log('Date,SG,Notes\n2024-05-16,1.050,"a, b\nand ""c"""\n'))
    assert batch.texts[0][2] == 'a, b\nand "c"'


def test_naive_times_are_in_the_zone_and_others_keep_their_offset(log):
    text = "Time,SG\n2024-07-01 12:00,1.050\n2024-07-01T12:00:00+02:00,1.049\n2024-12-01 12:00:00.5,1.010\n"
    assert times(only(log(text, zone="America/New_York"))) == [
        "2024-07-01T10:00:00+00:00",
        "2024-07-01T16:00:00+00:00",
        "2024-12-01T17:00:00.500000+00:00",
    ]


def test_a_day_on_which_the_clocks_change_is_read_hour_by_hour(log):
    text = "Time,SG\n2024-03-10 01:30,1.050\n2024-03-10 03:30,1.049\n2024-03-10 12:00,1.048\n2024-03-11 01:30,1.047\n"
    assert times(only(log(text, zone="America/New_York"))) == [
        "2024-03-10T06:30:00+00:00",
        "2024-03-10T07:30:00+00:00",
        "2024-03-10T16:00:00+00:00",
        "2024-03-11T05:30:00+00:00",
    ]


def test_a_log_printed_backwards_comes_out_forwards(log):
    batch = only(log("Time,SG,Notes\n2024-05-17 10:00,1.040,b\n2024-05-16 10:00,1.050,a\n"))
    assert batch.channels["sg"] == [1.05, 1.04]
    assert [t[2] for t in batch.texts] == ["a", "b"]


def test_progress_tells_the_bytes_read_also_of_a_compressed_file(log, tmp_path):
    rows = "".join(f"2024-05-16T{h:02}:{m:02}:{s:02},1.05\n" for h in range(3) for m in range(60) for s in range(60))
    plain = b"Time,SG\n" + rows.encode()
    for name, data in (("a.csv", plain), ("a.csv.gz", gzip.compress(plain))):
        seen = []
        file = log(data, name=name, on_rows=seen.append)
        assert file.rows == 10_800
        assert len(seen) == 6 and seen == sorted(seen)
        assert seen[-1] == (tmp_path / name).stat().st_size
