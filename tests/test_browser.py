"""A real browser against the real server: what a brewer sees and does, on a phone and at a desk."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from serving import Running

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.web,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium: pages are unproven without it"),
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
SHOTS = Path(__file__).parents[1] / "build" / "shots"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--disable-quic"]  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def page(browser, request):
    """A phone's page; anything that the page complains of fails the test."""
    context = browser.new_context(viewport=PHONE, timezone_id="Europe/Berlin", has_touch=True)
    opened = context.new_page()
    complaints = []
    watch(opened, complaints)
    yield opened
    context.close()
    assert not complaints, complaints


EXPECTED = ("ERR_INTERNET_DISCONNECTED", "status of 403", "status of 404")  # each is also told to the person


def watch(page, complaints):
    """Collects what a page complains of."""

    def heard(message):
        if message.type == "error" and not any(word in message.text for word in EXPECTED):
            complaints.append(message.text)

    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", heard)


@pytest.fixture(scope="module")
def cellar(tmp_path_factory):
    running = Running(tmp_path_factory.mktemp("cellar"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def signed_in(cellar, browser):
    """The cookie of a brewer who is signed in."""
    link = cellar.api("POST", "/api/persons", {"name": "Bea", "role": "admin"})["path"]
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(cellar.url + link)
    opened.fill("[name=name]", "Bea")
    opened.fill("[name=password]", "four words are easy")
    opened.click("text=Enter")
    opened.wait_for_url(cellar.url + "/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def bea(page, signed_in):
    """The phone's page, signed in."""
    page.context.add_cookies(signed_in["cookies"])
    return page


def hours_ago(hours):
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


def test_a_newcomer_goes_from_nothing_to_a_forecast(tmp_path, page):
    """The printed link, a name and a password, a tank, a batch, six readings in °P by thumb, and the answer."""
    running = Running(tmp_path)
    try:
        link = running.until(lambda: re.search(r"(/welcome/\S+)", running.said)).group(1)
        page.goto(running.url + link)
        page.fill("[name=name]", "Anna")
        page.fill("[name=password]", "a mash tun full")
        page.click("text=Enter")
        page.fill("[name=name]", "FV1")
        page.click("text=Add the tank")
        page.wait_for_selector("article.card")
        page.click("text=Start a batch")
        page.fill("[name=name]", "House Pale")
        page.click("button:has-text('Start')")
        page.wait_for_url("**/tanks/FV1")
        page.wait_for_selector(".answer .when:not(:text('…'))")
        with_none = page.inner_text(".answer .when")
        assert with_none  # with no reading at all there is already a forecast
        for plato in ("12.4", "11.8", "10.1", "8.0", "6.1", "4.9"):
            page.goto(running.url + "/round")
            page.click("button:text-is('°P')")
            for key in plato:
                page.click(f".keys button:text-is('{key}')")
            page.click("#keep")
            page.wait_for_selector(f".done-list >> text={plato} °P")
            page.wait_for_selector("#waiting:text-is('all sent')")
        page.goto(running.url + "/")
        page.wait_for_selector(".card .latest", state="attached")
        assert page.locator(".card .latest").get_attribute("d")  # six within a minute are a dot, not yet a line
        running.until(lambda: len(running.api("GET", "/api/tanks/FV1/readings?channel=sg")) == 6)
        assert re.search(r"80 %|sure", page.inner_text(".card .sure"))
        assert abs(running.api("GET", "/api/tanks/FV1/readings?channel=sg")[0]["value"] - 1.0501) < 2e-4
    finally:
        page.goto("about:blank")
        running.stop()


def test_signing_in_and_out(cellar, signed_in, page):
    page.goto(cellar.url + "/devices")
    page.wait_for_url("**/sign-in?to=/devices")
    page.fill("[name=name]", "Bea")
    page.fill("[name=password]", "not this one")
    page.click("button:has-text('Sign in')")
    assert "wrong" in page.inner_text(".alert")
    page.fill("[name=name]", "Bea")
    page.fill("[name=password]", "four words are easy")
    page.click("button:has-text('Sign in')")
    page.wait_for_url("**/devices")
    page.goto(cellar.url + "/me")
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in")


def test_a_reading_shows_up_on_the_open_card_without_a_reload(cellar, bea):
    cellar.tank("LIVE")
    door = cellar.device(tank="LIVE")
    cellar.post(door, {"sg": 1.0500, "observed_at": hours_ago(30)})
    bea.goto(cellar.url + "/")
    bea.wait_for_selector("#main article:has-text('LIVE') dd:text('1.050')")
    bea.evaluate("window.same = true")
    cellar.post(door, {"sg": 1.0320, "observed_at": hours_ago(1)})
    bea.wait_for_selector("#main article:has-text('LIVE') dd:text('1.032')")
    assert bea.evaluate("window.same") is True


def test_eight_tabs_of_one_browser_stay_live(cellar, bea):
    cellar.tank("TABS")
    door = cellar.device(tank="TABS")
    cellar.post(door, {"sg": 1.0500, "observed_at": hours_ago(20)})
    tabs = [bea] + [bea.context.new_page() for _ in range(7)]
    for tab in tabs:
        tab.goto(cellar.url + "/")
        tab.wait_for_selector("article:has-text('TABS') dd:text('1.050')")
    cellar.post(door, {"sg": 1.0410, "observed_at": hours_ago(2)})
    for tab in tabs:
        tab.wait_for_selector("article:has-text('TABS') dd:text('1.041')", timeout=20_000)


def test_the_round_works_while_the_network_is_away_and_syncs_later(cellar, bea):
    cellar.tank("OFF")
    bea.goto(cellar.url + "/round?tank=OFF")
    bea.wait_for_function(
        "navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready.then(() => true)"
    )
    bea.reload()
    bea.context.set_offline(True)
    for key in "1.048":
        bea.click(f".keys button:text-is('{key}')")
    bea.click("#keep")
    bea.wait_for_selector("text=1 on this phone")
    bea.goto(cellar.url + "/round")  # even a reload without a network comes up, and has kept what was typed
    bea.wait_for_selector("text=1 on this phone")
    assert cellar.api("GET", "/api/tanks/OFF/readings") == []
    bea.context.set_offline(False)
    bea.wait_for_selector("text=all sent", timeout=30_000)
    cellar.until(lambda: [r["value"] for r in cellar.api("GET", "/api/tanks/OFF/readings?channel=sg")] == [1.048])


def test_what_was_typed_can_be_taken_back(cellar, bea):
    cellar.tank("BACK")
    bea.goto(cellar.url + "/round?tank=BACK")
    for key in "1.049":
        bea.click(f".keys button:text-is('{key}')")
    bea.click("#keep")
    row = bea.locator(".done-list li", has_text="BACK: 1.049 SG")
    row.get_by_text("Undo").click()
    bea.wait_for_selector("text=Taken back")
    cellar.until(lambda: cellar.api("GET", "/api/tanks/BACK")["sg"] is None)
    assert len(cellar.api("GET", "/api/tanks/BACK/readings?channel=sg")) == 1  # kept, not used


def test_what_was_taken_back_before_its_answer_came_is_not_used_either(cellar, bea):
    """The line breaks between the server's commit and its answer: the phone can't know, so it asks, then takes back."""
    cellar.tank("GONE")
    bea.goto(cellar.url + "/round?tank=GONE")
    lost = []

    def answer_is_lost(route):
        lost.append(route.fetch().status)
        route.abort("internetdisconnected")

    bea.route("**/api/round", answer_is_lost, times=1)
    for key in "1.049":
        bea.click(f".keys button:text-is('{key}')")
    bea.click("#keep")
    row = bea.locator(".done-list li", has_text="GONE: 1.049 SG · on this phone")
    cellar.until(lambda: lost or bea.wait_for_timeout(50))
    row.get_by_text("Undo").click()
    bea.wait_for_selector("text=Taken back")
    assert lost == [201]
    cellar.until(lambda: cellar.api("GET", "/api/tanks/GONE")["sg"] is None)
    assert len(cellar.api("GET", "/api/tanks/GONE/readings?channel=sg")) == 1


def test_a_filled_sheet_is_typed_in_later_and_keeps_its_half_day(cellar, bea):
    cellar.tank("PAPER")
    bea.goto(cellar.url + "/round?paper=1&tank=PAPER")
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%d")
    bea.fill("input[type=date]", yesterday)
    for key in "1.047":
        bea.click(f".keys button:text-is('{key}')")
    bea.click("#keep")
    cellar.until(lambda: cellar.api("GET", "/api/tanks/PAPER/readings?channel=sg"))
    (reading,) = cellar.api("GET", "/api/tanks/PAPER/readings?channel=sg")
    assert reading["precision_s"] == 43_200 and reading["observed_at"].startswith(yesterday)


def test_a_refractometer_and_a_warm_hydrometer_are_corrected_and_the_raw_value_kept(cellar, bea):
    cellar.tank("TOOLS")
    cellar.api("POST", "/api/tanks/TOOLS/batches", {"name": "x", "og": 1.050, "pitched_at": hours_ago(50)})
    bea.goto(cellar.url + "/round?tank=TOOLS")
    bea.click("text=°Bx refractometer")
    for key in "6.5":
        bea.click(f".keys button:text-is('{key}')")
    bea.click("#keep")
    cellar.until(lambda: cellar.api("GET", "/api/tanks/TOOLS/readings?channel=sg"))
    (reading,) = cellar.api("GET", "/api/tanks/TOOLS/readings?channel=sg")
    assert 1.005 < reading["value"] < 1.015
    raw = cellar.api("GET", "/api/tanks/TOOLS/story")["events"][-1]["data"]["raw"]
    assert (raw["gravity"], raw["gravity_unit"], raw["instrument"]) == (6.5, "brix", "refractometer")
    bea.goto(cellar.url + "/round?tank=TOOLS")
    bea.click("button:text-is('SG')")
    bea.click("button:text-is('Hydrometer')")
    for key in "1.010":
        bea.click(f".keys button:text-is('{key}')")
    bea.click("[data-field=sample_c]")
    for key in "40":
        bea.click(f".keys button:text-is('{key}')")
    bea.click("#keep")
    cellar.until(lambda: len(cellar.api("GET", "/api/tanks/TOOLS/readings?channel=sg")) == 2)
    assert cellar.api("GET", "/api/tanks/TOOLS/readings?channel=sg")[-1]["value"] == pytest.approx(1.0158, abs=1e-4)


def test_pitch_dry_hop_and_the_tanks_cycle_take_two_taps_and_can_be_undone(cellar, bea):
    cellar.tank("CYCLE")
    cellar.api("POST", "/api/tanks/CYCLE/batches", {"name": "Two Taps"})
    bea.goto(cellar.url + "/")
    bea.click("a:text-is('CYCLE')")
    bea.click("text=Pitched now")
    bea.wait_for_selector(".toast >> text=pitch noted")
    bea.wait_for_selector("text=pitched ")
    bea.click("text=Dry hop now")
    bea.wait_for_selector("li:has-text('dry hop')")
    bea.click("text=It is empty")
    bea.wait_for_selector("text=No beer in it")
    bea.click(".toast:has-text('empty') button")
    bea.wait_for_selector("h1:has-text('Two Taps')")
    bea.click("text=It is empty")
    bea.click("text=Start CIP")
    bea.wait_for_selector("button:text-is('Sanitised')")
    bea.click("button:text-is('Sanitised')")
    cellar.until(lambda: cellar.api("GET", "/api/tanks/CYCLE")["cycle"] == "sanitised")


def test_a_float_is_moved_in_one_tap(cellar, bea):
    cellar.tank("FROM"), cellar.tank("TO")
    cellar.device(tank="FROM", name="Tilt Pink")
    (device,) = [d for d in cellar.api("GET", "/api/devices") if d["name"] == "Tilt Pink"]
    bea.goto(f"{cellar.url}/devices/{device['id']}")
    bea.click("button:text-is('Into TO')")
    cellar.until(lambda: cellar.api("GET", f"/api/devices/{device['id']}")["tank"] == "TO")


def test_a_hand_reading_far_off_proposes_a_correction_that_a_person_accepts(cellar, bea):
    cellar.tank("DRIFT")
    door = cellar.device(tank="DRIFT")
    for hours in range(40, 0, -1):
        cellar.post(door, {"sg": 1.050 - (40 - hours) * 0.0008, "observed_at": hours_ago(hours)})
    entry = {
        "client_id": "drift-0001",
        "tank": "DRIFT",
        "at": hours_ago(2),
        "gravity": 1.0140,
        "instrument": "density meter",
    }
    assert "refused" not in cellar.http.post("/api/round", json=[entry]).json()[0]
    bea.goto(cellar.url + "/tanks/DRIFT")
    bea.wait_for_selector("button:has-text('Correct the float')", timeout=15_000)
    before = cellar.api("GET", "/api/tanks/DRIFT")["sg"]
    bea.click("button:has-text('Correct the float')")
    bea.wait_for_selector("text=Corrected by")
    cellar.until(lambda: cellar.api("GET", "/api/tanks/DRIFT")["sg"] < before - 0.002)


def test_a_device_gets_its_token_shown_once(cellar, bea):
    cellar.tank("TOKEN")
    bea.goto(cellar.url + "/devices")
    bea.select_option("[name=kind]", "json")
    bea.fill("[name=name]", "my float")
    bea.select_option("[name=tank]", "TOKEN")
    bea.click("text=Add, and show its token")
    bea.wait_for_selector("#token-box:not([hidden])")
    url = bea.inner_text("[data-fill=url]")
    assert cellar.post(url.removeprefix(cellar.url), {"sg": 1.05}).status_code == 201
    bea.reload()
    assert not bea.is_visible("[data-fill=url]")


def test_a_viewer_sees_everything_and_changes_nothing(cellar, page):
    cellar.tank("VIEW")
    cellar.post(cellar.device(tank="VIEW"), {"sg": 1.05})
    cellar.forecast("VIEW")
    link = cellar.api("POST", "/api/persons", {"name": "Vic", "role": "viewer"})["path"]
    page.goto(cellar.url + link)
    page.fill("[name=password]", "only looking around")
    page.click("text=Enter")
    page.goto(cellar.url + "/tanks/VIEW")
    page.wait_for_selector(".answer .when")
    assert not page.query_selector("text=Dry hop now") and not page.query_selector("a:text-is('Round')")


def test_units_and_zone_are_the_viewers(cellar, bea):
    cellar.tank("UNITS", volume_l=2000)
    cellar.post(cellar.device(tank="UNITS"), {"sg": 1.0484, "temp_c": 20.0})
    cellar.forecast("UNITS")
    bea.goto(cellar.url + "/me")
    bea.select_option("[name=gravity_unit]", "plato")
    bea.select_option("[name=temperature_unit]", "F")
    bea.select_option("[name=volume_unit]", "bbl")
    bea.fill("[name=zone]", "America/New_York")
    bea.click("text=Keep")
    bea.wait_for_url(cellar.url + "/")
    bea.goto(cellar.url + "/tanks/UNITS")
    text = bea.inner_text("main")
    assert "12.0 °P" in text and "68.0 °F" in text and "17 bbl" in text
    bea.goto(cellar.url + "/me")
    bea.select_option("[name=gravity_unit]", "sg")
    bea.select_option("[name=temperature_unit]", "C")
    bea.click("text=Keep")
    bea.wait_for_url(cellar.url + "/")


def test_everything_can_be_reached_and_named_without_a_mouse(cellar, bea):
    cellar.tank("KEYS")
    cellar.post(cellar.device(tank="KEYS"), {"sg": 1.05})
    cellar.forecast("KEYS")
    nameless = """() => [...document.querySelectorAll('a,button,input,select,summary')].filter((e) => {
        if (e.type === 'hidden' || !e.checkVisibility()) return false;
        const words = e.innerText || e.getAttribute('aria-label') || (e.labels && e.labels[0] && e.labels[0].innerText);
        return !words || !words.trim() || e.tabIndex < 0;
    }).map((e) => e.outerHTML)"""
    for path in ("/", "/tanks/KEYS", "/round", "/start", "/devices", "/people", "/me"):
        bea.goto(cellar.url + path)
        assert bea.evaluate(nameless) == [], path
    bea.goto(cellar.url + "/")
    bea.keyboard.press("Tab")
    assert bea.evaluate("document.activeElement.className") == "skip"


def test_what_to_do_next_stands_above_the_tanks_and_leads_to_its_tank(cellar, bea):
    cellar.tank("NEXT")
    door = cellar.device(tank="NEXT", name="Tilt Red")
    for hours in range(40, 9, -1):
        cellar.post(door, {"sg": 1.050, "observed_at": hours_ago(hours)})
    bea.goto(cellar.url + "/")
    line = bea.locator("#next li", has_text="NEXT look at Tilt Red")
    line.wait_for(timeout=15_000)
    assert "silent for" in line.inner_text()
    assert bea.evaluate("next.getBoundingClientRect().bottom <= document.querySelector('.cards').offsetTop")
    cellar.post(door, {"sg": 1.050, "observed_at": hours_ago(0.02)})
    line.wait_for(state="detached")  # heard again: the line goes without a reload
    line = bea.locator("#next li a").first
    name = line.locator("strong").inner_text() if line.count() else "NEXT"
    bea.click(f"#next a:has-text('{name}')" if line.count() else f".card a:text-is('{name}')")
    bea.wait_for_selector(f"h1:has-text('{name}')")


def test_a_pitch_is_typed_and_kept_on_the_viewers_clock(cellar, bea):
    """The browser is in Berlin, the brewer reads in New York: what the field shows is what is kept."""
    cellar.tank("CLOCK")
    cellar.api("POST", "/api/tanks/CLOCK/batches", {"name": "Clock", "pitched_at": hours_ago(30)})
    cellar.forecast("CLOCK")
    before = datetime.fromisoformat(cellar.api("GET", "/api/tanks/CLOCK/story")["batch"]["pitched_at"])
    bea.goto(cellar.url + "/me")
    bea.fill("[name=zone]", "America/New_York")
    bea.click("text=Keep")
    bea.wait_for_url(cellar.url + "/")
    bea.goto(cellar.url + "/tanks/CLOCK")
    bea.click("text=What is stated of this batch")
    bea.fill("[name=style]", "Pale Ale")
    bea.click("form button:text-is('Keep')")
    cellar.until(lambda: cellar.api("GET", "/api/tanks/CLOCK/story")["batch"]["style"] == "Pale Ale")
    after = datetime.fromisoformat(cellar.api("GET", "/api/tanks/CLOCK/story")["batch"]["pitched_at"])
    assert abs(after - before) < timedelta(minutes=1)
    bea.goto(cellar.url + "/me")
    bea.fill("[name=zone]", "Europe/Berlin")
    bea.click("text=Keep")
    bea.wait_for_url(cellar.url + "/")


def test_the_chart_says_its_units_what_it_expected_before_and_the_same_as_a_table(demo_cellar, page):
    page.goto(demo_cellar.url + "/tanks/FV1")
    page.wait_for_selector("#chart canvas")
    series = demo_cellar.bare.get("/api/tanks/FV1/chart").json()
    assert series["unit"] == {"gravity": "SG", "temp": "°C"} and len(series["fan"]["bands"]) == 7
    assert all(one["name"].startswith("day") and one["path"] for one in series["said"])
    assert re.search(r"\d\d:\d\d · 1\.0\d\d · \d+\.\d °C", page.inner_text("#readout"))
    assert "now" in page.inner_text("section:has-text('What it said, when') table")
    page.click("text=The chart as a table")
    page.wait_for_selector("#numbers td")
    tables = page.locator("#numbers table").all_inner_texts()
    assert "80 %" in tables[0] and "points a day" in tables[1]
    assert all(re.search(r"1\.0\d\d", text) for text in tables)


def test_a_thumb_hits_everything_on_the_phone(demo_cellar, bea):
    """Whatever is pressed is 48 px high; links within a sentence are read, not hunted."""
    small = """() => [...document.querySelectorAll('button, .button, summary, select, nav a, .next a, .choice, .field'
        + ', input:not([type=radio]):not([type=hidden])')].filter((e) => e.checkVisibility())
        .filter((e) => e.getBoundingClientRect().height < 47.5).map((e) => e.outerHTML)"""
    for path in ("/", "/tanks/FV1", "/tanks/FV6", "/round", "/round/sheet", "/start", "/devices", "/devices/1", "/me"):
        bea.goto(demo_cellar.url + path)
        assert bea.evaluate(small) == [], path


def test_the_keyboard_sees_where_it_is_though_what_it_stands_on_is_drawn_anew(demo_cellar, page):
    lit = """() => [document.activeElement, document.activeElement.closest('.card')].filter(Boolean)
        .map((e) => getComputedStyle(e)).some((s) => s.outlineStyle === 'solid' && parseFloat(s.outlineWidth) >= 2)"""
    for path in ("/", "/tanks/FV1", "/start"):
        page.goto(demo_cellar.url + path)
        page.evaluate("document.body.tabIndex = -1; document.body.focus()")
        for _ in range(12):
            page.keyboard.press("Tab")
            page.wait_for_function(lit, timeout=3000)
    page.goto(demo_cellar.url + "/")
    page.focus("#open-1")
    page.evaluate("window.old = document.activeElement")
    page.wait_for_function("() => !window.old.isConnected", timeout=20_000)
    page.wait_for_function("() => document.activeElement.id === 'open-1'", timeout=3000)


def test_the_round_prints_on_one_sheet_of_paper(demo_cellar, page):
    page.set_viewport_size({"width": 1040, "height": 700})  # A4 landscape within its margins
    page.emulate_media(media="print")
    page.goto(demo_cellar.url + "/round/sheet")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate("document.querySelector('.paper').getBoundingClientRect().bottom") < 700
    assert not page.is_visible("nav") and not page.is_visible("button")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1440"])
def test_nothing_overlaps_or_clips(tmp_path_factory, browser, size, scheme, demo_cellar):
    context = browser.new_context(viewport=size, color_scheme=scheme, timezone_id="Europe/Berlin")
    opened, complaints = context.new_page(), []
    watch(opened, complaints)
    SHOTS.mkdir(parents=True, exist_ok=True)
    pages = {"cellar": "/", "tank": "/tanks/FV1", "stuck": "/tanks/FV5", "round": "/round", "start": "/start",
             "devices": "/devices", "sheet": "/round/sheet", "me": "/me", "missing": "/tanks/none"}  # fmt: skip
    for name, path in pages.items():
        opened.goto(demo_cellar.url + path)
        if name == "tank":
            opened.wait_for_selector("#chart canvas")
        opened.wait_for_timeout(300)
        opened.screenshot(path=SHOTS / f"{name}-{size['width']}-{scheme}.png", full_page=True)
        assert opened.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (
            f"{name} is wider than the screen"
        )
        assert opened.evaluate(CLIPPED) == [], name
        assert opened.evaluate(OVERLAPS) == [], name
    context.close()
    assert not complaints, complaints


CLIPPED = """() => [...document.querySelectorAll('h1,h2,p,button,.button,dd,dt,th,td,.chip,label')].filter((e) => {
    if (!e.checkVisibility() || e.closest('.list, .paper')) return false;
    return e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline';
}).map((e) => e.className + ': ' + e.textContent.trim().slice(0, 40))"""
OVERLAPS = """() => {
    const boxes = [...document.querySelectorAll('.card, .when, .sure, .chip, .facts > div, .keys *, .field, .doing *')]
        .filter((e) => e.getClientRects().length).map((e) => [e, e.getBoundingClientRect()]);
    const found = [];
    for (const [a, x] of boxes) for (const [b, y] of boxes) {
        if (a === b || a.contains(b) || b.contains(a)) continue;
        if (x.left < y.right - 1 && y.left < x.right - 1 && x.top < y.bottom - 1 && y.top < x.bottom - 1)
            found.push(a.textContent.trim().slice(0, 20) + ' over ' + b.textContent.trim().slice(0, 20));
    }
    return found;
}"""


@pytest.fixture(scope="module")
def demo_cellar(tmp_path_factory):
    running = Running(tmp_path_factory.mktemp("demo"), "--demo")
    running.until(lambda: all(t["forecast"] for t in running.bare.get("/api/tanks").json()) or None)
    yield running
    running.stop()


def test_colours_have_contrast_enough():
    """4.5 : 1 for every text colour on every ground it stands on, light and dark (WCAG 2.1, 1.4.3)."""
    css = (Path(__file__).parents[1] / "src/cellarhand/web/static/app.css").read_text()
    blocks = re.findall(r":root \{([^}]+)\}", css)[:2]

    def luminance(colour):
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    def contrast(a, b):
        high, low = sorted((luminance(a), luminance(b)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    for block in blocks:
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for text in ("ink", "quiet", "cold", "bad", "warn"):
            for ground in ("paper", "sheet"):
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground, colours[text])
        assert contrast(colours["on-go"], colours["go"]) >= 4.5
        assert contrast(colours["quiet"], colours["press"]) >= 4.5
