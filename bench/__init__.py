"""Measuring commands. Each prints what it measures; docs/measured.md has the figures."""
