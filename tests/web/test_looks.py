"""How the pages look: charts, thumbs, keyboard, paper, both schemes and both sizes."""

import re
from pathlib import Path

import pytest

from browsing import DESK, IN_A_BROWSER, PHONE, SHOTS, watch

pytestmark = IN_A_BROWSER


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
    for path in (
        "/",
        "/tanks/FV1",
        "/tanks/FV6",
        "/round",
        "/round/sheet",
        "/start",
        "/devices",
        "/devices/1",
        "/me",
        "/promises",
        "/rungs",
    ):
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
            page.wait_for_function(lit, timeout=20000)
    page.goto(demo_cellar.url + "/")
    page.focus("#open-1")
    page.evaluate("window.old = document.activeElement")
    page.wait_for_function("() => !window.old.isConnected", timeout=20_000)
    page.wait_for_function("() => document.activeElement.id === 'open-1'", timeout=20000)


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
             "devices": "/devices", "sheet": "/round/sheet", "me": "/me", "promises": "/promises",
             "rungs": "/rungs", "week": "/promises/week", "missing": "/tanks/none"}  # fmt: skip
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


def test_colours_have_contrast_enough():
    """4.5 : 1 for every text colour on every ground it stands on, light and dark (WCAG 2.1, 1.4.3)."""
    css = (Path(__file__).parents[2] / "src/cellarhand/web/static/app.css").read_text()
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
