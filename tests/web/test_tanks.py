"""Tanks, devices and people in a real browser: what is done in two taps, and seen in one's own units."""

from datetime import datetime, timedelta

from browsing import IN_A_BROWSER, hours_ago

pytestmark = IN_A_BROWSER


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
    with bea.expect_navigation():  # the page goes on by itself, and would cut off the next one
        bea.click("form button:text-is('Keep')")
    cellar.until(lambda: cellar.api("GET", "/api/tanks/CLOCK/story")["batch"]["style"] == "Pale Ale")
    after = datetime.fromisoformat(cellar.api("GET", "/api/tanks/CLOCK/story")["batch"]["pitched_at"])
    assert abs(after - before) < timedelta(minutes=1)
    bea.goto(cellar.url + "/me")
    bea.fill("[name=zone]", "Europe/Berlin")
    bea.click("text=Keep")
    bea.wait_for_url(cellar.url + "/")
