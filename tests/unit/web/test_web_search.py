"""The search page and its JSON twin, over a real log."""

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
