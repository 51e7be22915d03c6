"""What skclean promises beyond scikit-learn's estimator checks, as checks.

Every check takes an unfitted detector, resampler, classifier or noise-matrix estimator
and raises AssertionError where it breaks the promise, so that third parties hold their
own detectors, strategies and noise-matrix methods to the same contract.
"""

import inspect
import io
import pickle
from dataclasses import replace

import joblib
import numpy as np
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression

from skclean._issues import LabelIssues
from skclean.noise_matrix._base import BaseJoint, noise_estimate
from skclean.simulation import flip_labels, make_noise_matrix
from skclean.strategies._base import BaseStrategy

__all__ = ["check_estimator_contract", "check_joint_method", "check_strategy", "contract_checks"]


def _noisy_data():
    X, codes = make_blobs(90, centers=3, n_features=4, cluster_std=3, random_state=0)
    y_true = np.array(["bird", "cat", "dog"])[codes]
    return X, flip_labels(y_true, make_noise_matrix("pair", 3, 0.2), random_state=0)[0]


def _seeded(estimator):
    """Clone with an integer seed for everything that takes one."""
    estimator = clone(estimator)
    seeds = {
        name: 0
        for name in estimator.get_params(deep=True)
        if name.split("__")[-1] == "random_state"
    }
    return estimator.set_params(**seeds)


def _findings(estimator, X):
    """What a fitted estimator found, as arrays to compare."""
    found = {}
    if hasattr(estimator, "issues_"):
        issues = estimator.issues_
        found["label_quality"] = issues.label_quality
        found["issue_mask"] = issues.issue_mask
        found["suggested_label"] = issues.suggested_label
    if hasattr(estimator, "noise_matrix_"):
        found["noise_matrix"] = estimator.noise_matrix_
    if hasattr(estimator, "predict"):
        found["prediction"] = estimator.predict(X)
    if not found:
        raise AssertionError(f"{estimator!r} has neither issues_, noise_matrix_ nor predict.")
    return found


def _assert_same(first, second, why):
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name], err_msg=f"{name}: {why}")


def check_refit_is_a_fresh_fit(estimator):
    """Fitting again, on other data in between, gives what a first fit gives."""
    X, y = _noisy_data()
    once = _seeded(estimator).fit(X, y)
    other = _seeded(estimator).fit(X[::-2, :2], np.where(y[::-2] == "dog", "cow", y[::-2]))
    _assert_same(_findings(once, X), _findings(other.fit(X, y), X), "refit differs from fit")


def check_clone_of_fitted_is_clean(estimator):
    """A clone of a fitted estimator holds its parameters and nothing else."""
    X, y = _noisy_data()
    copy = clone(_seeded(estimator).fit(X, y))
    left = sorted(set(vars(copy)) - set(copy.get_params(deep=False)))
    assert not left, f"clone keeps {left}"


def check_same_result_for_any_n_jobs(estimator):
    """The number of jobs changes nothing but time."""
    X, y = _noisy_data()
    results = []
    for n_jobs in [1, 2]:
        copy = _seeded(estimator)
        own = {"n_jobs", "detector__n_jobs"} & set(copy.get_params())
        copy.set_params(**dict.fromkeys(own, n_jobs))
        results.append(_findings(copy.fit(X, y), X))
    _assert_same(*results, "n_jobs=1 and n_jobs=2 differ")


def check_global_random_state_is_untouched(estimator):
    """Neither with a seed nor without one is numpy's global state drawn from."""
    X, y = _noisy_data()
    for copy in [clone(estimator), _seeded(estimator)]:
        before = pickle.dumps(np.random.get_state())  # noqa: NPY002
        copy.fit(X, y)
        after = pickle.dumps(np.random.get_state())  # noqa: NPY002
        assert before == after, f"{copy!r} drew from the global random state"


def check_pickle_and_joblib_round_trip(estimator):
    """A fitted estimator comes back from pickle and joblib with the same findings."""
    X, y = _noisy_data()
    fitted = _seeded(estimator).fit(X, y)
    found = _findings(fitted, X)
    _assert_same(found, _findings(pickle.loads(pickle.dumps(fitted)), X), "pickle differs")
    file = io.BytesIO()
    joblib.dump(fitted, file)
    file.seek(0)
    _assert_same(found, _findings(joblib.load(file), X), "joblib differs")


