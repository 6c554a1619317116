"""The only place that knows everything: settings, the command line, the pipeline from report to record."""

__all__: list[str] = []
