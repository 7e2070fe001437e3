"""Bodies that can't be read at all, and what is said about them."""

import pytest

from cellarhand.domain import Refused
from cellarhand.ingest import PARSERS, parse

KINDS = sorted(PARSERS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [b"", b"  \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf" * 3000])
def test_an_empty_body_is_refused(kind, body, origin):
    with pytest.raises(Refused, match="empty|JSON"):
        parse(kind, body, "", origin())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"sg": 1.05', "breaks off at byte 11"),
        (b'{"sg": 1.05,}', "byte 12"),
        (b'{"sg": 1.05} x', "trailing characters (byte 1"),
        (b'{"sg": NaN}', "NaN and Infinity are not JSON: send null"),
        (b'{"sg": nan}', "NaN and Infinity are not JSON: send null"),
        (b'{"sg": -Infinity}', "NaN and Infinity are not JSON: send null"),
        (b'{"sg": 1e999}', "out of range"),
        (b'{"sg": "\xff"}', "not UTF-8 at byte 8"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a":' * 100_000, "nested too deep"),
        (b"[]", "the list is empty"),
    ],
)
def test_a_broken_body_is_refused_with_the_place(kind, body, words, origin):
    with pytest.raises(Refused) as caught:
        parse(kind, body, "application/json", origin())
    assert words in str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("body", "type_"), [(b"7", "int"), (b'"sg"', "str"), (b"null", "NoneType"), (b"true", "bool")])
def test_json_that_is_no_object_is_refused(kind, body, type_, origin):
    with pytest.raises(Refused, match=f"an object or a list of objects: got '{type_}'"):
        parse(kind, body, "", origin())


@pytest.mark.parametrize("kind", KINDS)
def test_five_thousand_items_are_read_and_one_more_is_not(kind, origin):
    item = b'{"temp_c": 20, "temperature": 20, "temp": 20}'
    assert len(parse(kind, b"[" + b",".join([item] * 5000) + b"]", "", origin())) == 5000
    with pytest.raises(Refused, match="at most 5000 items in one post: got '5001'"):
        parse(kind, b"[" + b",".join([item] * 5001) + b"]", "", origin())


def test_a_bridge_with_too_many_floats_is_refused(read):
    with pytest.raises(Refused, match="at most 5000"):
        read("tiltbridge", {"tilts": {str(i): {} for i in range(5001)}})


@pytest.mark.parametrize("kind", ["", "plaato", "JSON", "__init__"])
def test_an_unknown_kind_is_refused_with_the_known_ones(kind, origin):
    with pytest.raises(Refused, match="the kind must be one of json, ispindel, tiltbridge, tiltpi, gravitymon, rapt"):
        parse(kind, b"{}", "", origin())


def test_a_byte_order_mark_is_no_error(values):
    assert values("json", b'\xef\xbb\xbf{"sg": 1.05}') == {"sg": 1.05}


@pytest.mark.parametrize("kind", ["tiltbridge", "tiltpi", "gravitymon"])
def test_a_form_with_hundreds_of_fields_is_refused(kind, origin):
    with pytest.raises(Refused, match="at most 200 fields"):
        parse(kind, b"&".join(b"a%d=1" % i for i in range(201)), "", origin())


@pytest.mark.parametrize("kind", ["tiltbridge", "tiltpi", "gravitymon"])
def test_a_form_that_is_not_utf8_is_refused(kind, origin):
    with pytest.raises(Refused, match="not UTF-8 at byte 5"):
        parse(kind, b"Beer=\xff&SG=1.05", "", origin())


def test_tilts_that_are_no_object_are_refused(read):
    with pytest.raises(Refused, match="tilts must be an object by colour"):
        read("tiltbridge", {"tilts": [1]})


def test_a_tilt_that_is_no_object_is_refused_under_its_colour(read):
    (frame,) = read("tiltbridge", {"tilts": {"Black": 7}})
    assert frame.key == "BLACK" and frame.refused is not None


def test_a_byte_order_mark_before_a_form_is_no_error(values):
    assert values("tiltpi", b"\xef\xbb\xbfSG=1.05&Temp=68") == {"sg": 1.05, "temp_c": 20.0}


@pytest.mark.parametrize(
    "body", [b'{"sg": 1.05, "sg": 1.06}', b'[{"x": {"a": 1, "a": null}}]', b'{"a\\u0000":1,"a\\u0000":2}']
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_name_with_two_values_is_refused(kind, body, origin):
    with pytest.raises(Refused, match="each field once"):
        parse(kind, body, "application/json", origin())


def test_a_name_twice_with_one_value_and_a_text_that_looks_like_a_name_are_no_error(values):
    assert values("json", b'{"sg": 1.05, "sg": 1.05}') == {"sg": 1.05}
    assert values("json", b'{"note": "a\\" : b\\t", "sg": 1.05}') == {"sg": 1.05}
