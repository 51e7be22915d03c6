"""Find label issues: every rule and the default, against cleanlab and one read of the data.

Ratios are of CPU time, cleanlab on one process; "differ" counts the flags that are not those of
cleanlab, which orders ties by an unstable sort. Its rules by low scores take another number
of samples than ours. cleanlab returns flags alone; `find_label_issues` returns a LabelIssues whose
flags are there and whose label quality and verdicts are found out when they are asked for.
"complete" lines ask for them, and the default is always complete; `get_noise_indices` returns
flags alone.
"""

from functools import partial

import numpy as np
from _speed import peer
from _speed.data import make_data
from _speed.lines import Line, milliseconds, section
from _speed.settings import main
from _speed.timing import in_turn

from skclean import confident_joint, find_label_issues
from skclean.pruning import get_noise_indices

SHAPES = ("10kx10", "50kx10", "50kx100", "50kx1000", "1Mx10", "1Mx100f32")
BY_NOISE_RATE = dict(zip(SHAPES, [4, 4, 5, 9, 7, 8], strict=True))
OTHER_RULES = 5
DEFAULT = dict.fromkeys(SHAPES, 1) | {"50kx1000": 2}
STREAM_JOINT = {10: 20, 100: 8, 1000: 4}  # by number of classes
STREAM_FIND = {10: 60, 100: 40, 1000: 8}


def finder(y, pred_probs, rule):
    """Our call of a rule; cleanlab leaves one sample of each class."""
    prune, _, quality = rule.partition(", ")
    options = {"quality": quality} if quality else {}
    return partial(
        find_label_issues, y, pred_probs, prune=prune, min_samples_per_class=1, **options
    )


def complete(find):
    """The record of a call with all that it holds."""
    issues = find()
    return issues, issues.label_quality


def against_peer(name, y, pred_probs, rounds):
    """One line per rule."""
    lines = []
    for rule in peer.FILTERS:
        ours, theirs = finder(y, pred_probs, rule), peer.finder(y, pred_probs, rule)
        calls = {"own": ours, "cleanlab": theirs}
        if rule == "by_noise_rate":
            calls["mask"] = partial(get_noise_indices, y, pred_probs)
            calls["complete"] = partial(complete, ours)
        times = in_turn(calls, rounds)
        beside = f"own {milliseconds(times.seconds('own'))}"
        if theirs is not None:
            mask, other = ours().issue_mask, theirs()
            beside += f", cleanlab {milliseconds(times.seconds('cleanlab'))}, "
            beside += f"{(mask != other).sum():,} of {other.sum():,} differ"
        bound = OTHER_RULES if name in SHAPES else None
        if rule == "by_noise_rate":
            bound = BY_NOISE_RATE.get(name)
        ratios = times.ratios("cleanlab", "own")
        lines.append(Line(f"cleanlab / own: {rule}", name, ratios, bound, beside=beside))
        if "mask" in calls:
            beside = f"get_noise_indices {milliseconds(times.seconds('mask'))}"
            ratios = times.ratios("cleanlab", "mask")
            lines.append(
                Line(f"cleanlab / own: {rule}, flags alone", name, ratios, bound, beside=beside)
            )
            beside = f"complete {milliseconds(times.seconds('complete'))}"
            ratios = times.ratios("cleanlab", "complete")
            lines.append(Line(f"cleanlab / own: {rule}, complete", name, ratios, beside=beside))
    return lines


def against_stream(name, shape, y, pred_probs, rounds):
    """The default against cleanlab's, and the two bounds in reads of the data."""
    calls = {
        "stream": partial(np.sum, pred_probs),
        "joint": partial(confident_joint, y, pred_probs),
        "find": finder(y, pred_probs, "by_noise_rate"),
        "default": partial(complete, partial(find_label_issues, y, pred_probs)),
        "cleanlab": peer.finder(y, pred_probs),
    }
    times = in_turn(calls, rounds)

    def line(what, above, below, **bound):
        beside = f"{above} {milliseconds(times.seconds(above))}" if above in times else ""
        beside += f", {below} {milliseconds(times.seconds(below))}" if beside else ""
        return Line(what, name, times.ratios(above, below), beside=beside, **bound)

    n_classes = shape.n_classes if name in SHAPES else None
    joint, find = STREAM_JOINT.get(n_classes), STREAM_FIND.get(n_classes)
    return [
        line("cleanlab / own: default", "cleanlab", "default", at_least=DEFAULT.get(name)),
        line("own / stream: scan and joint", "joint", "stream", at_most=joint),
        line("own / stream: by_noise_rate", "find", "stream", at_most=find),
        line("own / stream: default", "default", "stream"),
    ]


def run(settings):
    """The part of the report."""
    lines = []
    for name, shape in settings.cases(*SHAPES).items():
        y, pred_probs = make_data(shape)
        rounds = settings.rounds_of(shape)
        lines += against_peer(name, y, pred_probs, rounds)
        lines += against_stream(name, shape, y, pred_probs, rounds)
    return section("Find issues", __doc__.split("\n\n", 1)[1].strip(), lines)


if __name__ == "__main__":
    main(run, __doc__)
