"""The workbench in a real browser, over a real server and a real SQLite database."""

import re
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from bench.reviewing import read_cases, trial
from playwright.sync_api import Browser, Page, Route, expect

from incidex.app.library import StoreLibrary
from incidex.model import (
    Change,
    Claim,
    Claimed,
    Document,
    Evidence,
    Linked,
    Received,
    Report,
    Role,
    Sampled,
    Source,
    Span,
    Speaker,
)
from incidex.store import SqliteLog
from incidex.web import Desk, make_app
from tests.browser.conftest import AT, HOSTILE, make_ciphr, make_hostile, make_report
from tests.members import PEOPLE, make_accounts, phrase_of
from tests.running import running

pytestmark = pytest.mark.browser

CIPHR = make_report("Ciphr")[0].id
BENCH = f"/review/inc-ciphr/{CIPHR}"
ARABIC = "قال سيفر إن كلمات المرور 💥 سُرقت في 26 أبريل 2017."


def make_long() -> Iterator[Change]:
    """A report of half a megabyte in two directions, with claims that overlap and stand at its very end."""
    text = f"{ARABIC}\n" + "The firm said nothing new today, and nobody asked. \n" * 9_800 + "The last word."
    report = Report(sha256=sha256(text.encode()).hexdigest(), source=Source(name="Long", role=Role.PRESS))
    yield Change(
        record=report.id,
        version=1,
        body=Received(report, Document(report=report.id, text=text)),
        by="x",
        at=AT,
    )
    spans = [(0, 12), (4, 20), (4, 9), (9, 30), (len(text) - 5, len(text) - 1), (0, 400_000)]
    claims = tuple(
        Claim(
            report=report.id,
            field="victim.name",
            value=f"Firm {place}",
            speaker=Speaker("Long"),
            coder="rules@1",
            evidence=Evidence.of(text, Span(*span)),
        )
        for place, span in enumerate(spans)
    )
    yield Change(record="inc-long", version=1, body=Linked(report), by="x", at=AT)
    yield Change(record="inc-long", version=2, body=Claimed(claims), by="x", at=AT)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    made = SqliteLog(tmp_path / "incidex.db")
    for changes in (make_ciphr(), make_hostile(), make_long()):
        made.append(list(changes))
    yield made
    made.close()


@pytest.fixture
def site(log: SqliteLog) -> Iterator[str]:
    app = make_app(StoreLibrary(log), accounts=make_accounts(PEOPLE), desk=Desk(log))
    with running(app) as port:
        yield f"http://127.0.0.1:{port}"


def enter(browser: Browser, site: str, name: str = "ana", **options: object) -> Page:
    page = browser.new_context(base_url=site, **options).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(10_000)
    page.goto("/enter")
    page.locator("#phrase").fill(phrase_of(name))
    page.get_by_role("button", name="Enter", exact=True).click()
    return page


@pytest.fixture
def ana(browser: Browser, site: str) -> Iterator[Page]:
    page = enter(browser, site)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(BENCH)
    yield page
    page.context.close()
    assert errors == []


def card(page: Page, value: str) -> str:
    """Return the selector of the card of a value."""
    number = page.locator(".card", has=page.locator(".said", has_text=value)).first.get_attribute("id")
    return f"#{number}"


def choose(page: Page, words: str) -> None:
    """Select words of the report, as a hand with a mouse does."""
    page.evaluate(
        """words => {
            const walker = document.createTreeWalker(document.getElementById("text"), NodeFilter.SHOW_TEXT);
            for (let node; (node = walker.nextNode());) {
                const at = node.data.indexOf(words);
                if (at < 0) continue;
                getSelection().setBaseAndExtent(node, at, node, at + words.length);
                return;
            }
            throw new Error(`not in one node: ${words}`);
        }""",
        words,
    )


def test_a_claim_leads_to_its_words_and_words_to_their_claim(ana: Page) -> None:
    ana.locator(card(ana, "IMEI numbers")).locator("a.find").click()
    expect(ana.locator("mark.on")).to_have_text("IMEI numbers")
    ana.locator("mark", has_text="e-mail addresses").click()
    expect(ana.locator(".card.on .said")).to_have_text("Email addresses")


