"""Fixtures and the house rule that in CI a skip is a failure."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, which proves nothing: {report.longrepr}"


@pytest.fixture(scope="session")
def shared():
    """The folder of real data beside the checkout; a user's clone doesn't have it."""
    if not SHARED.is_dir():
        pytest.skip("needs the shared data folder beside the checkout")
    return SHARED


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One real server for a module's tests; each makes its own tanks."""
    from serving import Running

    running = Running(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()
