"""Browser, pages and cellars that the tests of the pages share."""

import pytest

from browsing import CHROMIUM, PHONE, QUIET, sign_in, watch
from serving import Running


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="module")
def cellar(tmp_path_factory):
    running = Running(tmp_path_factory.mktemp("cellar"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def signed_in(cellar, browser):
    """The cookie of a brewer who is signed in."""
    return sign_in(cellar, browser)


@pytest.fixture
def bea(page, signed_in):
    """The phone's page, signed in."""
    page.context.add_cookies(signed_in["cookies"])
    return page


@pytest.fixture(scope="module")
def demo_cellar(tmp_path_factory):
    running = Running(tmp_path_factory.mktemp("demo"), "--demo")
    running.until(lambda: all(t["forecast"] for t in running.bare.get("/api/tanks").json()) or None)
    yield running
    running.stop()
