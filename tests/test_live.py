"""Live pages: changes as they are committed; eight tabs stay alive; a reconnect misses nothing."""

import json
import threading
import time
from datetime import UTC, datetime

import httpx


class Tab(threading.Thread):
    """A browser's event stream."""

    def __init__(self, server, since=None):
        super().__init__(daemon=True)
        self.server, self.since, self.seen, self.open = server, since, [], threading.Event()
        self._ended = threading.Event()
        self.start()
        assert self.open.wait(10)

    def run(self):
        headers = {"authorization": f"Bearer {self.server.key}"}
        if self.since is not None:
            headers["last-event-id"] = str(self.since)
        with (
            httpx.Client(timeout=httpx.Timeout(5, read=20)) as client,
            client.stream("GET", self.server.url + "/api/events", headers=headers) as stream,
        ):
            number = None
            lines = stream.iter_lines()
            while not self._ended.is_set():
                try:
                    line = next(lines)
                except (httpx.TransportError, StopIteration):
                    return
                self.open.set()
                if line.startswith("id: "):
                    number = int(line[4:])
                elif line.startswith("data: "):
                    self.seen.append((number, json.loads(line[6:])))

    def close(self):
        self._ended.set()


def newest(server):
    tab = Tab(server, since=0)
    time.sleep(0.3)
    return max(number for number, _ in tab.seen)


def test_eight_tabs_see_a_reading_become_a_forecast(server):
    tank = server.tank("eight")
    door = server.device(tank=tank)
    tabs = [Tab(server) for _ in range(8)]
    server.post(door, {"sg": 1.05})
    for tab in tabs:
        server.until(lambda t=tab: {c["kind"] for _, c in t.seen if c["tank"] == tank} >= {"reading", "forecast"})
        tab.close()


def test_a_reconnect_misses_no_event_and_repeats_none(server):
    tank = server.tank("reconnect")
    door = server.device(tank=tank)
    whole = Tab(server, since=0)
    since, pieces = 0, []
    for n in range(6):  # a line that breaks again and again
        tab = Tab(server, since=since)
        server.post(door, {"sg": 1.05, "observed_at": datetime(2026, 1, 1, n, tzinfo=UTC).isoformat()})
        server.until(lambda t=tab, s=since: [x for x, c in t.seen if x > s and c["tank"] == tank])
        tab.close()
        got = list(tab.seen)
        pieces += got
        since = got[-1][0]
        server.post(door, {"sg": 1.05, "observed_at": datetime(2026, 1, 2, n, tzinfo=UTC).isoformat()})
    last = Tab(server, since=since)
    server.until(lambda: len(last.seen) >= 1)
    time.sleep(0.5)
    pieces += last.seen
    end = pieces[-1][0]
    server.until(lambda: whole.seen and whole.seen[-1][0] >= end)
    numbers = [number for number, _ in pieces]
    assert numbers == sorted(set(numbers))
    assert numbers == [number for number, _ in whole.seen if number <= end]
    whole.close(), last.close()


def test_numbers_of_the_sequence_have_no_gaps(server):
    door = server.device(tank=server.tank("gapless"))
    tab = Tab(server, since=0)
    for k in range(4):
        server.post(door, {"sg": 1.05 - 0.001 * k})
    server.until(lambda: len(tab.seen) > 5)
    numbers = [number for number, _ in tab.seen]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    tab.close()


def test_a_line_too_far_behind_is_told_to_look_at_everything_anew(tmp_path):
    import sqlite3

    from serving import Running

    running = Running(tmp_path)
    running.tank("FV1"), running.tank("FV2")
    running.stop()
    with sqlite3.connect(running.store) as conn:
        conn.execute("DELETE FROM changes WHERE seq <= 2")
    running.start()
    try:
        tab = Tab(running, since=1)
        running.until(lambda: tab.seen)
        assert tab.seen[0][1]["kind"] == "reload"
        tab.close()
    finally:
        running.stop()
