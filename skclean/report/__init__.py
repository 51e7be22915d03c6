"""Audit labels, review them in the browser, and take the decisions back into the data."""
