"""Every public page in the real browser: axe in both themes, three widths, small, and asking nobody else."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Request

from tests.members import phrase_of

pytestmark = pytest.mark.browser

PATHS = (
    "/",
    "/incidents",
    "/incidents/inc-ciphr",
    "/incidents/inc-ciphr/cite",
    "/organisations",
    "/organisations/ciphr",
    "/actors",
    "/actors/lazarus-group",
    "/techniques",
    "/techniques?all",
    "/techniques/T1566",
    "/sources",
    "/sources/ciphr",
    "/stats",
    "/corrections",
    "/about",
    "/accuracy",
    "/agreement",
    "/codebook",
    "/codebook/technique",
    "/search?q=ciphr",
    "/search",
    "/search?q=nothingislikethat",
    "/search?q=ciphr+date%3A2017-13",
    "/search?q=ciphr&as_of=2026-01-03",
    "/search?similar=inc-ciphr",
    "/search?similar=inc-ciphr&q=nothingislikethat",
    "/search?as_of=yesterday",
    "/incidents/inc-ciphr?as_of=2026-01-03",
    "/incidents/inc-ciphr?since=2026-01-01",
    "/api",
    "/nothing",
)

#: The largest a page may be, without its pictures.
MOST_BYTES = 100_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(browser: Browser, site: str, scheme: str) -> None:
    """Axe needs a script in the page, which the policy of the page would refuse: the test alone lifts it."""
    with browser.new_context(base_url=site, color_scheme=scheme, bypass_csp=True) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto("/enter")
        page.locator("#phrase").fill(phrase_of("member"))
        page.get_by_role("button", name="Enter", exact=True).click()
        found: dict[str, list[str]] = {}
        for path in (*PATHS, page.request.get("/api/v1/reports").json()["items"][0]["id"]):
            page.goto(path if path.startswith("/") else f"/reports/{path}")
            page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
            violations = Axe().run(page).response["violations"]
            said = [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in violations]
            if said:
                found[path] = said
        assert found == {}


def test_pages_are_small_fit_every_width_and_ask_nobody_else(browser: Browser, site: str) -> None:
    asked: list[str] = []
    refused: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    with browser.new_context(base_url=site) as context:
        page = context.new_page()
        page.on("request", note)
        page.on("console", lambda message: refused.append(message.text) if "Policy" in message.text else None)
        for path in PATHS:
            answer = page.goto(path)
            assert answer is not None
            assert len(answer.body()) < MOST_BYTES, path
            for width in (320, 390, 1024, 1440):
                page.set_viewport_size({"width": width, "height": 800})
                wide = page.locator("html").evaluate("page => page.scrollWidth")
                assert wide <= width, (path, width)
    assert [url for url in asked if not url.startswith(site)] == []
    assert refused == []


def test_pictures_are_drawn_in_the_page(browser: Browser, site: str) -> None:
    with browser.new_context(base_url=site) as context:
        page = context.new_page()
        page.goto("/stats")
        images = page.locator(".figure img")
        assert images.count() > 3
        for number in range(images.count()):
            images.nth(number).scroll_into_view_if_needed()
            page.wait_for_function(
                "number => document.querySelectorAll('.figure img')[number].naturalWidth > 0", arg=number
            )


def test_a_part_of_the_summary_leads_to_the_values_it_says(browser: Browser, site: str) -> None:
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/incidents/inc-ciphr")
        part = page.locator("#summary ~ .lead a.clause", has_text="26 April 2017")
        part.click()
        assert page.url.endswith("#f-date.occurred")
        assert "26 April 2017" in page.locator(":target").inner_text()


def test_a_printed_record_has_all_evidence_and_no_navigation(browser: Browser, site: str) -> None:
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/incidents/inc-ciphr")
        quotes = page.locator(".voice blockquote")
        assert not quotes.first.is_visible()
        page.emulate_media(media="print")
        assert all(each.is_visible() for each in quotes.all()[:40])
        for hidden in (".top nav", ".find", ".foot", ".skip", ".voice figcaption > a", ".reasons a"):
            assert not page.locator(hidden).first.is_visible(), hidden
        assert page.locator(".printed").inner_text() == f"{site}/incidents/inc-ciphr"
        assert len(page.pdf(format="A4")) > 10_000
