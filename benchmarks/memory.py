"""Memory beyond the input, each call in a process of its own.

Peak resident memory during the call less that before it; for the memory map, anonymous memory
alone, as the pages of a file can be dropped. The bound of arrays is 64 bytes per row, 8 MB for the
thread and 64 bytes for each pair of classes that can occur, min(n_samples, n_classes^2).
"""

import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from _speed import peer
from _speed.data import Shape, make_data
from _speed.lines import Line, number, section
from _speed.memory import in_fresh_process, peak_anonymous_bytes, peak_bytes
from _speed.settings import main
from _speed.timing import clocked

from skclean import confident_joint, find_label_issues, label_quality_scores

SHAPES = ("50kx10", "50kx100", "50kx1000", "1Mx10", "1Mx100f32")
MAPPED, MAPPED_QUICK = "5Mx100f32", "20kx20f32"
MAPPED_BYTES = 48
MB = 1e6
WARM_UP = 2_000  # rows of a call before, so that no import counts
OWN = {
    "by_noise_rate": partial(find_label_issues, prune="by_noise_rate", quality="self_confidence"),
    "default": find_label_issues,
    "confident joint": confident_joint,
    "posterior": partial(label_quality_scores, quality="posterior"),
    "confidence_weighted_entropy": partial(
        label_quality_scores, quality="confidence_weighted_entropy"
    ),
}
PEER = {
    "by_noise_rate": peer.finder,
    "default": peer.finder,
    "confident joint": peer.counter,
    "confidence_weighted_entropy": partial(peer.scorer, score="confidence_weighted_entropy"),
}
BATCHED = "cleanlab by batches"
TEXT = __doc__.split("\n\n", 1)[1].strip()


def array_bytes(shape, library, what):
    """Bytes beyond an array in memory, here and now; NaN without the library or outside Linux."""
    warm_up, case = make_data(Shape(WARM_UP, shape.n_classes, shape.dtype)), make_data(shape)
    if library == "own":
        OWN[what](*warm_up)
        return peak_bytes(partial(OWN[what], *case))
    if peer.cleanlab is None or what not in PEER:
        return np.nan
    PEER[what](*warm_up)()
    return peak_bytes(PEER[what](*case))


def mapped_bytes(folder, shape, what):
    """Anonymous bytes beyond a memory map and CPU seconds, here and now."""
    warm_up = make_data(Shape(WARM_UP, shape.n_classes, shape.dtype))
    case = np.load(Path(folder, "y.npy")), np.load(Path(folder, "pred_probs.npy"), mmap_mode="r")
    theirs = {"cleanlab": peer.finder, BATCHED: peer.batched_finder}
    if what in theirs:
        theirs[what](*warm_up)()
        call = theirs[what](*case)
    else:
        OWN[what](*warm_up)
        call = partial(OWN[what], *case)
    seconds = []
    peak = peak_anonymous_bytes(lambda: seconds.append(clocked(call)[0]))
    return peak, seconds[0]


def array_lines(name, shape, known, calls=tuple(OWN)):
    """One line for each call on an array."""
    n, k, _ = shape
    most = (64 * n + 8 * MB + 64 * min(n, k * k)) / MB
    lines = []
    for what in calls:
        own = in_fresh_process(array_bytes, shape, "own", what)
        theirs = in_fresh_process(array_bytes, shape, "cleanlab", what)
        beside = f"{number(own / n)} bytes per row"
        if not np.isnan(theirs):
            beside += f"; cleanlab {number(theirs / MB)} MB, input {number(shape.n_bytes / MB)} MB"
        bound = most if known else None
        lines.append(Line(what, name, own / MB, at_most=bound, unit=" MB", beside=beside))
    return lines


def mapped_lines(name, shape, known, calls=("by_noise_rate", "default", "cleanlab", BATCHED)):
    """One line for each call on a memory map of a file."""
    lines, results = [], {}
    with tempfile.TemporaryDirectory() as folder:
        out = np.lib.format.open_memmap(
            Path(folder, "pred_probs.npy"), "w+", shape.dtype, shape[:2]
        )
        np.save(Path(folder, "y.npy"), make_data(shape, out=out)[0])
        out.flush()
        del out
        for what in calls:
            if what not in OWN and peer.cleanlab is None:
                continue
            results[what] = in_fresh_process(mapped_bytes, folder, shape, what)
    for what, (peak, seconds) in results.items():
        own = what in OWN
        beside = f"{number(peak / MB)} MB, CPU {number(seconds)} s"
        if own and "cleanlab" in results:
            ratios = [results[peer_name][1] / seconds for peer_name in ("cleanlab", BATCHED)]
            beside += f", cleanlab / own {number(ratios[0])}, by batches {number(ratios[1])}"
        bound = MAPPED_BYTES if own and known else None
        case, unit = f"{name} memory map", " bytes per row"
        lines.append(Line(what, case, peak / shape[0], at_most=bound, unit=unit, beside=beside))
    return lines


def run(settings):
    """The part of the report."""
    lines = []
    if settings.quick:  # each call takes the start of a process
        lines += array_lines("1kx5", Shape.parse("1kx5"), False, ["by_noise_rate"])
        lines += mapped_lines(MAPPED_QUICK, Shape.parse(MAPPED_QUICK), False, ["by_noise_rate"])
        return section("Memory", TEXT, lines)
    for name, shape in settings.cases(*SHAPES).items():
        if name != MAPPED:
            lines += array_lines(name, shape, name in SHAPES)
    if not settings.shapes or MAPPED in settings.shapes:
        lines += mapped_lines(MAPPED, Shape.parse(MAPPED), True)
    return section("Memory", TEXT, lines)


if __name__ == "__main__":
    main(run, __doc__)
