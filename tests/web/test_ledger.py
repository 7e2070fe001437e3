"""The promise ledger in a real browser: misses first, growing while it is replayed, the week on one sheet of paper."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta

import pytest

from browsing import DESK, IN_A_BROWSER, PHONE, SHOTS, sign_in, watch
from serving import Running
from sheets import FIRST, bring, hourly, ledger, sheet

pytestmark = IN_A_BROWSER
BEERS = "[...document.querySelectorAll('.beer-line h2')].map((h) => h.innerText)"


@pytest.fixture(scope="module")
def misses(cellar):
    """Ten beers alike, the newest by hours, and one that took three times as long."""
    for k in range(11):
        make = hourly if k == 9 else sheet
        bring(cellar, f"M{k}", make(15 if k == 4 else 5, FIRST + timedelta(days=19 * k)))
    ledger(cellar, 11)
    return cellar


def test_a_miss_stands_above_a_promise_kept(misses, bea):
    bea.goto(misses.url + "/promises")
    assert bea.evaluate(BEERS)[0] == "M4"
    bad = bea.evaluate("[...document.querySelectorAll('.beer-line')].map((b) => !!b.querySelector('.missed'))")
    assert True in bad and False in bad and bad == sorted(bad, reverse=True)
    bea.click("text=Newest first")
    bea.wait_for_url(re.compile("by=date"))
    assert [b for b in bea.evaluate(BEERS) if b[0] == "M"] == [f"M{k}" for k in range(10, -1, -1)]


def test_a_bar_meets_the_line_of_the_end_exactly_where_the_promise_held(misses, bea):
    bea.goto(misses.url + "/promises")
    bars = bea.evaluate("""() => [...document.querySelectorAll('.beer-line li')].map((li) => {
        const r = li.querySelector('.range').getBoundingClientRect();
        const s = li.querySelector('svg').getBoundingClientRect();
        const middle = s.left + s.width / 2;
        return [li.className, r.left <= middle + 1 && middle - 1 <= r.right, li.querySelector('.came').innerText];
    })""")
    for held, meets, words in bars:
        assert meets == (held == "held") and ("▲" in words) == (held == "missed"), (held, meets, words)
    assert {held for held, _, _ in bars} == {"held", "missed"}


def test_the_page_the_api_and_the_beers_own_line_say_the_same(misses, bea):
    told = misses.api("GET", "/api/promises")
    bea.context.add_cookies([{"name": "zone", "value": "America/New_York", "url": misses.url}])
    bea.goto(misses.url + "/promises")
    assert f"{told['overall']['held']} of {told['overall']['n']} promises held" in bea.inner_text(".verdict")
    assert "after 3 readings" in bea.inner_text(".tallies") and "at 75 % of the way" in bea.inner_text(".tallies")
    assert "too few to judge" in bea.inner_text(".tallies")  # one beer with a float
    line = bea.locator(".beer-line", has=bea.locator("h2:text-is('M9')")).inner_text()
    end = datetime.fromisoformat(next(b for b in told["batches"] if b["beer"] == "M9")["ended"])
    there = end - timedelta(hours=4)  # summer time
    assert (
        f"{there:%a} {there.day} {there:%b %H:%M}" in line
        and "replayed" in line
        and "would have said" in line
        and "At 24 h" in line
    )


def test_the_tank_and_the_cellar_lead_to_the_ledger(misses, bea):
    misses.tank("LEADS")
    misses.api("POST", "/api/tanks/LEADS/batches", {"name": "Leads"})
    misses.forecast("LEADS")
    bea.goto(misses.url + "/tanks/LEADS")
    bea.click("#to-promises")
    bea.wait_for_url(misses.url + "/promises")
    bea.goto(misses.url + "/")
    bea.click("main >> text=What came of what was said before")
    bea.wait_for_url(misses.url + "/promises")
    bea.click("text=Who speaks, and why")
    bea.wait_for_selector("h1:text-is('Who speaks, and why')")


def test_old_sheets_grow_into_a_ledger_under_the_eyes_of_who_brings_them(tmp_path, browser, page):
    """An empty page says what will stand there; then sheets come, and it counts them without a reload."""
    running = Running(tmp_path)
    try:
        page.context.add_cookies(sign_in(running, browser)["cookies"])
        page.goto(running.url + "/promises")
        empty = page.inner_text("#ledger")
        assert "No beer's end is known yet" in empty and "two days" in empty and "Old log sheets" in empty
        page.wait_for_function("() => document.body.dataset.live === 'yes'")
        page.evaluate("window.same = true")
        for k in range(20):
            bring(running, f"G{k}", hourly(5 + k % 3, FIRST + timedelta(days=9 * k)))
        page.wait_for_function("() => /Replaying \\d+ of 20 batches/.test(document.body.innerText)", timeout=30_000)
        page.wait_for_selector(".beer-line")
        assert page.is_visible("progress")
        page.wait_for_function("() => document.querySelectorAll('.beer-line').length === 20", timeout=90_000)
        page.wait_for_selector("progress", state="detached", timeout=30_000)
        assert page.evaluate("window.same") and "promises held" in page.inner_text(".verdict")
    finally:
        page.goto("about:blank")
        running.stop()


SUNDAY = datetime(2025, 6, 8, 12, tzinfo=FIRST.tzinfo)  # of week 23


def test_a_week_prints_on_one_sheet_misses_first_and_only_its_own(cellar, bea, tmp_path):
    for k in range(16):
        bring(
            cellar,
            f"W{k} with a name as long as the longest on any label there is",
            sheet(16 if k == 7 else 5, SUNDAY - timedelta(days=17 if k == 7 else 6 + k % 3)),
        )
    bring(cellar, "W-next", sheet(5, SUNDAY + timedelta(days=9)))
    cellar.until(lambda: sum(b["beer"][0] == "W" for b in ledger(cellar, 17)["batches"]) == 17, 60)
    bea.emulate_media(media="print", color_scheme="dark")
    bea.goto(cellar.url + "/promises/week?of=2025-W23")
    text = bea.inner_text("main")
    assert "2025-W23" in text and "W-next" not in text and "more" in text
    assert not bea.query_selector("nav") and not bea.is_visible("button")
    came = bea.locator("tbody tr td:last-child").all_inner_texts()
    assert "▲" in came[0] and [c == "held" for c in came] == sorted(c == "held" for c in came)
    colours = bea.evaluate(
        "[document.body, document.querySelector('main')].map((e) => getComputedStyle(e))"
        ".map((s) => [s.color, s.backgroundColor])"
    )
    assert colours == [["rgb(0, 0, 0)", "rgb(255, 255, 255)"]] * 2
    paper = bea.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    width, height = (float(x) for x in re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", paper).groups())
    assert width == pytest.approx(595, abs=2) and height == pytest.approx(842, abs=2)  # A4 upright, in points


def test_without_a_week_named_it_is_last_week_and_nonsense_is_refused(cellar, bea):
    bea.goto(cellar.url + "/promises/week")
    monday = date.today() - timedelta(days=date.today().weekday() + 7)  # noqa: DTZ011 -- near enough to Berlin's
    assert f"{monday.isocalendar()[0]}-W{monday.isocalendar()[1]:02}" in bea.inner_text("main")
    for wrong in ("2026-W54", "week", "2026W47", "0000-W01"):
        answer = cellar.http.get("/promises/week", params={"of": wrong})
        assert answer.status_code == 422 and "2026-W47" in answer.json()["cause"], wrong


def test_the_rungs_say_how_many_beers_they_still_need(misses, bea):
    seen = misses.api("GET", "/api/rungs")["seen"]
    bea.goto(misses.url + "/rungs")
    text = bea.inner_text("main")
    assert f"{15 - seen} more" in text or seen >= 15 and f"{30 - seen} more" in text


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1440"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_was_learnt_is_drawn_and_fits(tmp_path, browser, size, scheme):
    """A finding planted in the store: weights to both sides, dropped inputs, a bucket off its band, both verdicts."""
    running = Running(tmp_path)
    complaints = []
    try:
        state = sign_in(running, browser)
        with closing(sqlite3.connect(running.store)) as conn:
            conn.execute("INSERT INTO findings VALUES ('rungs', 'k', 0, ?)", (json.dumps(PLANTED),))
            conn.commit()
        context = browser.new_context(viewport=size, color_scheme=scheme, storage_state=state)
        opened = context.new_page()
        watch(opened, complaints)
        opened.goto(running.url + "/rungs")
        text = opened.inner_text("main")
        assert "dropped: clock, fall" in text and "+18 % (+4 … +31 %)" in text and "may speak" in text
        assert "held back: only 3 held-out beers" in text and "curvefit: no simpler rung" in text
        assert "+20 % ▲" in text and "+40 %" in text
        sides = opened.evaluate(
            "[...document.querySelectorAll('.weight rect')].map((r) => [r.className.baseVal, r.x.baseVal.value])"
        )
        assert sides == [["sooner", 100.0], ["later", 52.0]]
        SHOTS.mkdir(parents=True, exist_ok=True)
        opened.screenshot(path=SHOTS / f"learnt-{size['width']}-{scheme}.png", full_page=True)
        assert opened.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        context.close()
    finally:
        running.stop()
    assert not complaints, complaints


PLANTED = {
    "seen": 41, "working": False,
    "learned": [
        {"rung": "hazard", "needs": 15, "inputs": [], "dropped": [], "buckets": [], "bias": None, "checks": 0,
         "batches": 0},
        {"rung": "crosses", "needs": 30, "inputs": [["pace", 0.8], ["drop left × soon", -0.4]],
         "dropped": ["clock", "fall"],
         "buckets": [{"said": 0.3, "happened": 0.1, "count": 20, "low": 0.03, "high": 0.25},
                     {"said": 0.9, "happened": 0.5, "count": 2, "low": 0.1, "high": 0.95}],
         "bias": 0.12, "checks": 22, "batches": 11},
    ],
    "gates": [
        {"by_hand": False, "simple": "typical", "other": "curvefit", "promoted": True, "gain": 0.18, "low": 0.04,
         "high": 0.31, "n": 19, "reason": "Better by 18 % (4 … 31 %) on 19 held-out groups."},
        {"by_hand": True, "simple": "typical", "other": "curvefit", "promoted": False, "gain": None, "low": None,
         "high": None, "n": 3, "reason": "Only 3 held-out groups; 12 are needed to tell skill from chance."},
    ],
    "advised": [{"by_hand": False, "rung": "curvefit",
                 "reason": "Take curvefit: no simpler rung is within one standard error."}],
}  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1440"])
def test_a_full_ledger_fits_the_screen(misses, browser, signed_in, size, scheme):
    context = browser.new_context(viewport=size, color_scheme=scheme, storage_state=signed_in)
    opened, complaints = context.new_page(), []
    watch(opened, complaints)
    opened.goto(misses.url + "/promises")
    SHOTS.mkdir(parents=True, exist_ok=True)
    opened.screenshot(path=SHOTS / f"ledger-{size['width']}-{scheme}.png", full_page=True)
    assert opened.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    cut = """() => [...document.querySelectorAll('.beer-line span, .beer-line p, td, th, .when')].filter((e) =>
        e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline').map((e) => e.innerText)"""
    assert opened.evaluate(cut) == []
    context.close()
    assert not complaints, complaints
