"""Gold sets, agreement, scores, floors, what a change gained and lost. Not built yet."""

__all__: list[str] = []
