"""The head of the report: what was run, with which versions."""

import os

import numpy
import sklearn

import skclean

from .peer import peer_version


def versions():
    """Versions of all that the figures depend on."""
    return (
        f"skclean {skclean.__version__}, scikit-learn {sklearn.__version__}, "
        f"numpy {numpy.__version__}, cleanlab {peer_version()}"
    )


def heading(settings):
    """Title, command, versions, CPUs, seeds, half and data sets."""
    lines = [
        f"- command: `{settings.command()}`",
        f"- versions: {versions()}",
        f"- CPUs: {os.cpu_count()}, of which {settings.n_jobs} used",
        f"- seeds: {', '.join(map(str, range(settings.n_seeds)))}",
        f"- half: {settings.half}, with {', '.join(settings.set_names())}",
        "- limits: while the default rule and its verdicts were chosen, both halves and the "
        "overlapping classes below were looked at, so that figures on further data may be lower; "
        "one seed tells little of a single data set",
    ]
    return "# How well are wrong labels found?\n\n" + "\n".join(lines)
