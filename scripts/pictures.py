"""Take the pictures of `docs/pages.md` anew: every page of the demonstration, at three widths.

    incidex demo --no-serve && python scripts/pictures.py

Starts a site of its own over the demonstration's database, as its first editor sees it where that shows more.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "pictures" / "pages"
HEIGHT = 900

#: Widths, each with the scale at which it is kept: a folder of pictures has to stay small.
WIDTHS = {390: 0.8, 1024: 0.65, 1440: 0.65}

#: What each picture is called, its address, and whether it is what members see. `{}` is the Ciphr record.
PAGES = (
    ("home", "/", False),
    ("incidents", "/incidents", False),
    ("incident", "/incidents/{}", False),
    ("cite", "/incidents/{}/cite", False),
    ("search", "/search?q=passwords", False),
    ("like", "/search?similar={}", False),
    ("organisation", "/organisations/equifax", False),
    ("actor", "/actors/blackcat", True),
    ("technique", "/techniques/T1190", True),
    ("matrix", "/techniques?all", True),
    ("sources", "/sources", False),
    ("source", "/sources/packet-wire", False),
    ("statistics", "/stats#countries", True),
    ("corrections", "/corrections", False),
    ("about", "/about", False),
    ("accuracy", "/accuracy", False),
    ("members", "/members", True),
)


def main() -> None:
    """Start the site, take the pictures, stop it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    home = Path(os.environ.get("INCIDEX_HOME", Path.home() / ".local" / "share" / "incidex"))
    with tempfile.TemporaryDirectory() as folder:
        places = {"INCIDEX_DATABASE": str(home / "demo.db"), "INCIDEX_HOME": folder}
        command = [str(Path(sys.executable).parent / "incidex"), "serve", "--port", "0"]
        site = subprocess.Popen(command, env={**os.environ, **places}, stdout=subprocess.PIPE, text=True)
        try:
            take_all(*read_greeting(site))
        finally:
            site.terminate()
            site.wait(timeout=30)


def read_greeting(site: "subprocess.Popen[str]") -> tuple[str, str]:
    """Return the site's address and the phrase of its first editor, as it prints them."""
    address = phrase = ""
    for line in site.stdout or ():
        address = address or next(iter(re.findall(r"http://[\d.:]+", line)), "")
        phrase = phrase or next(iter(re.findall(r"^ +((?:[a-z]+ ){11}[a-z]+)$", line)), "")
        if line.startswith("Ctrl-C"):
            break
    return address, phrase


def take_all(address: str, phrase: str) -> None:
    """Take every picture at every width."""
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        for width in WIDTHS:
            for is_member in (False, True):
                page = open_page(browser, address, width, phrase if is_member else "")
                ciphr = page.request.get("/api/v1/search?q=ciphr&limit=1").json()["hits"][0]["id"]
                for name, path, for_members in PAGES:
                    if for_members is is_member:
                        page.goto(path.format(ciphr), wait_until="networkidle")
                        page.screenshot(path=PICTURES / f"{name}-{width}.png")
        browser.close()


def open_page(browser: Browser, address: str, width: int, phrase: str) -> Page:
    """Return a page for a visitor, or for whoever the phrase lets in."""
    page = browser.new_page(
        base_url=address,
        viewport={"width": width, "height": HEIGHT},
        device_scale_factor=WIDTHS[width],
    )
    if phrase:
        page.goto("/enter")
        page.locator("#phrase").fill(phrase)
        page.get_by_role("button", name="Enter", exact=True).click()
    return page


if __name__ == "__main__":
    main()
