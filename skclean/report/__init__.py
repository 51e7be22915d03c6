"""Look at label issues, decide on them, and bring the decisions back into the data."""

from skclean.report._apply import apply_review

__all__ = ["apply_review"]
