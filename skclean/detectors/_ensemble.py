"""What the detectors that fit several classifiers have in common."""

from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import issparse
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.validation import has_fit_parameter

from skclean._core._votes import cast_votes
from skclean.detectors._base import BaseFittingDetector
from skclean.utils._cross_val import (
    MEMORY_CONSTRAINT,
    cached_pred_probs,
    check_judged,
    make_splits,
    mean_pred_probs,
    seeded_clone,
)
from skclean.utils._default_estimator import encode_table, refuse_texts
from skclean.utils._named_members import NamedMembersMixin
from skclean.utils._out_of_bag import CV_CONSTRAINT, is_out_of_bag, with_oob_score
from skclean.utils._pred_probs import check_X_y
from skclean.utils._probabilities import has_probabilities
from skclean.utils._review import check_review
from skclean.utils._sklearn import (
    InvalidParameterError,
    _fit_context,
    _num_samples,
    _routing_enabled,
)

MAX_CATEGORIES = 30


def on_tables(classifier, X=None):
    """Pipeline that makes numbers of any table for `classifier`.

    Gaps become the median, numbers are scaled to unit variance, and each of the most
    frequent values of a column of text gets a column of its own. Gaps in sparse data become 0.
    """
    refuse_texts(X)
    is_sparse = issparse(X)
    gaps = {"strategy": "constant", "fill_value": 0} if is_sparse else {"strategy": "median"}
    numbers = make_pipeline(
        SimpleImputer(keep_empty_features=True, **gaps), StandardScaler(with_mean=not is_sparse)
    )
    texts = OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=MAX_CATEGORIES, sparse_output=False
    )
    if _routing_enabled():
        numbers[-1].set_fit_request(sample_weight=False)
        if has_fit_parameter(classifier, "sample_weight"):
            classifier.set_fit_request(sample_weight=True)
    return make_pipeline(encode_table(X, texts, numbers), classifier)


class SteadyNB(GaussianNB):
    """Gaussian naive Bayes that knows the class shares alone where no feature varies."""

    def fit(self, X, y, sample_weight=None):
        """Fit; where all variances are 0, so that densities are infinite, they become 1."""
        super().fit(X, y, sample_weight)
        if self.epsilon_ == 0:
            self.var_ = np.ones_like(self.var_)
        return self


def default_tree(X=None):
    """Decision tree for any table, the same at every call: its seed is fixed."""
    return on_tables(DecisionTreeClassifier(min_samples_leaf=2, random_state=0), X)


def default_classifiers(X=None, naive_bayes=False):
    """Classifiers of different kinds: a tree, neighbors, a linear one, naive Bayes.

    The latter does not take sparse data.
    """
    n_neighbors = 5 if X is None else max(1, min(5, _num_samples(X) // 3))  # a fold must hold them
    others = [KNeighborsClassifier(n_neighbors), LogisticRegression(max_iter=1000)]
    if naive_bayes and not issparse(X):
        others.append(SteadyNB())
    return [default_tree(X), *(on_tables(classifier, X) for classifier in others)]


class BaseEnsembleDetector(NamedMembersMixin, BaseFittingDetector):
    """Base of detectors that cross-validate several classifiers: one hook, `_judge`.

    Owns `estimators`, `cv`, `n_jobs`, `random_state` and `memory`. The data go to the
    classifiers as they came.
    """

    _parameter_constraints: dict = {
        "estimators": [list, tuple, None],
        "cv": CV_CONSTRAINT,
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "memory": MEMORY_CONSTRAINT,
    }
    _members_parameter = "estimators"

    def _get_estimators(self, X=None):
        if self.estimators is None:
            return default_classifiers(X)
        estimators = self._members()
        for estimator in estimators:
            if not (hasattr(estimator, "fit") and has_probabilities(estimator)):
                raise InvalidParameterError(
                    f"The 'estimators' parameter of {self.__class__.__name__} must be a list of "
                    f"classifiers with 'predict_proba', or of (name, estimator) tuples. Got "
                    f"{estimator!r} among them instead."
                )
        if not estimators:
            raise InvalidParameterError(
                f"The 'estimators' parameter of {self.__class__.__name__} must hold at least one "
                "classifier. Got none; None stands for the default ones."
            )
        return estimators

    def _inner_estimators(self):
        return self._get_estimators()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse |= self.estimators is None
        return tags

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(
        self,
        X: Any,
        y: ArrayLike,
        trusted: ArrayLike | None = None,
        y_before: ArrayLike | None = None,
        **params: Any,
    ) -> Self:
        """Find the label issues of `y`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, in any form that all classifiers take.

        y : array-like of shape (n_samples,)
            Given labels.

        trusted : array-like of shape (n_samples,), dtype bool, default=None
            Labels of `y` that a person has checked. They are never flagged and keep their
            label.

        y_before : array-like of shape (n_samples,), default=None
            The labels before that review, equal to `y` where `trusted` is False.

        **params : dict
            Metadata, such as `sample_weight` for the classifiers that take it and
            `groups` for the folds: by metadata routing, or as plain keywords while it is
            disabled.

        Returns
        -------
        self : BaseEnsembleDetector
            The fitted detector.
        """
        self._get_estimators()  # complain of them before the data
        X, y, self.classes_, codes = check_X_y(self, X, y)
        estimators = [
            seeded_clone(estimator, self.random_state) for estimator in self._get_estimators(X)
        ]
        review = check_review(y, self.classes_, codes, trusted, y_before)
        split_params, fit_params = self._route(X, estimators, params)
        splits = make_splits(self.cv, X, y, codes, random_state=self.random_state, **split_params)
        if hasattr(self.cv, "__next__"):
            self._splits = splits
        out_of_bag = is_out_of_bag(self.cv)
        for estimator in estimators if out_of_bag else ():
            with_oob_score(estimator)  # complains of one that does not bag, before any fit
        cached = cached_pred_probs(self.memory)
        probs, self.estimators_ = [], []
        for estimator, own_params in zip(estimators, fit_params, strict=True):
            found = cached(
                estimator,
                X,
                y,
                splits,
                self.classes_,
                own_params,
                n_jobs=self.n_jobs,
                out_of_bag=out_of_bag,
            )
            probs.append(found[0])
            self.estimators_.append(found[1])
        votes, self.pred_probs_ = cast_votes(codes, probs)
        check_judged(y, ~np.isnan(self.pred_probs_[:, 0]))
        flagged_before = self._flagged_before(X, review, params)
        issues = self._judge(codes, votes, self.pred_probs_)
        return self._publish(issues, y, review, flagged_before)

    def _votes_on_new_rows(self, X, y):
        probs = [mean_pred_probs(folds, X, self.classes_) for folds in self.estimators_]
        return cast_votes(y, probs)
