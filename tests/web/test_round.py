"""The round in a real browser: thumb, paper, no network, and taking back."""

from datetime import UTC, datetime, timedelta

import pytest

from browsing import IN_A_BROWSER, hours_ago

pytestmark = IN_A_BROWSER


def test_the_round_works_while_the_network_is_away_and_syncs_later(cellar, bea):
    cellar.tank("OFF")
    bea.goto(cellar.url + "/round?tank=OFF")
    bea.wait_for_function(
        "navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready.then(() => true)"
    )
    bea.reload()
    bea.context.set_offline(True)
    bea.route("**/api/round", lambda route: route.abort("internetdisconnected"))  # a page just loaded may be online yet
    for key in "1.048":
        bea.click(f".keys button:text-is('{key}')")
    bea.click("#keep")
    bea.wait_for_selector("text=1 on this phone")
    bea.goto(cellar.url + "/round")  # even a reload without a network comes up, and has kept what was typed
    bea.wait_for_selector("text=1 on this phone")
    assert cellar.api("GET", "/api/tanks/OFF/readings") == []
    bea.unroute("**/api/round")
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
