"""Run the command line: ``skclean`` or ``python -m skclean``."""

import sys
from importlib.util import find_spec

EXTRA_PACKAGES = ["typer", "pandas"]


def missing_packages():
    """Names of the packages of the command line that are not installed."""

    def installed(name):
        try:
            return find_spec(name) is not None
        except ImportError:
            return False

    return [name for name in EXTRA_PACKAGES if not installed(name)]


def main():
    """Run the command line and exit with its status.

    The status is 0 when the work is done, 1 when data or files did not allow it, 2 when
    the command was used wrongly and 130 when it was interrupted.
    """
    if missing := missing_packages():
        sys.exit(
            "The command line needs more packages than the rest of skclean: pip install "
            + " ".join(missing)
        )
    try:
        from skclean._cli import run

        run()
    except KeyboardInterrupt:
        print("skclean: interrupted", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
