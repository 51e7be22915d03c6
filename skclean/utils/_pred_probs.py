"""What every estimator that cross-validates an inner classifier has in common."""

from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state, indexable
from sklearn.utils.validation import check_memory, validate_data

from skclean._core._scan import scan
from skclean.utils._cross_val import (
    MEMORY_CONSTRAINT,
    cached_pred_probs,
    check_judged,
    make_splits,
    seeded_clone,
)
from skclean.utils._default_estimator import default_classifier
from skclean.utils._disorder import warn_of_disorder
from skclean.utils._encoding import encode_labels, index_of, warn_of_order
from skclean.utils._inner_fits import InnerFitsMixin
from skclean.utils._out_of_bag import CV_CONSTRAINT, is_out_of_bag, with_oob_score
from skclean.utils._probabilities import HasProbabilities
from skclean.utils._review import check_review
from skclean.utils._sklearn import CallbackSupportMixin, _routing_enabled
from skclean.utils._validation import check_pred_probs


def check_X_y(estimator, X, y):
    """Validate data and labels without touching X; note its feature names and its index.

    Returns
    -------
    X : array-like of shape (n_samples, n_features)
        As it came, or as an array where rows could not be indexed.

    y : ndarray of shape (n_samples,)
        Given labels.

    classes : ndarray of shape (n_classes,)
        Sorted classes.

    codes : ndarray of shape (n_samples,)
        Position of each label in `classes`.
    """
    X, y = indexable(X, y)
    if y is None:
        raise ValueError(
            f"This {estimator.__class__.__name__} estimator requires y to be passed, but the "
            "target y is None."
        )
    warn_of_order("X", X, y)
    validate_data(estimator, X, skip_check_array=True)
    estimator._index = index_of(y, X)
    classes, codes = encode_labels(y)
    if len(classes) < 2:
        raise ValueError(
            "The number of classes has to be greater than one; got 1 class "
            f"{classes.tolist()}. Label issues are contradictions between classes."
        )
    return X, classes[codes], classes, codes


class PredProbsMixin(CallbackSupportMixin, InnerFitsMixin):
    """Mixin that owns `estimator`, `cv`, `n_jobs`, `random_state` and `memory`."""

    _parameter_constraints: dict = {
        "estimator": [HasProbabilities(), None],
        "cv": CV_CONSTRAINT,
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "memory": MEMORY_CONSTRAINT,
    }

    def _get_estimator(self, X=None):
        return default_classifier(X) if self.estimator is None else self.estimator

    def _inner_estimators(self):
        return [self._get_estimator()]

    def _fit_pred_probs(self, X, y, pred_probs, params, rounds=None, trusted=None, y_before=None):
        """Out-of-sample probabilities, given or by cross-validation.

        Sets `estimators_` (empty for given probabilities; else of the last round),
        `classes_` and `pred_probs_`. `rounds` says how many rounds there are, what becomes
        of their probabilities and which rows the next one is trained on, beside those that
        are `trusted`; None is one round as it comes.

        Returns
        -------
        y, codes : ndarray of shape (n_samples,)
            Labels and their codes.

        judged : ndarray of shape (n_samples,), dtype bool
            Rows that have probabilities.

        review : Review or None
            What `trusted` and `y_before` say, validated.
        """
        X, y, self.classes_, codes = check_X_y(self, X, y)
        review = check_review(y, self.classes_, codes, trusted, y_before)
        estimator = seeded_clone(self._get_estimator(X), self.random_state)
        if pred_probs is not None and params and not _routing_enabled():
            raise TypeError(
                f"{self.__class__.__name__}.fit takes no {' and no '.join(params)} together with "
                "pred_probs: no classifier is fitted, and no folds are made."
            )
        split_params, (fit_params,) = self._route(X, [estimator], params)
        if pred_probs is not None:
            self.pred_probs_ = check_pred_probs(
                pred_probs,
                len(y),
                self.classes_,
                way_out="y must hold every class here; leave the columns of absent classes out and "
                "scale the rows to sum 1, or use find_label_issues or audit, which take classes=",
            )[:]
            found = scan(codes, self.pred_probs_)
            warn_of_disorder(codes, found.predicted, found.predicted_proba, self.classes_, 5)
            self.estimators_ = []
            return y, codes, np.ones(len(y), dtype=bool), review
        n_rounds = 1 if rounds is None else rounds.n_rounds
        options = {} if rounds is None else {"n_splits": rounds.n_splits}
        shuffle = None if self.random_state is None else check_random_state(self.random_state)
        splits = make_splits(self.cv, X, y, codes, random_state=shuffle, **options, **split_params)
        if hasattr(self.cv, "__next__"):
            self._splits = splits
        out_of_bag = is_out_of_bag(self.cv)
        if out_of_bag:
            with_oob_score(estimator)  # complains of one that does not bag, before any fit
        remade = self.cv is None or out_of_bag or isinstance(self.cv, Integral)
        first_splits = splits
        context = self._init_callback_context(
            max_subtasks=len(splits) * n_rounds, sequential_subtasks=False
        )
        if context is not None:
            context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        cached = cached_pred_probs(self.memory)
        keep = np.ones(len(y), dtype=bool)
        if rounds is not None:
            rounds.start(X, split_params.get("groups"), check_memory(self.memory).cache)
        for i in range(n_rounds):
            if i > 0:
                splits = make_splits(
                    self.cv if remade else first_splits,
                    X,
                    y,
                    codes,
                    random_state=shuffle,
                    keep=keep,
                    **options,
                    **split_params,
                )
            self.pred_probs_, self.estimators_ = cached(
                estimator,
                X,
                y,
                splits,
                self.classes_,
                fit_params,
                n_jobs=self.n_jobs,
                context=context,
                caller=None if context is None else self,  # its last round need not travel
                first_task=i * len(splits),
                out_of_bag=out_of_bag,
            )
            if rounds is not None:
                self.pred_probs_ = rounds.add(codes, self.pred_probs_, keep)
            judged = ~np.isnan(self.pred_probs_[:, 0])
            if i + 1 < n_rounds:
                check_judged(y, judged, warn=False)
                keep = np.ones(len(y), dtype=bool)
                keep[judged] = rounds.rows_to_keep(codes[judged], self.pred_probs_[judged])
                if review is not None:
                    keep |= review.trusted
        check_judged(y, judged)
        if context is not None:
            context.call_on_fit_task_end(estimator=self, X=X, y=y)
        return y, codes, judged, review
