"""Audit labels, review them in the browser, and bring the decisions back into the data."""

from skclean.report._apply import apply_review
from skclean.report._audit import audit
from skclean.report._record import Audit

__all__ = ["Audit", "apply_review", "audit"]
