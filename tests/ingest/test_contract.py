"""What holds for every parser, whatever comes: pure, only Refused, physical, well-formed, in UTC."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellarhand.domain import Refused
from cellarhand.ingest import PARSERS, Frame, Origin, parse
from cellarhand.units import GRAVITY, PH, PRESSURE, TEMPERATURE

FRAMES = Path(__file__).parents[1] / "frames"
FILES = sorted(p for p in FRAMES.iterdir() if p.suffix in {".json", ".form"})
KIND_OF = {"own": "json", "pytilt": "tiltpi", "pressuremon": "gravitymon"}
ORIGINS = [
    Origin(received_at=datetime(2026, 11, 22, 12, tzinfo=UTC), zone="Europe/Brussels", gravity_unit="plato"),
    Origin(received_at=datetime(2026, 11, 22, 12, tzinfo=UTC)),
]
CHANNEL = re.compile(
    r"sg|temp_c|ph|pressure_bar|angle_deg|battery_v|battery_pct|rssi_dbm|velocity|corr_sg|x_[a-z0-9_]{1,38}"
)
PHYSICAL = {"sg": GRAVITY, "corr_sg": GRAVITY, "temp_c": TEMPERATURE, "pressure_bar": PRESSURE, "ph": PH}
BODIES = [path.read_bytes() for path in FILES]
SOME = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["nan", "1,05", "1e308", "999", "0", "-127", "85.0", "inf", "@gravity", "2026-11-20", "K", "P"])
    | st.sampled_from([0, 0.0, 85.0, 185.0, -127, 999, 1e308, -1e308, 10**400, 1050, 1.05, 46348.4, 1795168800])
)
NAMES = """sg plato gravity unit temp_c temp_f temp_k ph pressure pressure_psi pressure_bar pressure-unit observed_at
temp temp_unit temp_units gravity-unit gravity_unit angle temperature battery rssi corr-gravity velocity color Color
name tilts timestamp timeStamp Timepoint created_date Beer token"""
known = st.sampled_from(NAMES.split())
objects = st.dictionaries(known | st.text(max_size=8), scalars, max_size=8)
nested = st.recursive(scalars | objects, lambda x: st.lists(x, max_size=4) | st.dictionaries(known, x, max_size=4))


def kind_of(path):
    stem = path.name.split("_")[0]
    return KIND_OF.get(stem, stem)


def holds(kind, body, content_type, origin):
    """The whole contract for one body; gives the frames, or None where the body was refused."""
    try:
        frames = parse(kind, body, content_type, origin)
    except Refused as refused:
        assert str(refused)
        with pytest.raises(Refused, match=re.escape(str(refused))):
            parse(kind, body, content_type, origin)
        return None
    assert frames and frames == parse(kind, body, content_type, origin)
    for frame in frames:
        well_formed(frame)
    return frames


def well_formed(frame):
    assert isinstance(frame, Frame)
    assert (frame.refused is None) == bool(frame.readings)
    assert len(frame.key) <= 80 and frame.key.isprintable()
    assert len(frame.texts) <= 20
    assert all(0 < len(text) <= 200 and text.isprintable() for text in frame.texts.values())
    channels = [reading.channel for reading in frame.readings]
    assert len(channels) == len(set(channels))
    assert sum(channel.startswith("x_") for channel in channels) <= 30
    for reading in frame.readings:
        assert CHANNEL.fullmatch(reading.channel)
        assert type(reading.value) is float and abs(reading.value) < float("inf")
        assert reading.observed_at.tzinfo is UTC and reading.observed_at.year >= 2000
        if reading.channel in PHYSICAL:
            assert PHYSICAL[reading.channel].holds(reading.value)


@pytest.mark.parametrize("origin", ORIGINS, ids=["plato", "sg"])
@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_frame_on_file_keeps_the_contract_under_every_kind(path, origin):
    for kind in PARSERS:
        for content_type in ("", "application/json", "application/x-www-form-urlencoded"):
            holds(kind, path.read_bytes(), content_type, origin)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_frame_on_file_is_read_by_its_own_kind(path):
    unit = "plato" if path.name.startswith("ispindel") else "sg"
    origin = replace(ORIGINS[0], gravity_unit=unit)
    frames = holds(kind_of(path), path.read_bytes(), "", origin)
    assert frames and all(frame.refused is None for frame in frames)


def test_every_frame_on_file_has_its_source_written_down():
    sources = (FRAMES / "SOURCES.md").read_text()
    assert [path.name for path in FILES if f"`{path.name}`" not in sources] == []
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_a_frame_cut_anywhere_is_read_or_refused(path):
    body = path.read_bytes()
    for end in range(0, len(body), 7):
        holds(kind_of(path), body[:end], "", ORIGINS[1])


@pytest.mark.parametrize("kind", sorted(set(PARSERS) - {"own", "cellarhand"}))
class TestWhateverComes:
    @SOME
    @given(body=st.binary(max_size=80), content_type=st.sampled_from(["", "application/json", "text/plain"]))
    def test_any_bytes(self, kind, body, content_type):
        holds(kind, body, content_type, ORIGINS[0])

    @SOME
    @given(text=st.text(max_size=60))
    def test_any_text(self, kind, text):
        holds(kind, text.encode(errors="replace"), "", ORIGINS[1])

    @SOME
    @given(data=nested, origin=st.sampled_from(ORIGINS))
    def test_any_json(self, kind, data, origin):
        holds(kind, json.dumps(data).encode(), "", origin)

    @SOME
    @given(fields=st.dictionaries(known, st.text(max_size=12), max_size=8))
    def test_any_form(self, kind, fields):
        body = "&".join(f"{name}={value}" for name, value in fields.items()).encode(errors="replace")
        holds(kind, body, "application/x-www-form-urlencoded", ORIGINS[0])

    @SOME
    @given(
        body=st.sampled_from(BODIES),
        at=st.integers(0, 400),
        junk=st.binary(max_size=3),
        origin=st.sampled_from(ORIGINS),
    )
    def test_a_frame_with_a_few_bytes_changed(self, kind, body, at, junk, origin):
        holds(kind, body[:at] + junk + body[at + len(junk) :], "", origin)

    @SOME
    @given(
        body=st.sampled_from([b for b in BODIES if b[:1] in b"{["]), changed=objects, origin=st.sampled_from(ORIGINS)
    )
    def test_a_frame_with_fields_replaced_and_added(self, kind, body, changed, origin):
        data = json.loads(body)
        for item in data if isinstance(data, list) else data.get("tilts", {"": data}).values():
            item.update(changed)
        holds(kind, json.dumps(data).encode(), "", origin)


def test_frames_are_equal_by_content_and_differ_by_their_refusals():
    def refused(sg):
        return parse("json", b'{"sg": %d}' % sg, "", ORIGINS[1])

    assert refused(48) == refused(48)
    assert refused(48) != refused(49)
    assert refused(48)[0] != "a frame"


def test_a_refusal_does_not_hold_the_body_in_memory():
    (frame,) = parse("json", b'{"sg": 48}', "", ORIGINS[1])
    assert frame.refused is not None and frame.refused.__traceback__ is None


def test_no_parser_looks_at_a_clock_and_no_file_is_long():
    for path in sorted((Path(__file__).parents[2] / "src" / "cellarhand" / "ingest").glob("*.py")):
        text = path.read_text()
        assert not re.search(r"\bnow\(|utcnow|\btime\.time\b|monotonic|today\(", text), path.name
        assert text.count("\n") < 200, path.name
