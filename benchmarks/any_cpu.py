"""Flags with and without numpy's vector kernels.

Each library finds issues in two processes, one with NPY_DISABLE_CPU_FEATURES naming all that numpy
found on this machine. "votes" are probabilities in steps of 1/20, full of ties.
"""

import tempfile
from pathlib import Path

import numpy as np
from _speed import peer
from _speed.data import as_votes, make_data
from _speed.lines import Line, section
from _speed.memory import in_fresh_process
from _speed.settings import main

from skclean import find_label_issues

SHAPES = ("10kx10", "20kx300", "50kx1000f32")
RULES = ("by_noise_rate", "by_class", "both", "confident", "predicted_neq_given", "by_posterior")


def vector_kernels():
    """Names of the vector extensions that numpy found beyond its baseline."""
    return np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])


def flags(folder, cases):
    """Flags by case and by rule, of ours and of cleanlab, here and now."""
    masks = {}
    for i, case in enumerate(cases):
        with np.load(Path(folder, f"{i}.npz")) as data:
            y, pred_probs = data["y"], data["pred_probs"]
        for rule in (*RULES, None):
            mask = find_label_issues(y, pred_probs, prune=rule).issue_mask
            masks[case, rule or "default"] = mask
        theirs = peer.finder(y, pred_probs)
        if theirs is not None:
            masks[case, "cleanlab"] = theirs()
    return masks


def run(settings):
    """The part of the report."""
    found = vector_kernels()
    cases, lines = [], []
    with tempfile.TemporaryDirectory() as folder:
        for name, shape in settings.cases(*SHAPES).items():
            y, exact = make_data(shape, seed=2)
            for case, pred_probs in {name: exact, f"{name} votes": as_votes(exact)}.items():
                np.savez(Path(folder, f"{len(cases)}.npz"), y=y, pred_probs=pred_probs)
                cases.append(case)
        with_all = in_fresh_process(flags, folder, cases)
        disabled = {"NPY_DISABLE_CPU_FEATURES": " ".join(found)}
        without = in_fresh_process(flags, folder, cases, environment=disabled)
    for (case, rule), mask in with_all.items():
        differ = int((mask != without[case, rule]).sum())
        bound = None if rule == "cleanlab" else 0
        beside = f"of {mask.sum():,} flags"
        lines.append(Line(f"differ: {rule}", case, differ, at_most=bound, beside=beside))
    text = f"{__doc__.split(chr(10) * 2, 1)[1].strip()} Here: {' '.join(found) or 'none'}."
    return section("Any CPU", text, lines)


if __name__ == "__main__":
    main(run, __doc__)
