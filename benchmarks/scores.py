"""Label quality scores, validation of the probabilities included.

Ratios of CPU time; "largest difference" is that to cleanlab's scores, whose entropy
score jumps to 0 where a label is right for certain. It has no score like the posterior: beside
our own margin stands cleanlab's.
"""

from functools import partial

import numpy as np
from _speed import peer
from _speed.data import make_data
from _speed.lines import Line, milliseconds, section
from _speed.settings import main
from _speed.timing import in_turn

from skclean import label_quality_scores

SHAPES = ("10kx10", "50kx10", "50kx100", "50kx1000", "1Mx10", "1Mx100f32")
BOUNDS = {"self_confidence": 2, "normalized_margin": 2.5, "confidence_weighted_entropy": 2.5}
POSTERIOR = 4


def run(settings):
    """The part of the report."""
    lines = []
    for name, shape in settings.cases(*SHAPES).items():
        y, pred_probs = make_data(shape)
        known = name in SHAPES
        own = {
            score: partial(label_quality_scores, y, pred_probs, quality=score)
            for score in [*BOUNDS, "posterior", "averaged"]
        }
        theirs = {f"cleanlab {score}": peer.scorer(y, pred_probs, score) for score in BOUNDS}
        times = in_turn(own | theirs, settings.rounds_of(shape))
        for score, bound in BOUNDS.items():
            ratios = times.ratios(f"cleanlab {score}", score)
            beside = f"own {milliseconds(times.seconds(score))}"
            if ratios is not None:
                difference = np.abs(own[score]() - theirs[f"cleanlab {score}"]()).max()
                beside += f", largest difference {difference:.1e}"
            what = f"cleanlab / own: {score}"
            lines.append(Line(what, name, ratios, bound if known else None, beside=beside))
        for score, bound in {"posterior": POSTERIOR, "averaged": None}.items():
            lines.append(
                Line(
                    f"{score} / normalized_margin",
                    name,
                    times.ratios(score, "normalized_margin"),
                    at_most=bound if known else None,
                    beside=f"own {milliseconds(times.seconds(score))}",
                )
            )
            ratios = times.ratios("cleanlab normalized_margin", score)
            lines.append(Line(f"cleanlab normalized_margin / {score}", name, ratios))
    return section("Scores", __doc__.split("\n\n", 1)[1].strip(), lines)


if __name__ == "__main__":
    main(run, __doc__)