def test_keys_accept_reject_flag_and_undo(ana: Page, log: SqliteLog) -> None:
    ana.locator(card(ana, "IMEI numbers")).locator(".card-value").click()
    ana.keyboard.press("a")
    expect(ana.locator(card(ana, "IMEI numbers"))).to_have_attribute("data-state", "accepted")
    ana.locator(card(ana, "Email addresses")).locator(".card-value").click()
    ana.keyboard.press("r")
    ana.keyboard.press("2")
    expect(ana.locator(card(ana, "Email addresses"))).to_have_attribute("data-state", "rejected")
    expect(ana.locator(card(ana, "Email addresses"))).to_contain_text("another value is meant")
    ana.locator(card(ana, "Devices replaced")).locator(".card-value").click()
    ana.keyboard.press("s")
    ana.keyboard.type("whose phones?")
    ana.keyboard.press("Enter")
    expect(ana.locator(card(ana, "Devices replaced"))).to_have_attribute("data-state", "needs a second look")
    ana.keyboard.press("u")
    expect(ana.locator(card(ana, "Devices replaced"))).to_have_attribute("data-state", "new")
    assert [change.by for change in log.history("inc-ciphr")][-4:] == ["person:ana"] * 4


def test_a_key_that_types_a_word_decides_nothing(ana: Page, log: SqliteLog) -> None:
    before = log.last_serial()
    ana.keyboard.press("n")
    ana.locator("#f-quote").fill("")
    ana.locator("#f-quote").press_sequentially("a raw saucer")
    assert ana.locator("#f-quote").input_value() == "a raw saucer"
    assert log.last_serial() == before


def test_chosen_words_become_a_claim_with_one_key(ana: Page, log: SqliteLog) -> None:
    choose(ana, "26 April 2017")
    expect(ana.locator("#selected")).to_contain_text("26 April 2017")
    offered = ana.locator("#selected li", has_text="Occurred").first
    expect(offered).to_be_visible()
    ana.keyboard.press(offered.locator("kbd").inner_text())
    expect(ana.locator("#told")).to_contain_text("added")
    body = log.history("inc-ciphr")[-1].body
    assert isinstance(body, Claimed)
    evidence = body.claims[0].evidence
    assert evidence is not None
    assert (evidence.quote, body.claims[0].coder) == ("26 April 2017", "person:ana")


def test_words_are_chosen_and_claimed_by_keys_alone(ana: Page, log: SqliteLog) -> None:
    ana.keyboard.press("w")
    ana.keyboard.press("Shift+ArrowRight")
    expect(ana.locator("#selected")).to_be_visible()
    ana.keyboard.press("n")
    expect(ana.locator("#f-field")).to_be_focused()
    quote = ana.locator("#f-quote").input_value()
    assert quote
    ana.locator("#f-field").select_option("victim.name")
    ana.locator("#f-value").fill("Ciphr Ltd")
    ana.keyboard.press("Enter")
    expect(ana.locator("#told")).to_contain_text("added Victim: Ciphr Ltd")
    body = log.history("inc-ciphr")[-1].body
    assert isinstance(body, Claimed)
    assert body.claims[0].evidence is not None
    assert body.claims[0].evidence.quote == quote


def test_a_correction_sets_value_speaker_and_stance(ana: Page) -> None:
    ana.locator(card(ana, "IMEI numbers")).locator(".card-value").click()
    ana.keyboard.press("c")
    expect(ana.locator("#f-value")).to_have_value("IMEI numbers")
    ana.locator("#f-value").fill("phone numbers")
    ana.locator("#f-speaker").fill("SkySecure")
    ana.locator("#f-role").select_option("named party")
    ana.locator("#f-stance").select_option("denies")
    ana.get_by_role("button", name="Put this in its place").click()
    expect(ana.locator(card(ana, "Phone numbers"))).to_contain_text("SkySecure (named party) denies it")
    expect(ana.locator(card(ana, "IMEI numbers"))).to_have_attribute("data-state", "rejected")


