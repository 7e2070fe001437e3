"""What no parser knows is kept under its own name, within bounds."""

import pytest

from cellarhand.ingest import KINDS, PARSERS


def test_unknown_numbers_become_channels_of_their_own(values):
    body = {"sg": 1.05, "Dissolved O2 (ppb)": 35, "pump": True, "valve": False, "turbidity": "1,5"}
    assert values("json", body) == {
        "sg": 1.05,
        "x_dissolved_o2__ppb_": 35.0,
        "x_pump": 1.0,
        "x_valve": 0.0,
        "x_turbidity": 1.5,
    }


def test_at_most_thirty_unknown_channels_and_twenty_texts_a_frame(one):
    body = {"sg": 1.05} | {f"n{i}": i for i in range(99)} | {f"t{i}": "text" for i in range(99)}
    frame = one("json", body)
    assert len(frame.readings) == 31
    assert len(frame.texts) == 20


def test_names_and_texts_are_cut_to_length(one):
    frame = one("json", {"n" * 500: 1, "t" * 500: "é" * 500})
    assert [r.channel for r in frame.readings] == ["x_" + "n" * 38]
    assert [(len(name), len(text)) for name, text in frame.texts.items()] == [(40, 200)]


def test_names_that_become_one_channel_give_one_reading(values):
    assert values("json", {"a.b": 1, "a b": 2}) == {"x_a_b": 1.0}


@pytest.mark.parametrize("odd", ["2E6753", "0012", "1.2.3", "1e5", "0x10", "١٢", "--5", "1 2"])
def test_a_text_that_only_looks_like_a_number_stays_a_text(one, odd):
    assert one("json", {"sg": 1.05, "lot": odd}).texts == {"lot": odd}


@pytest.mark.parametrize("huge", [10**400, -(10**400), 10**4200])
def test_a_number_too_large_for_a_float_is_dropped_where_unknown_and_refused_where_known(values, no, huge):
    body = b'{"sg": 1.05, "lot": %d}' % huge
    assert values("json", body) == {"sg": 1.05}
    assert "sg must be a finite number" in no("json", b'{"sg": %d}' % huge)


def test_nested_values_are_left_out(one):
    frame = one("json", {"sg": 1.05, "a": {"b": 1}, "c": [1, 2]})
    assert len(frame.readings) == 1 and frame.texts == {}


def test_texts_are_printable_and_on_one_line(one):
    assert one("json", {"sg": 1.05, "a\x00b": "x\x00y\nz\u202e"}).texts == {"a b": "x y z"}


@pytest.mark.parametrize("name", ["token", "Token", "password", "api_key", "api-key", "email", "secret"])
@pytest.mark.parametrize("value", ["s3cr3t-0815", 15081508])
@pytest.mark.parametrize("kind", sorted(PARSERS))
def test_what_opens_something_is_never_kept(one, kind, name, value):
    frame = one(kind, {"temperature": 20, "temp_c": 20, "temp": 68, name: value})
    assert str(value) not in repr(frame)


def test_the_table_of_kinds_names_every_parser_once_with_words_for_a_user():
    names = [name for name, _, _ in KINDS]
    assert sorted(names) == sorted(set(PARSERS) - {"own", "cellarhand"})
    assert all(sentence.endswith(".") and hint.endswith(".") for _, sentence, hint in KINDS)
