"""Count a reviewer's clicks and keys for ten records, and those of typing the same values into a form.

    python bench/reviewing.py [RECORDS]

A real browser drives the real site over the demonstration database. The reviewer decides as the
demonstration's careful coder answered: what the coders read right is accepted, what they read wrong rejected
with a reason, what they missed added. Then the values that stand at the end are typed into the plain form. A
drag counts as two clicks, a key with Shift as two keys, a letter typed as one. Reading is not counted: it is
the same for both.
"""

import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from io import StringIO
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from incidex.app.demonstration import REPORTS, make_demo
from incidex.app.incoming import Incoming, read_manifest
from incidex.app.library import StoreLibrary
from incidex.codebook import check_value, get_field, get_vocabulary
from incidex.model import CodebookError, Linked, MemberRole, Stance, State, Tier
from incidex.store import Accounts, SqliteLog
from incidex.web import Desk, make_app
from incidex.web.manual import MOST_ASKED
from incidex.web.phrase import hash_phrase, make_phrase
from incidex.web.workbench import link_bench, number


@dataclass
class Hand:
    """A person's hand on a page: what it does is done, and counted."""

    page: Page
    clicks: int = 0
    keys: int = 0

    def click(self, selector: str) -> None:
        """Click on the first thing of that kind."""
        self.page.locator(selector).first.click()
        self.clicks += 1

    def press(self, key: str) -> None:
        """Press one key; with Shift it is two."""
        self.page.keyboard.press(key)
        self.keys += 2 if key.startswith("Shift+") else 1

    def type(self, text: str) -> None:
        """Type letters."""
        self.page.keyboard.type(text)
        self.keys += len(text)

    def drag_over(self, words: str) -> bool:
        """Select words in the report's text, if they stand in one run of it."""
        found = self.page.evaluate(
            """words => {
                const text = document.getElementById("text");
                const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
                for (let node; (node = walker.nextNode());) {
                    const at = node.data.toLowerCase().indexOf(words.toLowerCase());
                    if (at < 0) continue;
                    getSelection().setBaseAndExtent(node, at, node, at + words.length);
                    return true;
                }
                return false;
            }""",
            words,
        )
        self.clicks += 2 if found else 0
        return bool(found)

    def choose(self, selector: str, name: str) -> None:
        """Choose a field from a list by typing the beginning of its label."""
        for letter in get_field(name).label:
            if self.page.locator(selector).input_value() == name:
                return
            if letter == " ":
                break  # a space opens the list; the rest is counted and chosen
            self.type(letter)
        if self.page.locator(selector).input_value() != name:
            self.page.locator(selector).select_option(name)
            self.keys += 3


@dataclass
class Case:
    """One incident of the demonstration: its reports, and a careful coder's answers."""

    key: str
    expected: Mapping[str, tuple[str, ...]]
    reports: list[str] = field(default_factory=list)


def read_cases() -> list[Case]:
    cases: dict[str, Case] = {}
    for each in read_manifest(REPORTS):
        if each.group:
            made = cases.setdefault(each.group, Case(each.group, _expected(each)))
            made.reports.append(f"rep-{sha256(each.read_bytes()).hexdigest()[:32]}")
    return list(cases.values())


def _expected(incoming: Incoming) -> dict[str, tuple[str, ...]]:
    return {name: tuple(map(str, values)) for name, values in incoming.expected.items()}


def shortest(name: str, value: str) -> str:
    """Return the least that a person can type for a value."""
    vocabulary = get_field(name).vocabulary
    term = get_vocabulary(vocabulary).get(value) if vocabulary else None
    for typed in sorted({value, *(term.names if term else ())}, key=len):
        try:
            if check_value(name, typed) == value:
                return typed
        except CodebookError:
            continue
    return value


def names(name: str, value: str) -> list[str]:
    """Return words that a report may use for a value."""
    vocabulary = get_field(name).vocabulary
    term = get_vocabulary(vocabulary).get(value) if vocabulary else None
    return [value, *(term.names if term else ())]