def test_a_slow_answer_to_an_older_wish_does_not_shut_a_form_in_use(ana: Page) -> None:
    held: list[Route] = []
    answers = 0

    def hold_the_second(route: Route) -> None:
        nonlocal answers
        answers += 1
        held.append(route) if answers == 2 else route.continue_()

    ana.route("**/*part=form*", hold_the_second)
    ana.keyboard.press("n")
    ana.locator("#f-field").select_option("victim.name")
    ana.locator("#f-quote").fill("26 April 2017")
    ana.locator("#f-value").fill("Ciphr Ltd")
    ana.keyboard.press("Enter")
    expect(ana.locator("#told")).to_contain_text("added")
    expect(ana.locator("#f-field")).to_be_hidden()
    ana.keyboard.press("n")
    expect(ana.locator("#f-field")).to_be_visible()
    ana.locator("#f-value").fill("Boom")
    with ana.expect_response("**/*part=form*"):
        held[0].continue_()
    ana.wait_for_timeout(100)
    expect(ana.locator("#f-field")).to_be_visible()
    expect(ana.locator("#f-value")).to_have_value("Boom")


def test_the_codebook_helps_with_a_value_and_refuses_a_wrong_one(ana: Page) -> None:
    ana.keyboard.press("n")
    ana.locator("#f-quote").fill("IMEI numbers")
    ana.locator("#f-field").select_option("data.class")
    ana.locator("#f-value").press_sequentially("passw")
    expect(ana.locator("#f-values option").first).to_have_attribute("value", "Passwords")
    ana.locator("#f-value").fill("wizardry")
    ana.get_by_role("button", name="Add the claim").click()
    expect(ana.locator("#told")).to_contain_text("cannot be")
    expect(ana.locator("#f-value")).to_have_value("wizardry")


def test_two_on_one_record_see_each_others_decisions(ana: Page, browser: Browser, site: str) -> None:
    bo = enter(browser, site, "bo")
    bo.goto(BENCH)
    bo.locator(card(bo, "IMEI numbers")).locator(".card-value").click()
    bo.keyboard.press("a")
    expect(ana.locator(card(ana, "IMEI numbers"))).to_have_attribute("data-state", "accepted")
    expect(ana.locator("#told")).to_contain_text("bo accepted Data classes: IMEI numbers")
    bo.context.close()


def test_whoever_is_overtaken_is_told_and_nothing_is_written(
    ana: Page, browser: Browser, site: str, log: SqliteLog
) -> None:
    ana.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")  # it looks no more
    bo = enter(browser, site, "bo")
    bo.goto(BENCH)
    bo.locator(card(bo, "IMEI numbers")).locator(".card-value").click()
    bo.keyboard.press("r")
    bo.keyboard.press("1")
    expect(bo.locator("#told")).to_contain_text("rejected")
    ana.locator(card(ana, "IMEI numbers")).locator(".card-value").click()
    ana.keyboard.press("a")
    expect(ana.locator("#told")).to_contain_text("bo rejected Data classes: IMEI numbers")
    expect(ana.locator("#told")).to_contain_text("Nothing of yours was written")
    assert log.history("inc-ciphr")[-1].by == "person:bo"
    bo.context.close()


def test_everything_basic_works_without_script(browser: Browser, site: str, log: SqliteLog) -> None:
    page = enter(browser, site, java_script_enabled=False)
    page.goto(BENCH)
    page.get_by_role("button", name="Accept Data classes: IMEI numbers").click()
    expect(page.locator(card(page, "IMEI numbers"))).to_have_attribute("data-state", "accepted")
    box = page.locator(card(page, "Email addresses"))
    box.locator("summary").click()
    box.get_by_label("Why").fill("it was postal addresses")
    box.get_by_role("button", name="Reject", exact=True).click()
    expect(page.locator(card(page, "Email addresses"))).to_contain_text("it was postal addresses")
    page.locator("#form-box summary").click()
    page.locator("#f-quote").fill("replacement phone")
    page.locator("#f-field").select_option("response")
    page.locator("#f-value").fill("nonsense")
    page.get_by_role("button", name="Add the claim").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be")
    page.locator("#f-value").fill("devices replaced")
    page.get_by_role("button", name="Add the claim").click()
    page.get_by_role("button", name="Undo my last step").click()
    bodies = [change.body for change in log.history("inc-ciphr") if change.by == "person:ana"]
    assert [type(body).__name__ for body in bodies] == ["Decided", "Decided", "Claimed", "Decided"]
    page.context.close()


def test_hostile_words_stay_words_on_the_workbench(browser: Browser, site: str) -> None:
    page = enter(browser, site)
    page.goto("/review")
    page.goto("/review/inc-hostile")
    page.locator(".reports a").first.click()
    expect(page.locator(".card.on")).to_be_visible()
    assert page.title() != "owned"
    assert page.locator("#bench img, #bench script, #bench [onerror]").count() == 0
    assert HOSTILE in page.locator("#text").inner_text()
    page.keyboard.press("a")
    expect(page.locator("#told")).to_contain_text("accepted")
    assert page.title() != "owned"
    page.context.close()


