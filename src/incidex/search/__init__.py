"""Query language, facets and ranking, over an index rebuilt from the log. Not built yet."""

__all__: list[str] = []
