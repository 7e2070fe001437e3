"""Devices at the door of a real server: their own formats, tokens, refusals, repeats."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

FORM = "application/x-www-form-urlencoded"
FRAMES = Path(__file__).parent / "frames"
NOW = datetime.now(UTC).replace(microsecond=0)


def values(server, tank, channel="sg"):
    return [r["value"] for r in server.api("GET", f"/api/tanks/{tank}/readings?channel={channel}")]


@pytest.mark.parametrize(
    ("kind", "body", "content_type", "sg", "temp"),
    [
        ("json", {"sg": 1.0481, "temp_c": 19.5}, "application/json", 1.0481, 19.5),
        ("ispindel", {"name": "i", "ID": 1, "angle": 50.1, "temperature": 68.0, "temp_units": "F", "battery": 4.1,
                      "gravity": 12.0, "interval": 900, "RSSI": -41}, "application/json", 1.0484, 20.0),
        ("tiltbridge", {"name": "Yellow", "temp": "68.0", "temp_unit": "F", "gravity": "1.0480", "gravity_unit": "G",
                        "device_source": "TiltBridge"}, "application/json", 1.0480, 20.0),
        ("tiltpi", b"Temp=68.0&SG=1.048&Beer=Pale&Color=BLUE&Comment=", FORM, 1.048, 20.0),
        ("gravitymon", {"name": "g", "ID": "2E6753", "interval": 900, "temperature": 20.0, "temp_units": "C",
                        "gravity": 1.048, "angle": 45.3, "battery": 3.67, "RSSI": -12, "corr-gravity": 1.0481,
                        "gravity-unit": "G", "run-time": 6}, "application/json", 1.048, 20.0),
        ("rapt", {"device_id": "x", "device_name": "Pill", "temperature": "20.0", "gravity": "1048.0", "battery": "90",
                  "rssi": "-60"}, "application/json", 1.048, 20.0),
    ],
)  # fmt: skip
def test_every_device_is_understood_in_its_own_words(server, kind, body, content_type, sg, temp):
    tank = server.tank(f"own {kind}")
    answer = server.post(server.device(kind, tank), body, content_type)
    assert answer.status_code == 201, answer.text
    assert values(server, tank) == [pytest.approx(sg, abs=2e-4)]
    assert values(server, tank, "temp_c") == [pytest.approx(temp, abs=0.01)]


def test_a_token_works_in_the_header_too(server):
    path = server.device(tank=server.tank("header"))
    kind, token = path.split("/")[2:]
    for header in ({"authorization": f"Bearer {token}"}, {"x-device-token": token}):
        assert server.bare.post(f"/in/{kind}", json={"sg": 1.05}, headers=header).status_code == 201


def test_a_wrong_token_is_401_and_says_nothing_more(server):
    for path in ("/in/json/wrong", "/in/json", "/in/ispindel/" + "x" * 400):
        answer = server.post(path, {"sg": 1.05})
        assert answer.status_code == 401 and set(answer.json()) == {"rule", "value", "cause"}


def test_an_impossible_value_is_refused_with_its_reason_and_counted(server):
    tank = server.tank("refuses")
    path = server.device(tank=tank, name="odd float")
    for _ in range(3):
        answer = server.post(path, {"sg": 48, "temp_c": 20})
        assert 400 <= answer.status_code < 500
        assert answer.json() == {"rule": "sg within 0.980..1.200", "value": 48, "cause": "is it in points or °P?"}
    assert values(server, tank) == [] and values(server, tank, "temp_c") == []

    def counted():
        (found,) = [d for d in server.api("GET", "/api/devices") if d["name"] == "odd float"]
        return found["refused"] == 3 and server.api("GET", f"/api/devices/{found['id']}")["refusals"]

    (refusal,) = server.until(counted)
    assert "points or °P" in refusal["cause"] and refusal["count"] == 3


def test_unknown_fields_are_kept_as_channels(server):
    tank = server.tank("unknown")
    server.post(server.device(tank=tank), {"sg": 1.05, "Yeast Mood": 7, "note": "bubbling"})
    found = {r["channel"]: r["value"] for r in server.api("GET", f"/api/tanks/{tank}/readings")}
    assert found["x_yeast_mood"] == 7 and "bubbling" in found.values()


def test_a_body_over_64_kib_is_413_whether_it_says_so_or_not(server):
    path = server.device(tank=server.tank("large"))
    assert server.post(path, b'{"sg": 1.05, "x": "' + b"a" * 70_000 + b'"}').status_code == 413

    def drip():
        for _ in range(80):
            yield b" " * 1024

    assert server.bare.post(path, content=drip()).status_code == 413
    assert server.post(path, b'{"sg": 1.05}').status_code == 201


def test_the_same_reading_twice_changes_nothing(server):
    tank = server.tank("twice")
    path, body = server.device(tank=tank), {"observed_at": (NOW - timedelta(hours=1)).isoformat(), "sg": 1.05}
    assert [server.post(path, body).status_code for _ in range(3)] == [201, 201, 201]
    assert values(server, tank) == [1.05]


def test_readings_that_were_buffered_come_in_any_order(server):
    tank = server.tank("late")
    path = server.device(tank=tank)
    stamps = [(NOW - timedelta(hours=h)).isoformat() for h in (2, 9, 5)]
    for stamp, sg in zip(stamps, (1.03, 1.05, 1.04), strict=True):
        assert server.post(path, {"observed_at": stamp, "sg": sg}).status_code == 201
    assert values(server, tank) == [1.05, 1.04, 1.03]
    batch = server.until(lambda: server.api("GET", f"/api/tanks/{tank}")["batch"])
    assert batch["assumed"]
    server.until(lambda: server.api("GET", f"/api/tanks/{tank}")["batch"]["started_at"] == stamps[1])


def test_a_list_of_readings_is_one_post(server):
    tank = server.tank("list")
    body = [{"observed_at": (NOW - timedelta(hours=h)).isoformat(), "sg": 1.05 - h / 1000} for h in range(50)]
    assert server.post(server.device(tank=tank), body).json() == {"kept": 50}
    assert len(values(server, tank)) == 50


def test_what_was_captured_from_real_devices_is_answered(server):
    for frame in sorted(FRAMES.iterdir()):
        kind = frame.name.split("_")[0]
        if kind not in ("ispindel", "tiltbridge", "tiltpi", "gravitymon", "rapt"):
            continue
        path = server.device(kind, server.tank(frame.name[:40]), gravity_unit="plato" if kind == "ispindel" else "sg")
        form = frame.suffix in (".form", ".txt")
        content_type = FORM if form else "application/json"
        answer = server.post(path, frame.read_bytes(), content_type)
        assert answer.status_code in (201, 422), (frame.name, answer.text)
        if answer.status_code == 422:
            assert set(answer.json()) == {"rule", "value", "cause"}


def test_two_floats_behind_one_bridge_are_two_devices(server):
    first, second = server.tank("bridge one"), server.tank("bridge two")
    path = server.device("tiltpi", first, name="Pi")
    server.post(path, b"Temp=68&SG=1.050&Beer=&Color=RED&Comment=", FORM)
    server.post(path, b"Temp=66&SG=1.040&Beer=&Color=BLUE&Comment=", FORM)
    floats = {d["name"]: d for d in server.api("GET", "/api/devices") if d["name"].startswith("Pi ")}
    assert (
        set(floats) == {"Pi RED", "Pi BLUE"} and floats["Pi RED"]["tank"] == first and floats["Pi BLUE"]["tank"] is None
    )
    server.api("POST", f"/api/devices/{floats['Pi BLUE']['id']}/place", {"tank": second})
    server.post(path, b"Temp=66&SG=1.039&Beer=&Color=BLUE&Comment=", FORM)
    assert values(server, first) == [1.05] and 1.039 in values(server, second)


def test_a_bridge_can_not_make_floats_without_end(server):
    path = server.device("tiltpi", server.tank("many"), name="Chatty")
    for n in range(60):
        body = f"Temp=68&SG=1.050&Beer=&Color=C{n}&Comment=".encode()
        server.post(path, body, FORM)
    assert sum(d["name"].startswith("Chatty ") for d in server.api("GET", "/api/devices")) <= 32


def test_the_address_of_another_kind_is_refused(server):
    token = server.device("ispindel", server.tank("kinds")).split("/")[-1]
    assert server.post(f"/in/gravitymon/{token}", {"gravity": 1.05}).status_code == 422
    assert server.post(f"/in/nonsense/{token}", {"gravity": 1.05}).status_code == 422


def test_nothing_of_a_token_stands_in_the_log_or_the_store(server):
    path = server.device(tank=server.tank("secret"))
    token = path.split("/")[-1]
    server.post(path, {"sg": 1.05})
    server.bare.get(path)
    assert token not in server.said
    for part in server.folder.glob("cellar.db*"):
        assert token.encode() not in part.read_bytes()


def test_a_revoked_token_is_refused_and_what_it_said_stays(server):
    tank = server.tank("revoked")
    path = server.device(tank=tank, name="goes")
    server.post(path, {"sg": 1.05})
    (device,) = [d for d in server.api("GET", "/api/devices") if d["name"] == "goes"]
    server.api("DELETE", f"/api/devices/{device['id']}")
    assert server.post(path, {"sg": 1.04}).status_code == 401 and values(server, tank) == [1.05]


def test_broken_bodies_get_a_sentence_and_never_500(server):
    path = server.device(tank=server.tank("broken"))
    for body in (b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"sg":', b"[" * 5000, json.dumps({"sg": "x"}).encode()):
        answer = server.post(path, body)
        assert 400 <= answer.status_code < 500 and answer.json()["rule"], body[:20]


def test_a_device_that_can_only_ask_has_its_fields_in_the_query(server):
    tank = server.tank("asks")
    path = server.device("gravitymon", tank)
    query = (FRAMES / "gravitymon_get.form").read_text().strip()
    assert server.bare.get(f"{path}?{query}").json() == {"kept": 9}
    assert len(values(server, tank)) == 1
    assert server.bare.head(f"{path}?{query}").status_code == server.bare.get(path).status_code == 405
    assert server.bare.get(f"/in/gravitymon/wrong?{query}").status_code == 401 and len(values(server, tank)) == 1
    assert path.split("/")[-1] not in server.said


def test_the_address_may_be_typed_with_capitals_and_a_slash_at_its_end(server):
    path = server.device(tank=server.tank("typed"))
    assert server.post(path + "/", {"sg": 1.05}).status_code == 201
    assert server.post(path.replace("json", "JSON"), {"sg": 1.05}).status_code == 201


def test_a_late_reading_of_the_beer_before_does_not_move_the_beer_that_is_there(server):
    tank = server.tank("two beers")
    path = server.device(tank=tank)
    ago = {h: (NOW - timedelta(hours=h)).isoformat() for h in (50, 60, 100, 150, 200, 250)}
    server.api("POST", f"/api/tanks/{tank}/batches", {"started_at": ago[200], "name": "before"})
    (before,) = [b for b in server.api("GET", "/api/batches") if b["tank"] == tank]
    server.api("PATCH", f"/api/batches/{before['id']}", {"ended_at": ago[100]})
    for hours in (50, 150, 60, 250):
        assert server.post(path, {"observed_at": ago[hours], "sg": 1.05}).status_code == 201
    spans = {
        b["name"]: (b["started_at"], b["ended_at"]) for b in server.api("GET", "/api/batches") if b["tank"] == tank
    }
    assert spans == {"before": (ago[200], ago[100]), "unnamed beer": (ago[60], None)}


def test_a_clock_that_was_years_behind_for_once_does_not_make_the_beer_years_old(server):
    tank = server.tank("old clock")
    path = server.device(tank=tank)
    assert server.post(path, {"sg": 1.05}).status_code == 201
    assert server.post(path, {"sg": 1.04, "observed_at": "2001-01-01T00:00:00Z"}).status_code == 201
    (batch,) = [b for b in server.api("GET", "/api/batches") if b["tank"] == tank]
    assert batch["started_at"] > NOW.isoformat()[:10]


def test_what_a_float_saw_before_it_was_moved_stays_with_the_tank_where_it_hung(server):
    first, second = server.tank("moved from"), server.tank("moved to")
    path = server.device(tank=first, name="wanderer")
    ago = [(NOW - timedelta(hours=h)).isoformat() for h in (9, 6)]
    server.post(path, {"observed_at": ago[0], "sg": 1.050})
    (device,) = [d for d in server.api("GET", "/api/devices") if d["name"] == "wanderer"]
    server.api("POST", f"/api/devices/{device['id']}/place", {"tank": second})
    assert server.post(path, {"observed_at": ago[1], "sg": 1.045}).status_code == 201
    assert values(server, first) == [1.05, 1.045] and values(server, second) == []
    assert {b["tank"] for b in server.api("GET", "/api/batches")} & {first, second} == {first}


def test_a_probe_in_hot_lye_begins_no_beer(server):
    tank = server.tank("lye")
    path = server.device(tank=tank)
    assert server.post(path, {"sg": 1.0, "temp_c": 65}).status_code == 201
    assert [b for b in server.api("GET", "/api/batches") if b["tank"] == tank] == []


def test_a_device_that_makes_up_names_fills_no_store(server):
    tank = server.tank("names")
    path = server.device(tank=tank)
    for post in range(8):
        answer = server.post(path, {"sg": 1.05} | {f"f{post}_{n}": n for n in range(20)})
        assert answer.status_code == 201
    assert answer.json()["refused"][0]["cause"] == "does it make up names?"
    assert len({r["channel"] for r in server.api("GET", f"/api/tanks/{tank}/readings")}) == 61


def test_many_at_once_who_name_the_same_new_floats_make_each_once(server):
    path = server.device("tiltpi", server.tank("at once"), name="Busy")

    def post(n):
        return server.post(path, f"Temp=68&SG=1.050&Beer=&Color=C{n % 6}&Comment=".encode(), FORM).status_code

    with ThreadPoolExecutor(12) as many:
        assert set(many.map(post, range(48))) == {201}
    assert sum(d["name"].startswith("Busy ") for d in server.api("GET", "/api/devices")) == 6


def test_a_buffer_sent_newest_first_is_one_beer_from_its_oldest(server):
    tank = server.tank("newest first")
    body = [{"observed_at": NOW.timestamp() - 60 * n, "sg": 1.05} for n in range(1000)]
    assert server.post(server.device(tank=tank), body).json() == {"kept": 1000}
    oldest = (NOW - timedelta(minutes=999)).isoformat()
    assert [b["started_at"] for b in server.api("GET", "/api/batches") if b["tank"] == tank] == [oldest]


ODD = st.sampled_from(
    [
        None,
        True,
        [],
        {},
        "",
        "x",
        "NaN",
        "1,05",
        0,
        -127,
        85,
        999,
        1050,
        48,
        1.05,
        1e308,
        -1e308,
        10**400,
        "\x00",
        "9" * 500,
    ]
    + ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-13-01", 4e9, 46351.4, [[1.05]], {"sg": 1.05}]
)
FIELDS = (
    "sg plato gravity unit temp temp_c temp_f temp_unit temperature temp_units pressure pressure_unit ph observed_at"
)
OTHERS = "timestamp Timepoint created_date name color token SG Temp Color angle battery corr-gravity tilts"


@pytest.fixture(scope="module")
def doors(server):
    kinds = ("json", "ispindel", "tiltbridge", "tiltpi", "gravitymon", "rapt")
    return [server.device(kind, server.tank(f"any {kind}")) for kind in kinds]


@settings(deadline=None, max_examples=150)
@given(
    data=st.dictionaries(st.sampled_from((FIELDS + " " + OTHERS).split()) | st.text(max_size=5), ODD, max_size=6),
    door=st.integers(0, 5),
    many=st.booleans(),
)
def test_whatever_is_posted_is_kept_or_refused_with_its_reason(server, doors, data, door, many):
    answer = server.post(doors[door], [data, data] if many else data)
    assert answer.status_code in (201, 422), (data, answer.text)
    if answer.status_code == 422:
        assert set(answer.json()) == {"rule", "value", "cause"}
