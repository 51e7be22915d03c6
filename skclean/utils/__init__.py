"""Utilities: validation, encoding, cross-validation and checks for third parties."""
