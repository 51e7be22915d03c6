"""kNN-Shapley from a graph of neighbors, against cleanlab's.

First the search by brute force in 64 and 32 bits. Then CPU time and memory of the values alone,
the graph being there, and of the detector that checks its input, votes and makes a LabelIssues as
well; cleanlab's scores are (1 + value) / 2. Memory is that of a process of its own, per neighbor in
the graph.
"""

from functools import partial

import numpy as np
from _speed import peer
from _speed.lines import Line, milliseconds, number, section
from _speed.memory import in_fresh_process, peak_bytes
from _speed.settings import main
from _speed.timing import in_turn
from sklearn.datasets import make_blobs
from sklearn.neighbors import kneighbors_graph

from skclean._core._votes import knn_shapley
from skclean.detectors import KNNShapley, NeighborAgreement

N_SAMPLES, QUICK_SAMPLES = 5_000, 300
LARGE_SAMPLES = 100_000  # of memory, where cleanlab's grows with the square
N_FEATURES, WIDE_FEATURES, N_NEIGHBORS = 8, 64, 10
RATIO, BYTES, DIFFERENCE = 100, 40, 1e-12


def make_graph(n_samples, seed=0):
    """Labels, a tenth of them drawn anew, and distances to the nearest others."""
    X, y = make_blobs(n_samples, N_FEATURES, centers=5, cluster_std=4.0, random_state=seed)
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(n_samples) < 0.1, rng.integers(0, 5, n_samples), y)
    return y, kneighbors_graph(X, N_NEIGHBORS, mode="distance")


def own_calls(y, graph):
    """Our two calls on a graph."""
    neighbors = graph.indices.reshape(len(y), N_NEIGHBORS)
    detector = KNNShapley(N_NEIGHBORS, n_ranked=N_NEIGHBORS, metric="precomputed")
    return {
        "values": partial(knn_shapley, y, neighbors, N_NEIGHBORS),
        "detector": partial(detector.fit, graph, y),
    }


def graph_bytes(n_samples, what):
    """Bytes beyond labels and graph, here and now; NaN outside Linux."""
    small, case = make_graph(200), make_graph(n_samples)
    if what == "cleanlab":
        peer.shapley(*small, N_NEIGHBORS)()
        return peak_bytes(peer.shapley(*case, N_NEIGHBORS))
    own_calls(*small)[what]()
    return peak_bytes(own_calls(*case)[what])


def search_lines(n_samples, rounds):
    """What 32-bit data would spare of the search."""
    X, y = make_blobs(n_samples, WIDE_FEATURES, centers=5, cluster_std=4.0, random_state=0)
    detector = NeighborAgreement(N_NEIGHBORS)
    calls = {
        "64 bits": partial(detector.fit, X, y),
        "32 bits": partial(detector.fit, X.astype(np.float32), y),
    }
    times = in_turn(calls, rounds)
    case = f"{n_samples:,} samples, {WIDE_FEATURES} features, k = {N_NEIGHBORS}"
    beside = f"64 bits {milliseconds(times.seconds('64 bits'))}"
    return [Line("NeighborAgreement: 64 / 32 bits", case, times.ratios(*calls), beside=beside)]


def speed_lines(n_samples, settings):
    """Ratios and the largest difference of the values."""
    y, graph = make_graph(n_samples)
    own, theirs = own_calls(y, graph), peer.shapley(y, graph, N_NEIGHBORS)
    times = in_turn(own | {"cleanlab": theirs}, 2 if settings.quick else settings.rounds)
    bound = None if settings.quick else RATIO
    case, lines = f"{n_samples:,} samples, k = {N_NEIGHBORS}", []
    for what in own:
        judged = bound if what == "values" else None
        beside = f"own {milliseconds(times.seconds(what))}"
        ratios = times.ratios("cleanlab", what)
        lines.append(Line(f"cleanlab / own: {what}", case, ratios, judged, beside=beside))
    if theirs is not None:
        difference = np.abs((1 + own["values"]()) / 2 - theirs()).max()
        lines.append(Line("largest difference", case, difference, at_most=DIFFERENCE))
    return lines


def memory_lines(n_samples, bound, names):
    """Bytes per neighbor."""
    case, lines = f"{n_samples:,} samples, k = {N_NEIGHBORS}", []
    for what in names:
        peak = in_fresh_process(graph_bytes, n_samples, what)
        lines.append(
            Line(
                f"memory: {what}",
                case,
                peak / n_samples / N_NEIGHBORS,
                at_most=None if what == "cleanlab" else bound,
                unit=" bytes per neighbor",
                beside=f"{number(peak / 1e6)} MB",
            )
        )
    return lines


def run(settings):
    """The part of the report."""
    n_samples = QUICK_SAMPLES if settings.quick else N_SAMPLES
    lines = search_lines(n_samples, 2 if settings.quick else settings.rounds)
    lines += speed_lines(n_samples, settings)
    names = ["values", "detector"]
    if settings.quick:
        lines += memory_lines(n_samples, None, ["values"])
    else:
        theirs = [] if peer.cleanlab is None else ["cleanlab"]
        lines += memory_lines(n_samples, BYTES, names + theirs)
        lines += memory_lines(LARGE_SAMPLES, BYTES, names)
    return section("Neighbors", __doc__.split("\n\n", 1)[1].strip(), lines)


if __name__ == "__main__":
    main(run, __doc__)
