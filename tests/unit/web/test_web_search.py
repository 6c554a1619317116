"""The search page and its JSON twin, over a real log."""

from html import unescape
from xml.etree import ElementTree

from tests.unit.web.conftest import Enter, Site


def test_a_query_finds_and_says_why(visitor: Site) -> None:
    page = visitor.get("/search", params={"q": "passwords victim.name:acme"})
    assert page.status_code == 200
    assert "1 incident." in page.text
    assert "<mark>passwords</mark>" in page.text
    assert "Victim: acme" in page.text  # the condition, to be taken away


def test_a_wrong_query_is_pointed_at(visitor: Site) -> None:
    page = visitor.get("/search", params={"q": "acme date:2017-13"})
    assert page.status_code == 400
    assert 'acme date:<mark class="chosen">2017-13</mark>' in page.text
    twin = visitor.get("/api/v1/search", params={"q": "acme date:2017-13"})
    assert twin.status_code == 400
    assert twin.json()["error"]["at"] == 10


def test_what_is_typed_is_escaped(visitor: Site) -> None:
    page = visitor.get("/search", params={"q": '"<script>alert(1)</script>"'})
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "Nothing here is like that." in page.text


def test_a_motive_is_found_by_members_alone(visitor: Site, enter: Enter) -> None:
    asked = {"q": "actor.motive:Grudge"}
    assert visitor.get("/api/v1/search", params=asked).json()["count"] == 0
    assert enter("ana").get("/api/v1/search", params=asked).json()["count"] == 1


def test_a_cursor_of_another_query_is_refused(visitor: Site) -> None:
    page = visitor.get("/search", params={"q": "acme", "after": "AAAA"})
    assert page.status_code == 400
    assert "This cursor belongs to another query or order" in page.text


def test_an_unknown_order_or_limit_is_refused(visitor: Site) -> None:
    assert visitor.get("/search?sort=best").status_code == 400
    assert visitor.get("/search?limit=1000").status_code == 400
    assert visitor.get("/search?limit=x").status_code == 400


def test_a_misspelled_name_is_taken_for_the_name(visitor: Site) -> None:
    page = visitor.get("/search", params={"q": "acmee"})
    assert "names spelled nearly so" in page.text
    assert "<code>acmee~</code>" in page.text
    twin = visitor.get("/api/v1/search", params={"q": "acmee"}).json()
    assert (twin["query"], twin["meant"], twin["count"]) == ("acmee", "acmee~", 1)


def test_a_facet_narrows_and_is_taken_away_again(visitor: Site) -> None:
    page = visitor.get("/search", params={"q": "acme"})
    assert 'href="/search?q=acme+data.class%3APasswords"' in unescape(page.text)
    narrowed = visitor.get("/search", params={"q": "acme data.class:Passwords"})
    assert 'aria-current="true"' in narrowed.text
    assert 'href="/search?q=acme"' in unescape(narrowed.text)


def test_every_search_has_an_atom_feed(visitor: Site) -> None:
    feed = visitor.get("/feeds/search.atom", params={"q": 'acme OR "<b>"'})
    assert feed.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(feed.content)  # noqa: S314  our own words
    atom = "{http://www.w3.org/2005/Atom}"
    assert root.findtext(f"{atom}title") == 'Incidents: acme OR "<b>"'
    assert [each.findtext(f"{atom}id") for each in root.iter(f"{atom}entry")] == ["urn:incidex:inc-1"]
    for required in ("id", "title", "updated"):
        assert root.findtext(f"{atom}{required}")
        assert all(each.findtext(f"{atom}{required}") for each in root.iter(f"{atom}entry"))


def test_every_search_has_a_json_feed(visitor: Site) -> None:
    feed = visitor.get("/feeds/search.json", params={"q": "acme"})
    assert feed.headers["content-type"].startswith("application/feed+json")
    told = feed.json()
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert [(each["id"], each["url"]) for each in told["items"]] == [
        ("urn:incidex:inc-1", "http://testserver.local/incidents/inc-1")
    ]
    assert told["feed_url"] == "http://testserver.local/feeds/search.json?q=acme"


def test_there_are_no_other_feeds(visitor: Site) -> None:
    assert visitor.get("/feeds/search.rss").status_code == 404
    assert visitor.get("/feeds/search.atom?q=date:2017-13").status_code == 400
