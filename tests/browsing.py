"""A real browser for tests: Debian's chromium, and what its pages complain of."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
IN_A_BROWSER = [
    pytest.mark.web,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium: pages are unproven without it"),
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
SHOTS = Path(__file__).parents[1] / "build" / "shots"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--disable-quic"]  # fmt: skip

EXPECTED = ("ERR_INTERNET_DISCONNECTED", "status of 403", "status of 404")  # each is also told to the person


def watch(page, complaints):
    """Collects what a page complains of."""

    def heard(message):
        if message.type == "error" and not any(word in message.text for word in EXPECTED):
            complaints.append(message.text)

    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", heard)


def hours_ago(hours):
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


def sign_in(server, browser):
    """The cookies of somebody who has signed in at that server, as an admin by a one-time link."""
    link = server.api("POST", "/api/persons", {"name": "Bea", "role": "admin"})["path"]
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(server.url + link)
    opened.fill("[name=name]", "Bea")
    opened.fill("[name=password]", "four words are easy")
    opened.click("text=Enter")
    opened.wait_for_url(server.url + "/")
    state = context.storage_state()
    context.close()
    return state