def test_half_a_megabyte_is_there_at_once_and_its_last_word_can_be_claimed(
    browser: Browser, site: str, log: SqliteLog
) -> None:
    page = enter(browser, site)
    page.goto("/review/inc-long")
    started = time.process_time()
    page.locator(".reports a").first.click()
    expect(page.locator(".card.on")).to_be_visible()
    assert time.process_time() - started < 5  # of the server and this test together
    choose(page, "The last ")
    page.keyboard.press("n")
    expect(page.locator("#f-quote")).to_have_value("The last")
    page.locator("#f-field").select_option("victim.name")
    page.locator("#f-value").fill("The last")
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_contain_text("added")
    choose(page, "💥")
    page.keyboard.press("n")
    page.locator("#f-field").select_option("victim.name")
    page.locator("#f-value").fill("Boom")
    page.keyboard.press("Enter")
    expect(page.locator(card(page, "Boom"))).to_be_visible()
    quotes = [
        body.claims[0].evidence.quote
        for body in (change.body for change in log.history("inc-long"))
        if isinstance(body, Claimed) and body.claims[0].is_by_person and body.claims[0].evidence
    ]
    assert quotes == ["The last", "💥"]
    page.context.close()


PAGES = [
    *("/enter", "/review", "/review/inc-ciphr", BENCH, f"{BENCH}?correct=none"),
    *("/incidents/inc-ciphr", "/incidents/new", "/agreement"),
]


@pytest.fixture
def sampled(log: SqliteLog) -> str:
    """Draw one report for ana and bo, and return the page on which each answers for it."""
    long = next(
        change.body.report.id for change in log.history("inc-long") if isinstance(change.body, Linked)
    )
    body = Sampled(1, ("person:ana", "person:bo"), (("inc-long", long),), log.last_serial())
    log.append([Change(record="smp-1", version=1, body=body, by="x", at=AT)])
    return f"/samples/smp-1/inc-long/{long}"


def answer(page: Page, sheet: str, says: str) -> None:
    page.goto(sheet)
    for box in page.get_by_label(says).all():
        box.check()
    page.get_by_role("button", name="Hand in my answers").click()
    expect(page).to_have_url(re.compile("/samples/smp-1$"))


def test_two_answer_blind_and_then_see_each_other(browser: Browser, site: str, sampled: str) -> None:
    ana, bo = enter(browser, site), enter(browser, site, "bo", java_script_enabled=False)
    answer(ana, sampled, "it says so")
    assert "Firm 0" not in ana.content()
    bo.goto("/samples/smp-1")
    assert "Firm 0" not in bo.content()
    answer(bo, sampled, "it does not")
    assert "Firm 0" in bo.content()
    bo.goto("/agreement")
    expect(bo.locator("#people")).to_be_visible()
    for page in (ana, bo):
        page.context.close()


def test_review_takes_far_fewer_clicks_and_keys_than_typing(browser: Browser) -> None:
    case = read_cases()[1]
    with trial(browser) as reviewer:
        hand = reviewer.review(case)
        typed, values = reviewer.type(case)
    assert values >= 5
    assert 0 < 2 * (hand.clicks + hand.keys) < typed.clicks + typed.keys


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, site: str, sampled: str, scheme: str) -> None:
    page = enter(browser, site, color_scheme=scheme)
    for path in (*PAGES, "/samples/smp-1", sampled):
        page.goto(path)
        if path == BENCH:
            page.keyboard.press("j")
            page.keyboard.press("r")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        if path == BENCH:
            page.keyboard.press("Escape")
            choose(page, "26 April 2017")
            expect(page.locator("#selected")).to_be_visible()
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            page.keyboard.press("Escape")
            page.keyboard.press("?")
            expect(page.locator("#keys")).to_be_visible()
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
    page.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_scrolls_sideways(browser: Browser, site: str, width: int) -> None:
    page = enter(browser, site, viewport={"width": width, "height": 800})
    for path in PAGES:
        page.goto(path)
        assert page.locator("html").evaluate("page => page.scrollWidth") <= width, path
    page.context.close()
