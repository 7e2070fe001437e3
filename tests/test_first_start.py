"""The first start: a one-time link, no default password, this machine only until a person exists; and the demo."""

import re
import signal
import socket
from pathlib import Path

import httpx
import pytest

from serving import Running


def own_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return probe.getsockname()[0]


@pytest.fixture
def fresh(tmp_path):
    running = Running(tmp_path, "--host", "0.0.0.0")
    yield running
    running.stop()


def test_the_first_start_prints_a_link_that_makes_the_admin_and_then_listens_wide(fresh):
    port = int(fresh.url.rsplit(":", 1)[1])
    link = fresh.until(lambda: re.search(r"http://localhost:\d+(/welcome/\S+)", fresh.said)).group(1)
    address = own_address()
    if address and not address.startswith("127."):
        with pytest.raises(OSError), socket.create_connection((address, port), timeout=1):
            pass
    with httpx.Client(base_url=fresh.url, headers={"origin": fresh.url}) as client:
        assert client.post(link, data={"name": "Anna", "password": "four words are easy"}).status_code == 303
        assert client.get("/api/me").json()["role"] == "admin"
    if address and not address.startswith("127."):
        fresh.until(lambda: "too." in fresh.said)
        with httpx.Client(base_url=f"http://{address}:{port}") as wide:
            assert wide.get("/healthz").json()["status"] == "up"
    fresh.stop()
    fresh.start()
    assert fresh.said.count("/welcome/") == 1


def test_there_is_no_default_password(fresh):
    for name in ("admin", "root", "cellarhand", "pi"):
        for password in ("admin", "password", "brewery", "cellarhand", ""):
            answer = fresh.bare.post(
                "/sign-in", data={"name": name, "password": password}, headers={"origin": fresh.url}
            )
            assert answer.status_code in (403, 422)


def test_a_second_server_on_the_same_store_is_refused(fresh):
    import subprocess
    import sys

    command = [sys.executable, "-m", "cellarhand", "serve", "--store", str(fresh.store), "--port", "0"]
    second = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert second.returncode == 2 and "another Cellarhand" in second.stderr and second.stderr.count("\n") == 1
    assert fresh.api("GET", "/api/tanks") == []


def children(process):
    """Ids of the processes that a process has started."""
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def alive(pid):
    """Whether a process still runs (a zombie has no command line)."""
    line = Path(f"/proc/{pid}/cmdline")
    return line.exists() and line.read_text() != ""


def test_a_server_that_is_killed_takes_its_worker_with_it(fresh):
    fresh.tank("FV1")
    fresh.post(fresh.device(), {"sg": 1.05})
    fresh.forecast()
    mine = children(fresh.process)
    assert mine
    fresh.stop(signal.SIGKILL)
    fresh.until(lambda: not any(map(alive, mine)))


def test_the_server_loads_nothing_that_fits(fresh):
    """The server imports neither SciPy nor scikit-learn nor a drawing library: a slow fit never slows a reading."""
    fresh.tank("FV1")
    fresh.post(fresh.device(), {"sg": 1.05})
    fresh.forecast()
    loaded = Path(f"/proc/{fresh.process.pid}/maps").read_text()
    assert not any(f"/{name}/" in loaded for name in ("scipy", "sklearn", "matplotlib"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    running = Running(tmp_path_factory.mktemp("demo"), "--demo")
    yield running
    running.stop()


def test_the_demo_shows_six_live_tanks_within_fifteen_seconds(demo):
    def all_there():
        tanks = demo.bare.get("/api/tanks").json()
        return tanks if len(tanks) == 6 and all(t["forecast"] for t in tanks) else None

    tanks = demo.until(all_there, seconds=15)
    assert len({t["batch"]["name"] for t in tanks}) == 6
    first = {t["name"]: t["newest"] for t in tanks}
    demo.until(lambda: all(t["newest"] > first[t["name"]] for t in demo.bare.get("/api/tanks").json()), seconds=30)
    page = demo.bare.get("/", headers={"accept": "text/html"}).text
    assert "Demo cellar" in page and page.count("<article") == 6
    assert "No end in sight" in page and "typed by hand" in page


def test_the_demo_answers_to_this_machine_only(demo):
    assert demo.bare.get("/api/tanks", headers={"host": "evil.example"}).status_code == 403
    assert "0.0.0.0" not in demo.said


def test_the_demo_is_of_a_brewer_not_an_admin(demo):
    answer = demo.bare.post("/api/persons", json={"name": "x"}, headers={"origin": demo.url})
    assert answer.status_code == 403


def test_a_store_that_is_in_use_never_becomes_a_demo(tmp_path):
    running = Running(tmp_path)
    running.tank("FV1")
    running.stop()
    running._arguments = ("--demo",)
    running.start()
    try:
        assert [t["name"] for t in running.api("GET", "/api/tanks")] == ["FV1"]
        assert running.bare.get("/api/tanks").status_code == 401
    finally:
        running.stop()
