"""Part `classifier`: accuracy on clean test labels after training on wrong ones."""

from tempfile import TemporaryDirectory

import numpy as np
from sklearn.base import clone

from skclean import NoiseAwareClassifier
from skclean.detectors import ConfidentLearning
from skclean.strategies import BaseStrategy
from skclean.utils.discovery import all_estimators

from .cases import MODELS, make_case
from .figures import mean, not_worse, paired
from .markdown import comparison, number, share_with_interval, table
from .peer import peer_predictions

AMONG = ("logistic", "forest", "boosting", "knn")
RATES = (0.2, 0.4)
FIELDS = {"kind": "noise", "rate": "rate", "model": "model", "set": "data"}


def strategies():
    """Every strategy, with its defaults."""
    return {name: kind() for name, kind in all_estimators() if issubclass(kind, BaseStrategy)}


def strategy_accuracy(classifier, case, **params):
    """Accuracy on clean labels; NaN where a strategy has weights that the model does not take."""
    try:
        return classifier.fit(case.X, case.y, **params).score(case.X_test, case.y_test)
    except ValueError as error:
        if "takes no sample_weight" not in str(error):
            raise
        return np.nan


def case_rows(settings, name, kind, rate, seed):
    """One row for each model; the single strategies on the first seed alone."""
    case = make_case(name, kind, rate, seed)
    rows = []
    for model in settings.model_names(name, AMONG):
        estimator = MODELS[model]()
        row = {"set": name, "kind": kind, "rate": rate, "model": model}
        plain = clone(estimator).fit(case.X, case.y)
        row["plain accuracy"] = plain.score(case.X_test, case.y_test)
        theirs = settings.cached(peer_predictions)(estimator, case.X, case.y, case.X_test, seed)
        if theirs is not None:
            row["cleanlab accuracy"] = float(np.mean(theirs == case.y_test))
        row["accuracy"] = strategy_accuracy(NoiseAwareClassifier(estimator), case)
        if seed == 0:
            with TemporaryDirectory() as folder:  # all strategies share the inner fits
                for strategy, part in strategies().items():
                    detector = ConfidentLearning(memory=folder)
                    classifier = NoiseAwareClassifier(estimator, detector=detector, strategy=part)
                    row[f"{strategy} accuracy"] = strategy_accuracy(classifier, case)
        rows.append(row)
    return rows


def strategies_table(rows):
    """Every strategy against the other two."""
    rows = [row for row in rows if any(f"{name} accuracy" in row for name in strategies())]
    lines = []
    for name in ["", *(f"{name} " for name in strategies())]:
        figure = f"{name}accuracy"
        ours, plain, _ = paired(rows, figure, "plain accuracy")
        gain = number(mean(ours - plain), sign=True)
        line = [name.strip() or "default", len(ours), number(mean(ours)), gain]
        for other in ("cleanlab accuracy", "plain accuracy"):
            line.append(share_with_interval(*not_worse(rows, figure, other)))
        lines.append(line)
    header = ["strategy", "n", "accuracy", "gain over plain"]
    return table([*header, "not worse than cleanlab", "not worse than plain"], lines)


def run(settings):
    """The Markdown of this part."""
    rows = settings.each(case_rows, settings.case_names(rates=RATES, clean=True))
    return "\n\n".join(
        [
            "## Classifiers",
            "Accuracy on clean test labels of `NoiseAwareClassifier(model)`, of cleanlab's "
            "`CleanLearning(model)` and of the plain model, all trained on the same given labels; "
            'noise "none" has no wrong label to find.',
            "### Against cleanlab",
            comparison(rows, "accuracy", FIELDS),
            "### Against the plain model",
            comparison(rows, "accuracy", FIELDS, theirs="plain "),
            "### Each strategy",
            "Means over the cases of the first seed. A strategy that weighs samples is left out "
            "where the model takes no weights; its gain is over the plain model there.",
            strategies_table(rows),
        ]
    )
