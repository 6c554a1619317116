"""The pages where members work, in the real browser: axe, small, narrow, and by keyboard alone."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from incidex.app.library import StoreLibrary
from incidex.model import MemberRole
from incidex.store import MemoryLog
from incidex.web import Desk, make_app
from tests.browser.conftest import make_ciphr
from tests.browser.test_browser_site import MOST_BYTES
from tests.members import PEOPLE, make_accounts, phrase_of
from tests.running import running

pytestmark = pytest.mark.browser

PATHS = ("/members", "/members?q=nobody", "/account", "/review", "/incidents/new", "/agreement")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    log = MemoryLog()
    log.append(list(make_ciphr()))
    accounts = make_accounts(PEOPLE | {"ed": MemberRole.EDITOR})
    app = make_app(StoreLibrary(log), accounts=accounts, desk=Desk(log))
    with running(app) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_members_work(browser: Browser, site: str, scheme: str) -> None:
    with browser.new_context(base_url=site, color_scheme=scheme, bypass_csp=True) as context:  # type: ignore[arg-type]
        page = context.new_page()
        come_in(page, "ed")
        page.goto("/members")
        one = page.locator("table.list a", has_text="ana").get_attribute("href")
        found: dict[str, list[str]] = {}
        for path in (*PATHS, str(one)):
            answer = page.goto(path)
            assert answer is not None
            assert len(answer.body()) < MOST_BYTES, path
            page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
            violations = Axe().run(page).response["violations"]
            said = [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in violations]
            if said:
                found[path] = said
            page.set_viewport_size({"width": 320, "height": 800})
            assert page.locator("html").evaluate("page => page.scrollWidth") <= 320, path
            page.set_viewport_size({"width": 1280, "height": 800})
        assert found == {}


def test_an_editor_gives_a_role_and_takes_it_back_by_keyboard(browser: Browser, site: str) -> None:
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        come_in(page, "ed")
        page.goto("/members")
        reach(page, "bo")
        page.keyboard.press("Enter")
        page.wait_for_url("**/members/*")
        assert page.locator("h1").inner_text() == "bo"
        reach(page, "select")
        page.keyboard.type("coder")
        reach(page, "Give this role")
        page.keyboard.press("Enter")
        expect(page.locator(".history")).to_contain_text("made a coder of a reviewer")
        reach(page, "Take it back")
        page.keyboard.press("Enter")
        expect(page.locator(".history")).to_contain_text("made a reviewer of a coder")
        expect(page.locator(".lead")).to_contain_text("reviewer")


def come_in(page: Page, name: str) -> None:
    page.goto("/enter")
    page.locator("#phrase").fill(phrase_of(name))
    page.get_by_role("button", name="Enter", exact=True).click()


def reach(page: Page, wanted: str) -> None:
    """Press the tabulator until the focus is on what is called so, or is an element of that kind."""
    for _ in range(120):
        page.keyboard.press("Tab")
        told = page.evaluate("[document.activeElement.localName, document.activeElement.innerText]")
        if wanted == told[0] or " ".join(told[1].split()).startswith(wanted):
            return
    raise AssertionError(f"{wanted} is not reached")


def test_a_search_is_read_to_its_evidence_by_keyboard(browser: Browser, site: str) -> None:
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        reach(page, "input")
        page.keyboard.type("passwords OR ciphr")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?*")
        reach(page, "Ciphr")
        page.keyboard.press("Enter")
        page.wait_for_url("**/incidents/*")
        assert page.locator("h1").inner_text() == "Cyber Incident Victim: Ciphr"
        quote = page.locator("#f-date\\.occurred blockquote").first
        assert not quote.is_visible()
        reach(page, "26 April 2017")
        reach(page, "summary")
        page.keyboard.press("Enter")
        assert page.locator(".voice blockquote >> visible=true").count() > 0
        reach(page, "Read it in the report")
        page.keyboard.press("Enter")
        page.wait_for_url("**/reports/**")
        assert page.locator("mark.chosen").is_visible()
