"""How CPU time grows with samples and with classes.

The slope is that of a straight line through log CPU time over log n_samples.
"""

from functools import partial

import numpy as np
from _speed import peer
from _speed.data import Shape, make_data
from _speed.lines import Line, milliseconds, section
from _speed.settings import main
from _speed.timing import in_turn

from skclean import find_label_issues

N_SAMPLES, N_CLASSES = (10_000, 30_000, 100_000, 300_000, 1_000_000), 10
QUICK_SAMPLES = (500, 1_000, 2_000)
WIDE, QUICK_WIDE = (50_000, (100, 1000)), (500, (10, 20))
SLOPE, CLASSES = 1.05, 10


def seconds_of(shape, settings):
    """CPU seconds of each call, by round."""
    y, pred_probs = make_data(shape)
    calls = {
        "by_noise_rate": partial(
            find_label_issues, y, pred_probs, prune="by_noise_rate", quality="self_confidence"
        ),
        "default": partial(find_label_issues, y, pred_probs),
        "cleanlab": peer.finder(y, pred_probs),
    }
    return in_turn(calls, settings.rounds_of(shape)).cpu


def points(sizes, seconds):
    """Median CPU time at each size."""
    pairs = zip(sizes, seconds, strict=True)
    return ", ".join(f"{size:,}: {milliseconds(np.median(cpu))}" for size, cpu in pairs)


def run(settings):
    """The part of the report."""
    sizes = QUICK_SAMPLES if settings.quick else N_SAMPLES
    n_wide, widths = QUICK_WIDE if settings.quick else WIDE
    tall = [seconds_of(Shape(n, N_CLASSES, "float64"), settings) for n in sizes]
    wide = [seconds_of(Shape(n_wide, k, "float64"), settings) for k in widths]
    lines = []
    for name in tall[0]:
        bounded = name != "cleanlab" and not settings.quick
        medians = [np.median(cpu[name]) for cpu in tall]
        slope = np.polyfit(np.log(sizes), np.log(medians), 1)[0]
        case, beside = f"{N_CLASSES} classes", points(sizes, [cpu[name] for cpu in tall])
        bound = SLOPE if bounded else None
        lines.append(Line(f"slope: {name}", case, slope, at_most=bound, beside=beside))
    for name in wide[0]:
        bounded = name != "cleanlab" and not settings.quick
        narrow, broad = (cpu[name] for cpu in wide)
        case, beside = f"{n_wide:,} samples", points(widths, [narrow, broad])
        what, bound = f"{widths[1]} / {widths[0]} classes: {name}", CLASSES if bounded else None
        lines.append(
            Line(what, case, np.median(broad) / np.median(narrow), at_most=bound, beside=beside)
        )
    return section("Growth", __doc__.split("\n\n", 1)[1].strip(), lines)


if __name__ == "__main__":
    main(run, __doc__)
