"""Order of the gallery, from first steps to scale."""

import os

ORDER = [
    "plot_find_and_review.py",
    "plot_digits_as_images.py",
    "plot_displays.py",
    "plot_review_loop.py",
    "plot_text_tickets.py",
    "plot_mixed_table.py",
    "plot_own_probabilities.py",
    "plot_pipeline_and_grid_search.py",
    "plot_strategies_and_noise_rate.py",
    "plot_noise_robust_scorer.py",
    "plot_group_leakage.py",
    "plot_false_flag_control.py",
    "plot_noise_matrix_methods.py",
    "plot_detectors_and_noise.py",
    "plot_dask_cluster.py",
]


def in_order(file):
    """Place of an example in the gallery; new ones come last."""
    name = os.path.basename(file)
    return f"{ORDER.index(name) if name in ORDER else len(ORDER):03d} {name}"
