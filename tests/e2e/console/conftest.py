"""One console for the module, signed in; whatever the browser complains about fails the test."""

import pytest

from tests.e2e.console.served import PASSWORD, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(f"sqlite:///{tmp_path_factory.mktemp('console') / 'onward.db'}") as running:
        running.stage.stock(history_of="4")
        running.accounts.add("Ada", PASSWORD)
        yield running


@pytest.fixture
def opened(browser, served):
    """Open a page of the console as Ada: ``opened("/admin", color_scheme="dark")``."""
    contexts, complaints = [], []

    def open_page(path: str, width: int = 1280, height: int = 900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        served.sign_in(page)
        page.goto(f"{served.url}{path}")
        return page

    open_page.complaints = complaints
    yield open_page
    for context in contexts:
        context.close()
    assert [line for line in complaints if "422" not in line] == []
