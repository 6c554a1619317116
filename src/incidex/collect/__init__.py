"""Fetch politely and safely, keep the raw bytes, notice change. Reports are handed in by hand so far."""

__all__: list[str] = []
