"""Passkeys in a real browser with its virtual authenticator, and the pages of an account."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from incidex.codebook import policy
from incidex.store import Accounts
from incidex.web import MemoryLibrary, make_app
from tests.browser.conftest import make_ciphr
from tests.members import PEOPLE, make_accounts, phrase_of
from tests.running import running

pytestmark = pytest.mark.browser

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    return make_accounts(PEOPLE, tmp_path / "accounts.db")


@pytest.fixture
def address(accounts: Accounts) -> Iterator[str]:
    """The address of a site by its name, since a passkey belongs to a name."""
    app = make_app(MemoryLibrary(list(make_ciphr()), policy()), accounts=accounts)
    with running(app) as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with browser.new_context(base_url=address) as context:
        made = context.new_page()
        errors: list[str] = []
        made.on("pageerror", lambda error: errors.append(str(error)))
        yield made
        assert errors == []


def enter(page: Page, name: str) -> None:
    page.goto("/enter")
    page.locator("#phrase").fill(phrase_of(name))
    page.get_by_role("button", name="Enter", exact=True).click()


def plug_in(page: Page, **changed: object) -> tuple[object, str]:
    """Give the browser an authenticator; return its session of the DevTools protocol, and its number."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {**AUTHENTICATOR, **changed}
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})[
        "authenticatorId"
    ]


def make_passkey(page: Page) -> None:
    page.goto("/account")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("for localhost, made")).to_be_visible()


def test_a_passkey_is_made_and_opens_the_site_without_a_phrase(page: Page) -> None:
    plug_in(page)
    enter(page, "ana")
    make_passkey(page)
    page.get_by_role("button", name="Leave (ana)").click()
    page.goto("/enter")
    page.get_by_role("button", name="Enter with a passkey").click()
    expect(page.get_by_role("button", name="Leave (ana)")).to_be_visible()
    page.goto("/account")
    page.get_by_role("button", name="Remove it").click()
    page.get_by_role("button", name="Leave (ana)").click()
    page.goto("/enter")
    page.get_by_role("button", name="Enter with a passkey").click()
    expect(page.get_by_text("This passkey opens nothing here.")).to_be_visible()


def test_a_device_that_does_not_ask_who_holds_it_opens_nothing(page: Page) -> None:
    devtools, number = plug_in(page)
    enter(page, "ana")
    make_passkey(page)
    page.get_by_role("button", name="Leave (ana)").click()
    page.goto("/enter")
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})  # type: ignore[attr-defined]
    page.get_by_role("button", name="Enter with a passkey").click()
    expect(page.get_by_text("No passkey was shown.")).to_be_visible()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ("nothing", 200),
        ("signature", 403),
        ("challenge", 400),
        ("origin", 403),
        ("user verified", 403),
        ("counter", 403),
    ],
)
def test_an_answer_with_anything_changed_is_refused(
    page: Page, accounts: Accounts, change: str, status: int
) -> None:
    plug_in(page)
    enter(page, "ana")
    make_passkey(page)
    page.get_by_role("button", name="Leave (ana)").click()
    page.goto("/enter")
    if change == "counter":
        (ana,) = (each for each in accounts.members() if each.name == "ana")
        accounts.use_passkey(accounts.passkeys(ana.id)[0].id, 1_000_000)
    found = page.evaluate(_ANSWER, change)
    assert found == status


def test_an_answer_counts_once_also_from_a_key_that_does_not_count(page: Page, accounts: Accounts) -> None:
    plug_in(page)
    enter(page, "ana")
    make_passkey(page)
    body = page.evaluate(_ANSWER, "kept")
    answers = []
    for _ in range(2):
        accounts._connection.execute("UPDATE passkey SET uses = 0")
        answers.append(page.evaluate(_SEND, body))
    assert answers == [200, 400]


_SEND = "body => fetch('/enter/passkey', { method: 'POST', body }).then((answer) => answer.status)"

#: Asks, lets the authenticator sign, changes one thing of what it signed, and sends that.
_ANSWER = """async (change) => {
  const decode = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
  const encode = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const headers = { accept: "application/json" };
  const options = await (await fetch("/enter/passkey/options", { method: "POST", headers })).json();
  options.challenge = decode(options.challenge);
  const shown = await navigator.credentials.get({ publicKey: options });
  const client = JSON.parse(new TextDecoder().decode(shown.response.clientDataJSON));
  if (change === "challenge")
    client.challenge = encode(options.challenge.map((byte, at) => at ? byte : byte ^ 1));
  if (change === "origin") client.origin = "http://elsewhere.example";
  const signature = new Uint8Array(shown.response.signature);
  if (change === "signature") signature[signature.length - 1] ^= 1;
  const authenticator = new Uint8Array(shown.response.authenticatorData);
  if (change === "user verified") authenticator[32] &= ~4;
  const body = JSON.stringify({
    id: shown.id, rawId: encode(shown.rawId), type: shown.type, clientExtensionResults: {},
    response: {
      clientDataJSON: encode(new TextEncoder().encode(JSON.stringify(client))),
      authenticatorData: encode(authenticator), signature: encode(signature), userHandle: null,
    },
  });
  if (change === "kept") return body;
  return (await fetch("/enter/passkey", { method: "POST", headers, body })).status;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_account_pages_have_no_barrier(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto("/enter")
    assert Axe().run(page).violations_count == 0
    enter(page, "ana")
    page.goto("/account")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