class Trial:
    """One reviewer at one site."""

    def __init__(self, page: Page, log: SqliteLog) -> None:
        self.page = page
        self.desk = Desk(log)
        self.records: dict[str, list[str]] = defaultdict(list)
        for record in log.incidents():
            for change in log.history(record):
                if isinstance(change.body, Linked):
                    self.records[change.body.report.id].append(record)

    def pairs(self, case: Case) -> list[tuple[str, str]]:
        """Return the case's reports, each with the record that it was linked to."""
        return [(record, report) for report in case.reports for record in self.records[report]]

    def review(self, case: Case) -> Hand:
        """Review a case in the workbench."""
        hand = Hand(self.page)
        for record, report in self.pairs(case):
            self._open(record, report)
            hand.keys += 1  # `]` goes to the next report
            self._decide(hand, case, record, report)
        for name, values in case.expected.items():
            for value in values:
                if (name, value) not in self.standing(case):
                    self._add(hand, case, name, value)
        return hand

    def _decide(self, hand: Hand, case: Case, record: str, report: str) -> None:
        sheet = self.desk.find(record, Tier.AMBER)
        assert sheet is not None
        numbers = number(sheet.of(report))
        for each in sheet.of(report):
            claim = each.claim
            judged = claim.field in case.expected and claim.stance is Stance.ASSERTS
            if judged and claim.value not in case.expected[claim.field] and each.state is State.NEW:
                hand.click(f"#claim-{numbers[claim.id]} .card-value")
                hand.press("r")
                hand.press("1")
                self._wait(f"#claim-{numbers[claim.id]}[data-state='rejected']")
        if self.page.locator(".card[data-state='new']").count():
            hand.press("Shift+A")
            self._wait("#panel[data-waiting='0']")

    def _add(self, hand: Hand, case: Case, name: str, value: str) -> None:
        for record, report in self.pairs(case):
            self._open(record, report)
            words = next((each for each in names(name, value) if hand.drag_over(each)), "")
            if words:
                break
        else:  # a person would find the words; to drag over any costs the same
            words = self.page.evaluate(
                """() => {
                    const walker = document.createTreeWalker(document.getElementById("text"), 4);
                    for (let node; (node = walker.nextNode());) {
                        const word = node.data.match(/[A-Za-z]{5,}/);
                        if (word) return word[0];
                    }
                }"""
            )
            hand.drag_over(words)
        hand.keys += 1  # `]` or `[` to the report that says it
        self.page.wait_for_timeout(700)  # for the offers
        offered = self.page.evaluate(
            "([name, value]) => [...document.querySelectorAll('#selected li')].findIndex(each => "
            "each.innerText.includes(name) && each.innerText.includes(value))",
            [get_field(name).label, value],
        )
        if offered >= 0:
            hand.press(str(offered + 1))
        else:
            hand.press("n")
            self._wait("#f-field")
            self.page.locator("#f-field").focus()
            hand.choose("#f-field", name)
            hand.press("Tab")
            hand.type(shortest(name, value))
            hand.press("Enter")
        told = self.page.locator("#told:not(:empty)")
        told.wait_for(timeout=10_000)
        assert "added" in told.inner_text(), f"{case.key}: {name} = {value}: {told.inner_text()}"

    def type(self, case: Case) -> tuple[Hand, int]:
        """Type the values of a case into the plain form; return the hand, and how many values there were."""
        values = sorted(self.standing(case))[:MOST_ASKED]  # one form holds no more
        self.page.goto(f"/incidents/new?rows={len(values)}")
        hand = Hand(self.page)
        hand.click("#t-source")
        hand.type(case.key)
        for place, (name, value) in enumerate(values):
            self.page.locator(f"[name=field-{place}]").focus()
            hand.clicks += 1
            hand.choose(f"[name=field-{place}]", name)
            hand.press("Tab")
            hand.type(shortest(name, value))
        hand.click("button.accept")
        assert "/review/" in self.page.url, self.page.locator("[role=alert]").inner_text()
        return hand, len(values)

    def quoting(self, case: Case) -> int:
        """Return what it takes besides to quote and name the speakers of the same claims in the form."""
        extra = 0
        for record, report in self.pairs(case):
            sheet = self.desk.find(record, Tier.AMBER)
            assert sheet is not None
            publisher = next(each.source.name for each in sheet.reports if each.id == report)
            for each in sheet.of(report):
                if each.counts:
                    speaker = each.claim.speaker.name
                    extra += 2 + 2 + 1 + 2  # drag over the words, copy, click into the row, paste
                    extra += 0 if speaker == publisher else len(speaker) + 1
        return extra

    def standing(self, case: Case) -> set[tuple[str, str]]:
        """Return the values that somebody asserts and nobody has rejected."""
        sheets = [self.desk.find(record, Tier.AMBER) for record, _ in self.pairs(case)]
        return {
            (each.claim.field, each.claim.value)
            for sheet in sheets
            if sheet is not None
            for each in sheet.standings
            if each.counts and each.claim.stance is Stance.ASSERTS and each.claim.report in case.reports
        }

    def _open(self, record: str, report: str) -> None:
        self.page.goto(link_bench(record, report))
        self.page.locator(".keys-hint").wait_for()

    def _wait(self, selector: str) -> None:
        self.page.locator(selector).wait_for(timeout=10_000)


@contextmanager
def trial(browser: Browser) -> Iterator[Trial]:
    """Yield a reviewer at the demonstration's site."""
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(StringIO()):
        log = SqliteLog(make_demo(Path(folder)))
        phrase = make_phrase()
        accounts = Accounts(":memory:")
        accounts.add(MemberRole.REVIEWER, "ana", hash_phrase(phrase), date(2026, 1, 1))
        app = make_app(StoreLibrary(log), accounts=accounts, desk=Desk(log))
        server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield Trial(_enter(browser, server, phrase), log)
        finally:
            server.should_exit = True
            thread.join(timeout=20)
            log.close()


def _enter(browser: Browser, server: uvicorn.Server, phrase: str) -> Page:
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    page = browser.new_context(base_url=address).new_page()
    page.goto("/enter")
    page.locator("#phrase").fill(phrase)
    page.get_by_role("button", name="Enter", exact=True).click()
    return page


def _launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
    )


def main() -> None:
    """Print a row for each record, and the sums."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    sums: list[int] = [0] * 6
    rows: list[str] = []
    with sync_playwright() as playwright, trial(_launch(playwright)) as reviewer:
        for case in read_cases()[:wanted]:
            hand = reviewer.review(case)
            quoting = reviewer.quoting(case)
            typed, values = reviewer.type(case)
            row = [values, hand.clicks, hand.keys, typed.clicks, typed.keys, quoting]
            sums = [one + other for one, other in zip(sums, row, strict=True)]
            rows.append(f"| {case.key} | " + " | ".join(map(str, row)) + " |")
    print("| record | values | review: clicks | keys | typed: clicks | keys | more, to quote |")
    print("|---|---|---|---|---|---|---|")
    print("\n".join(rows))
    print("| **all** | " + " | ".join(f"**{each}**" for each in sums) + " |")
    reviewed, typed_all = sums[1] + sums[2], sums[3] + sums[4]
    print(f"\n{reviewed} against {typed_all}: {typed_all / reviewed:.1f} times as many; "
          f"{(typed_all + sums[5]) / reviewed:.1f} times with quotations and speakers")  # fmt: skip


if __name__ == "__main__":
    main()
