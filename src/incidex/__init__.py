"""Incidex: cyber incidents in which every value is a claim that anyone can check."""

__version__ = "0.1.0"
