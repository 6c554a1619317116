"""The pages as a person meets them, in headless Chromium."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

RECORD = "/incidents/inc-ciphr"
SECRET = ("Grudge", "in order to discredit us", "acted out of malice")


def test_the_record_names_its_victim_and_its_day(public: Page) -> None:
    public.goto(RECORD)
    assert public.get_by_role("heading", level=1).inner_text() == "Cyber Incident Victim: Ciphr"
    assert "26 April 2017" in public.locator("article header").inner_text()


def test_the_public_is_told_what_is_withheld_and_gets_none_of_it(public: Page) -> None:
    answer = public.goto(RECORD)
    assert answer is not None
    head = public.locator("section", has=public.locator("#glance")).inner_text()
    assert "1 motive" in head
    assert "0 techniques" in head
    assert "1 actor" in head
    assert "available to members" in head
    json = public.request.get("/api/v1/incidents/inc-ciphr").text()
    for body in (answer.text(), json):
        assert not [secret for secret in SECRET if secret in body]


def test_a_member_sees_what_the_public_does_not(member: Page) -> None:
    answer = member.goto(RECORD)
    assert answer is not None
    assert "Grudge" in answer.text()
    assert "acted out of malice" in answer.text()
    member.get_by_role("button", name="Leave", exact=True).click()
    left = member.goto(RECORD)
    assert left is not None
    assert "Grudge" not in left.text()


def test_a_value_opens_its_evidence_and_leads_to_the_very_words(public: Page) -> None:
    public.goto(RECORD)
    value = public.locator("details.value", has=public.locator(".said", has_text="IMEI numbers"))
    quote = value.locator("mark")
    assert not quote.is_visible()
    value.locator("summary").click()
    assert quote.is_visible()
    words = quote.inner_text()
    value.get_by_role("link", name="Read it in the report").click()
    assert public.locator("mark#chosen").inner_text() == words == "IMEI numbers"
    assert public.locator("mark").count() > 1


def test_both_sides_of_a_dispute_stand_open_side_by_side_at_one_size(member: Page) -> None:
    member.set_viewport_size({"width": 1280, "height": 900})
    member.goto(RECORD)
    value = member.locator("details.value", has=member.locator(".said", has_text="SkySecure"))
    said, denied = (value.locator(".side").nth(each).bounding_box() for each in (0, 1))
    assert said is not None
    assert denied is not None
    assert said["width"] == pytest.approx(denied["width"], abs=1)
    assert said["y"] == denied["y"]
    assert value.locator(".side").nth(1).inner_text().casefold().startswith("denies it")


def test_what_is_only_denied_has_its_own_section(public: Page) -> None:
    public.goto(RECORD)
    section = public.locator("section", has=public.locator("#denied"))
    assert "Confirmed" in section.inner_text()
    assert section.locator(".badge").all_inner_texts() == ["¬ denied"]


@pytest.mark.parametrize("path", ["/", RECORD, "/enter", "/codebook", "/codebook/technique", "/nothing"])
def test_a_phone_shows_every_page_without_sideways_scrolling(public: Page, path: str) -> None:
    public.set_viewport_size({"width": 375, "height": 700})
    public.goto(path)
    box = public.locator("html").evaluate("page => page.scrollWidth")
    assert box <= 375


def test_hostile_words_stay_words(scripted: Page) -> None:
    for path in ("/", "/incidents/inc-hostile"):
        scripted.goto(path)
        assert scripted.title() != "owned"
        assert (
            scripted.locator(
                "script:not([type='application/ld+json']), img:not([src^='/charts/']), [onerror]"
            ).count()
            == 0
        )
        assert scripted.locator("script").count() == (path != "/")  # what the record is, for machines
    assert scripted.locator("a[href^='javascript']").count() == 0
    scripted.locator(".reports a").first.click()
    assert scripted.title() != "owned"
    assert scripted.locator("script, img").count() == 0


def test_the_keyboard_reaches_the_evidence(public: Page) -> None:
    public.goto(RECORD)
    public.keyboard.press("Tab")
    assert public.locator(":focus").inner_text() == "Skip to the content"
    summary = public.locator("details.value summary").last
    summary.focus()
    public.keyboard.press("Enter")
    assert public.locator("details.value").last.get_attribute("open") is not None
