"""Labels that a person has checked: validate them, and leave them alone."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit
from scipy.stats import binomtest
from sklearn.utils import column_or_1d

from skclean._core._recalibration import local_shift
from skclean._core._verdict import odds_wrong, precision_interval
from skclean.utils._encoding import encode_labels
from skclean.utils._sklearn import _num_samples


@dataclass(frozen=True, eq=False)
class Review:
    """A review of given labels.

    Attributes
    ----------
    trusted : ndarray of shape (n_samples,), dtype bool
        Labels that were checked.

    before : ndarray of shape (n_samples,) or None
        Codes of the labels before, where they are known. Labels of a class that the review
        did away with, a misspelt one say, have the code of the label that they became.

    changed : ndarray of shape (n_samples,), dtype bool, or None
        Labels that the review changed.
    """

    trusted: np.ndarray
    before: np.ndarray | None
    changed: np.ndarray | None


def check_review(y, classes, codes, trusted, y_before):
    """Validate what a detector is told of a review.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Labels as they are now.

    classes : ndarray of shape (n_classes,)
        Their classes.

    codes : ndarray of shape (n_samples,)
        Their codes.

    trusted : array-like of shape (n_samples,) or None
        Mask of the labels that were checked.

    y_before : array-like of shape (n_samples,) or None
        Labels before.

    Returns
    -------
    review : Review or None
        None where there was no review.

    Raises
    ------
    ValueError
        If the mask is none, or labels differ that were not checked.
    """
    if trusted is None:
        if y_before is not None:
            raise ValueError(
                "y_before needs trusted, the mask of the labels that were reviewed. Got "
                "trusted=None; pass the mask that apply_review returns, or leave y_before out."
            )
        return None
    mask = column_or_1d(trusted)
    if mask.dtype != bool:
        if not np.isin(mask, [0, 1]).all():
            raise ValueError(
                "trusted must be a mask of bools, one for each row. Got values such as "
                f"{mask[~np.isin(mask, [0, 1])][:3].tolist()}; positions of rows become a mask by "
                "np.isin(np.arange(len(y)), positions)."
            )
        mask = mask.astype(bool)
    _check_length("trusted", mask, y)
    if y_before is None:
        return Review(mask, None, None)
    _check_length("y_before", y_before, y)
    classes_before, before = encode_labels(y_before)
    position = {label: code for code, label in enumerate(classes.tolist())}
    now = np.array([position.get(label, -1) for label in classes_before.tolist()])[before]
    changed = now != codes
    before = np.where(now < 0, codes, now)  # of a class that is no more, nothing can be said
    if (changed & ~mask).any():
        rows = np.flatnonzero(changed & ~mask)
        raise ValueError(
            f"y_before may differ from y only where trusted is True. Got {len(rows)} other rows "
            f"that differ, the first of them {rows[:5].tolist()}."
        )
    return Review(mask, before, changed)


def _check_length(name, values, y):
    if (n := _num_samples(values)) != len(y):
        raise ValueError(
            f"{name} must have one value for each label. Got {n} values for {len(y)} labels."
        )


def expected_of(remaining, issues, review=None):
    """What is expected of some of the flags, by what a review found of labels of like odds."""
    if not remaining.any():
        return {"expected_precision": float("nan"), "expected_precision_interval": None}
    odds = odds_wrong(issues.label_quality, issues.issue_mask, issues.expected_precision)
    if review is not None:
        odds += local_shift(odds, review.trusted, review.changed)
    expected = float(expit(odds[remaining]).mean())
    interval = issues.expected_precision_interval
    if interval is not None:
        interval = precision_interval(expected, np.count_nonzero(remaining))
    return {"expected_precision": expected, "expected_precision_interval": interval}


def leave_alone(issues, codes, review, flagged_before=None, rated_before=False):
    """Findings in codes with the reviewed labels left as they are.

    Parameters
    ----------
    issues : LabelIssues
        Findings in codes.

    codes : ndarray of shape (n_samples,)
        Labels as they are now.

    review : Review or None
        What was reviewed.

    flagged_before : ndarray of shape (n_samples,), dtype bool, default=None
        What was flagged before the review, from which precision is measured; None where that
        is not known.

    rated_before : bool, default=False
        Are the findings those of the labels before the review? What is expected of the other
        flags then rests on the reviewed labels too.

    Returns
    -------
    issues : LabelIssues
        The same with no flag on a reviewed label, their quality 1 and `trusted_mask` set.
    """
    if review is None:
        return issues
    trusted = review.trusted
    suggested_proba = issues.suggested_proba
    if suggested_proba is not None:
        suggested_proba = np.where(trusted, suggested_proba.dtype.type(1), suggested_proba)
    found = {}
    if flagged_before is not None:
        flags = flagged_before & trusted
        n_flags, n_right = int(flags.sum()), int((flags & review.changed).sum())
        if n_flags:
            interval = binomtest(n_right, n_flags).proportion_ci(method="wilson")
            found["measured_precision"] = n_right / n_flags
            found["measured_precision_interval"] = (float(interval.low), float(interval.high))
    quality = issues.label_quality
    issue_mask = issues.issue_mask & ~trusted
    told = (trusted if rated_before else issues.issue_mask & trusted).any()
    if told and not np.isnan(issues.expected_precision):
        found |= expected_of(issue_mask, issues, review if rated_before else None)
    return replace(
        issues,
        label_quality=np.where(trusted, quality.dtype.type(1), quality),
        issue_mask=issue_mask,
        ambiguous_mask=issues.ambiguous_mask & ~trusted,
        suggested_label=np.where(trusted, codes, issues.suggested_label),
        suggested_proba=suggested_proba,
        trusted_mask=trusted,
        **found,
    )
