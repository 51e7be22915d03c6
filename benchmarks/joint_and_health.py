"""The confident joint, and the noise of each class that follows from it.

Ratios of CPU time. The health of the classes is `estimate_noise_matrix` with the confident joint
here, whose `inverse_noise_matrix` holds the share of wrong labels of each class and where they
belong; `dataset.health_summary` there.
"""

from functools import partial

from _speed import peer
from _speed.data import make_data
from _speed.lines import Line, milliseconds, section
from _speed.settings import main
from _speed.timing import in_turn

from skclean import confident_joint, estimate_noise_matrix

SHAPES = ("10kx10", "50kx10", "50kx100", "50kx1000", "1Mx10", "1Mx100f32")
JOINT, HEALTH = 3, 8
class_health = partial(estimate_noise_matrix, method="confident_joint")


def run(settings):
    """The part of the report."""
    lines = []
    for name, shape in settings.cases(*SHAPES).items():
        y, pred_probs = make_data(shape)
        pairs = {
            "confident joint": (confident_joint, peer.counter, JOINT),
            "class health": (class_health, peer.health, HEALTH),
        }
        for what, (ours, theirs, bound) in pairs.items():
            calls = {"own": partial(ours, y, pred_probs), "cleanlab": theirs(y, pred_probs)}
            times = in_turn(calls, settings.rounds_of(shape))
            beside = f"own {milliseconds(times.seconds('own'))}"
            lines.append(
                Line(
                    f"cleanlab / own: {what}",
                    name,
                    times.ratios("cleanlab", "own"),
                    at_least=bound if name in SHAPES else None,
                    beside=beside,
                )
            )
    return section("Confident joint and class health", __doc__.split("\n\n", 1)[1].strip(), lines)


if __name__ == "__main__":
    main(run, __doc__)
