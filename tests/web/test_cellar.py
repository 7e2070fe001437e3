"""The cellar in a real browser: from nothing to a forecast, signing in, and pages that stay live."""

import re

from browsing import IN_A_BROWSER, hours_ago
from serving import Running

pytestmark = IN_A_BROWSER


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
