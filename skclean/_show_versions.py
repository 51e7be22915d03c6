"""Versions of what a bug report needs to name."""

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

PACKAGES = [
    "skclean",
    "scikit-learn",
    "numpy",
    "scipy",
    "joblib",
    "threadpoolctl",
    "pandas",
    "polars",
    "pyarrow",
    "matplotlib",
    "imbalanced-learn",
    "typer",
    "rich",
    "jinja2",
    "skops",
    "dask",
]


def show_versions() -> None:
    """Print the versions of Python, skclean and everything that it can work with.

    Examples
    --------
    >>> from skclean import show_versions
    >>> show_versions()  # doctest: +ELLIPSIS
    python: ...
    """
    print(f"python: {sys.version.split()[0]}")
    print(f"platform: {platform.platform()}")
    for package in PACKAGES:
        try:
            print(f"{package}: {version(package)}")
        except PackageNotFoundError:
            print(f"{package}: not installed")
