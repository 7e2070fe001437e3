"""Devices at the door of a real server: their own formats, tokens, refusals, repeats."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

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
