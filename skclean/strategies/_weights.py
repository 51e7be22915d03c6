"""What the weights of strategies need of the noise, and the weights of whole classes."""

from dataclasses import replace

import numpy as np

from skclean.utils._sklearn import StrOptions

CLASS_WEIGHT = [StrOptions({"prior", "balanced"}), None]


def check_noise(issues, who):
    """The estimated noise of the labels as they are, or an error that says who needs it."""
    if issues.noise is None:
        raise ValueError(
            f"{who} needs the noise matrix, which these label issues lack as their detector does "
            "not estimate it; use one that does, such as ConfidentLearning(), or another strategy."
        )
    return issues.noise_now


def value_of(labels, classes, values):
    """The value of the class of each label, for `classes` in any order."""
    by_label = dict(zip(classes.tolist(), values.tolist(), strict=True))
    present, codes = np.unique(labels, return_inverse=True)
    return np.array([by_label[label] for label in present.tolist()])[codes]


def weigh_classes(treatment, issues, class_weight):
    """The treatment with the weights of each class scaled to what the class shall weigh.

    The weights sum to the number of samples, but no class weighs less than one sample.
    """
    classes, codes = np.unique(treatment.y, return_inverse=True)
    if class_weight == "prior":
        noise = check_noise(issues, 'class_weight="prior"')
        share = value_of(classes, noise.classes, noise.class_prior)
    else:
        share = np.full(len(classes), 1 / len(classes))
    weight = treatment.sample_weight
    weight = np.ones(len(codes)) if weight is None else weight
    kept = np.bincount(codes, weight * treatment.keep, minlength=len(classes))
    scale = np.maximum(len(issues.issue_mask) * share, 1) / np.where(kept > 0, kept, 1)
    return replace(treatment, sample_weight=weight * scale[codes])