def check_label_types_give_same_findings(estimator):
    """Labels of any type that sort alike give the same findings."""
    X, y = _noisy_data()
    codes = np.unique(y, return_inverse=True)[1]
    expected = _findings(_seeded(estimator).fit(X, codes), X)
    names = {
        "str": y,
        "object": y.astype(object),
        "negative int with gaps": np.array([-7, 3, 40])[codes],
        "float": np.array([-1.0, 0.0, 5.0])[codes],
        "list": y.tolist(),
    }
    for kind, labels in names.items():
        found = _findings(_seeded(estimator).fit(X, labels), X)
        for name in set(expected) & {"label_quality", "issue_mask", "noise_matrix"}:
            np.testing.assert_array_equal(
                found[name], expected[name], err_msg=f"{name} differs for {kind} labels"
            )


def check_issues_are_aligned(estimator):
    """The record of issues has one entry per sample and values in their ranges."""
    X, y = _noisy_data()
    fitted = _seeded(estimator).fit(X, y)
    if not hasattr(fitted, "issues_"):
        return
    issues = fitted.issues_
    assert isinstance(issues, LabelIssues)
    for name in ["label_quality", "issue_mask", "suggested_label", "ambiguous_mask"]:
        assert getattr(issues, name).shape == y.shape, name
    assert issues.issue_mask.dtype == bool
    assert (issues.label_quality >= 0).all()
    assert (issues.label_quality <= 1).all()
    assert not (issues.ambiguous_mask & ~issues.issue_mask).any()
    assert issues.suggested_label.dtype == y.dtype
    np.testing.assert_array_equal(issues.given_label, y)
    np.testing.assert_array_equal(issues.classes, np.unique(y))
    assert set(issues.ranked_indices()[: issues.n_issues]) == set(np.flatnonzero(issues.issue_mask))


def check_every_class_survives(estimator):
    """Resampling keeps a subset of the rows, or all, and a sample of every class."""
    if not hasattr(estimator, "fit_resample"):
        return
    X, y = _noisy_data()
    resampler = _seeded(estimator)
    X_res, y_res = resampler.fit_resample(X, y)
    assert set(y_res) == set(y)
    assert len(X_res) == len(y_res) == len(resampler.sample_indices_)
    np.testing.assert_array_equal(X_res, X[resampler.sample_indices_])


CHECKS = [
    check_refit_is_a_fresh_fit,
    check_clone_of_fitted_is_clean,
    check_same_result_for_any_n_jobs,
    check_global_random_state_is_untouched,
    check_pickle_and_joblib_round_trip,
    check_label_types_give_same_findings,
    check_issues_are_aligned,
    check_every_class_survives,
]


def contract_checks(estimators):
    """List every check for every estimator, for `pytest.mark.parametrize`.

    Parameters
    ----------
    estimators : iterable of estimators
        Unfitted detectors, resamplers, classifiers or noise-matrix estimators.

    Returns
    -------
    pairs : list of (estimator, callable)
        Call the check with the estimator.
    """
    return [(estimator, check) for estimator in estimators for check in CHECKS]


def check_estimator_contract(estimator):
    """Run all checks on one estimator.

    Parameters
    ----------
    estimator : estimator
        Unfitted detector, resampler, classifier or noise-matrix estimator.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skclean.detectors import ConfidentLearning
    >>> from skclean.utils.estimator_checks import check_estimator_contract
    >>> check_estimator_contract(ConfidentLearning(GaussianNB()))
    """
    for check in CHECKS:
        check(estimator)


