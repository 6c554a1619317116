"""Gold sets, agreement, scores, floors, what a change gained and lost."""

__all__: list[str] = []
