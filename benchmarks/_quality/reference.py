"""Probabilities that came with labels known to be wrong: the files of SKCLEAN_REFERENCE_DATA."""

import os
from pathlib import Path

import numpy as np

from .data import SETS
from .judge import judge
from .markdown import comparison
from .promises import promises

FILES = {"optdigits": "optdigits", "credit_g": "credit", "spambase": "spambase"} | {
    "cylinder_bands": "bands"
}


def table_rows(settings, folder, name):
    """Forest probabilities of a reference table, one row for each kind of noise."""
    data = np.load(Path(folder) / f"tab_{name}_noise.npz")
    rows = []
    for key in data:
        if key.startswith("pred_probs_"):
            kind = key.removeprefix("pred_probs_")
            P = data[key].astype(float)
            P /= P.sum(axis=1, keepdims=True)
            row = judge(data["y"].astype(int), data[f"y_{kind}"].astype(int), P)
            rows.append(
                {"set": FILES[name], "kind": kind.rstrip("0123456789"), "model": "forest"} | row
            )
    return rows


def image_rows(settings, path):
    """Probabilities of a deep network for images, with class-conditional noise."""
    data = np.load(path)
    P = data["pred_probs"].astype(float)
    P /= P.sum(axis=1, keepdims=True)
    row = judge(data["true_labels"].astype(int), data["labels"].astype(int), P)
    return [{"set": Path(path).stem, "kind": "ccn", "model": "resnet50"} | row]


def reference(settings):
    """The Markdown of both, or that the data are not there."""
    folder = os.environ.get("SKCLEAN_REFERENCE_DATA")
    if folder is None:
        return "### Reference data\n\nSKCLEAN_REFERENCE_DATA is not set, so they are left out."
    names = [name for name, own in FILES.items() if settings.half in (SETS[own][0], "both")]
    tables = settings.each(table_rows, [(folder, name) for name in names])
    images = sorted(map(str, Path(folder).glob("cifar10_*.npz")))
    images = settings.each(image_rows, [(path,) for path in images])
    text = []
    for title, rows in [("Reference tables", tables), ("CIFAR-10, in either half", images)]:
        if rows:
            text += [f"### {title}", "The same figures from probabilities that others made."]
            fields = {"kind": "noise", "set": "data"} if rows is tables else {"set": "data"}
            text += [comparison(rows, figure, fields) for figure in ("F1", "AP", "TV")]
            text += [promises(rows).replace("### ", "#### ")]
    return "\n\n".join(text)