def _made_issues():
    """Data and a full record on them: a class flagged whole, a class of one sample."""
    random_state = np.random.RandomState(0)
    classes = np.array(["bird", "cat", "dog", "emu"])
    codes = np.repeat([0, 1, 2, 3], [20, 20, 2, 1])
    n_samples = len(codes)
    pred_probs = random_state.dirichlet(np.ones(4), size=n_samples)
    flagged = (pred_probs.argmax(axis=1) != codes) & (random_state.uniform(size=n_samples) < 0.5)
    flagged[codes >= 2] = True
    pred_probs[codes >= 2] = [0.9, 0.1, 0, 0]
    joint = np.diag([16.0, 16, 1, 1]) / n_samples
    joint[[0, 1], [1, 0]] = 4 / n_samples
    joint[0, 2] = 1 / n_samples
    issues = LabelIssues(
        label_quality=random_state.uniform(size=n_samples),
        issue_mask=flagged,
        suggested_label=pred_probs.argmax(axis=1),
        suggested_proba=pred_probs.max(axis=1),
        noise=noise_estimate(joint, classes),
        pred_probs=pred_probs,
    )
    X = codes[:, np.newaxis] + random_state.normal(size=(n_samples, 2))
    return X, classes[codes], issues.decode(classes, classes[codes])


def _check_treatment(treatment, y):
    n_rows = len(treatment.y)
    samples = treatment.sample_indices
    if samples is None:
        samples = np.arange(n_rows)
    assert len(treatment.keep) == len(samples) == n_rows
    assert set(samples) == set(range(len(y))), "a sample has no row"
    assert treatment.keep.dtype == bool
    assert treatment.y.dtype == y.dtype
    assert set(treatment.y[treatment.keep]) == set(y), "a class was lost"
    if treatment.sample_weight is not None:
        assert treatment.sample_weight.shape == (n_rows,)
        assert np.isfinite(treatment.sample_weight).all()
        assert (treatment.sample_weight >= 0).all()


def check_strategy(strategy):
    """A strategy decides on every sample, keeps every class, and changes no input.

    It may refuse a classifier or a detector that lacks what it needs by a ValueError.

    Parameters
    ----------
    strategy : BaseStrategy
        The strategy.
    """
    assert isinstance(strategy, BaseStrategy)
    X, y, issues = _made_issues()
    before = vars(clone(strategy)), X.copy(), y.copy(), issues.issue_mask.copy()
    _check_treatment(strategy.treat(LogisticRegression(), X, y, issues), y)
    bare = replace(issues, noise=None, pred_probs=None, suggested_proba=None)
    for estimator, found in [(LogisticRegression(), bare), (LinearDiscriminantAnalysis(), issues)]:
        try:
            treatment = strategy.treat(estimator, X, y, found)
        except ValueError:
            continue
        _check_treatment(treatment, y)
    assert repr(vars(strategy)) == repr(before[0]), "a strategy keeps nothing"
    for now, then in zip([X, y, issues.issue_mask], before[1:], strict=True):
        np.testing.assert_array_equal(now, then)
    if hasattr(strategy, "_correct_proba"):
        corrected = strategy._correct_proba(issues.pred_probs, issues.noise)
        assert corrected.shape == issues.pred_probs.shape
        assert (corrected >= 0).all()
        np.testing.assert_allclose(corrected.sum(axis=1), 1)


def check_joint_method(method):
    """A noise-matrix method returns a joint whose columns sum to the given priors.

    Parameters
    ----------
    method : BaseJoint
        The method.
    """
    assert isinstance(method, BaseJoint)
    random_state = np.random.RandomState(0)
    y = random_state.randint(3, size=200)
    pred_probs = random_state.dirichlet(np.ones(3), size=200)
    pred_probs[np.arange(200), y] += 1
    pred_probs /= 2
    joint = method.estimate(y, pred_probs)
    assert joint.shape == (3, 3)
    assert (joint >= 0).all()
    np.testing.assert_allclose(joint.sum(axis=0), np.bincount(y) / 200)
    np.testing.assert_allclose(method.estimate(y, pred_probs.astype(np.float32)), joint, atol=0.01)


def is_part(cls):
    """Tell strategies and noise-matrix methods from estimators.

    Parameters
    ----------
    cls : type
        A class of :func:`~skclean.utils.discovery.all_estimators`.

    Returns
    -------
    is_part : bool
        True for a part: it is called and never fitted.
    """
    return inspect.isclass(cls) and issubclass(cls, (BaseStrategy, BaseJoint))
