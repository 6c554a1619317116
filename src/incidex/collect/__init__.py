"""Fetch politely and safely, keep the raw bytes, notice change. Nothing is fetched yet: files come by hand."""

__all__: list[str] = []
