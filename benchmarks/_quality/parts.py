"""Part `parts`: every detector, noise-matrix method and strategy with its defaults."""

from inspect import signature
from pathlib import Path

from sklearn.base import clone

from skclean import NoiseAwareClassifier
from skclean.detectors import BaseDetector, TrainingDynamics
from skclean.noise_matrix import BaseJoint, estimate_noise_matrix
from skclean.utils.discovery import all_estimators

from .cases import MODELS, make_case
from .classifier import strategies, strategy_accuracy
from .figures import detection, matrix_error, mean
from .folds import case_pred_probs, cpu_seconds
from .markdown import number, table
from .which import choices, page

TRAITS = {  # one data set of either half for each
    "few rows": ("few rows", "wine"),
    "many classes": ("twenty classes", "many classes"),
    "overlap": ("two classes", "overlapping mixture"),
    "imbalance": ("imbalanced mixture", "rare class"),
}
RATES = (0.2,)
STRATEGY_MODELS = ("logistic", "forest")


def trait_of(name):
    """What a data set stands for."""
    return next(trait for trait, names in TRAITS.items() if name in names)


def detectors():
    """Every detector; the forest is inside where one asks for a classifier without stages."""
    made = {}
    for name, kind in all_estimators():
        if issubclass(kind, BaseDetector):
            asks = "estimator" in signature(kind).parameters and kind is not TrainingDynamics
            made[name] = kind(MODELS["forest"]()) if asks else kind()
    return made


def joint_methods():
    """Every noise-matrix method, with its defaults."""
    return {name: kind() for name, kind in all_estimators() if issubclass(kind, BaseJoint)}


def case_rows(settings, name, kind, rate, seed):
    """One row for each part: what sort it is, its name and its figures."""
    case = make_case(name, kind, rate, seed)
    where = {"set": name, "kind": kind, "trait": trait_of(name)}
    rows = []
    for part, detector in detectors().items():
        issues, seconds = cpu_seconds(lambda d=detector: d.fit(case.X, case.y).issues_)
        figures = detection(case.wrong, issues.issue_mask, issues.label_quality)
        rows.append({"sort": "detector", "part": part, "CPU": seconds, **figures, **where})
    P, _ = case_pred_probs(settings, "forest", case.X, case.y, seed)
    for part, method in joint_methods().items():
        noise = estimate_noise_matrix(case.y, P, method=method)
        error = matrix_error(case.y_true, case.y, noise.noise_matrix)
        rows.append({"sort": "matrix", "part": part, "TV": error, **where})
    for model in settings.model_names(name, STRATEGY_MODELS):
        estimator = MODELS[model]()
        P, _ = case_pred_probs(settings, model, case.X, case.y, seed)
        plain = clone(estimator).fit(case.X, case.y).score(case.X_test, case.y_test)
        for part, strategy in strategies().items():
            classifier = NoiseAwareClassifier(estimator, strategy=strategy)
            accuracy = strategy_accuracy(classifier, case, pred_probs=P)
            figures = {"accuracy": accuracy, "gain": accuracy - plain}
            rows.append({"sort": "strategy", "part": part, **figures, **where})
    return rows


def measure(settings):
    """Rows of all parts on the fixed selection of cases."""
    among = [name for names in TRAITS.values() for name in names]
    return settings.each(case_rows, settings.case_names(rates=RATES, among=among))


def all_parts_table(rows, sort, figures):
    """Means of every part of a sort."""
    of_sort = [row for row in rows if row["sort"] == sort]
    lines = []
    for part in dict.fromkeys(row["part"] for row in of_sort):
        of_part = [row for row in of_sort if row["part"] == part]
        means = [
            number(mean(row[figure] for row in of_part), digits, sign=figure == "gain")
            for figure, digits in figures.items()
        ]
        lines.append([f"`{part}`", *means])
    return table([sort, *figures], lines)


def run(settings):
    """The Markdown of this part; the choices go to a page of their own as well if asked."""
    rows = measure(settings)
    if settings.which is not None:
        Path(settings.which).write_text(page(settings, rows), encoding="utf-8")
    return "\n\n".join(
        [
            "## Parts one by one",
            "Every part with its defaults, at a noise rate of .2, on data with few rows, many "
            "classes, overlap or imbalance.",
            "### Detectors",
            "F1 of the flags, average precision of the ranking, and mean seconds of CPU. Where a "
            "detector asks for a classifier, it has a forest of 50 trees.",
            all_parts_table(rows, "detector", {"F1": 3, "AP": 3, "CPU": 2}),
            "### Noise-matrix methods",
            "Total variation from the realised noise matrix, given the same probabilities of a "
            "forest: less is better.",
            all_parts_table(rows, "matrix", {"TV": 3}),
            "### Strategies",
            "Accuracy on clean test labels, and the gain over the plain model, given the same "
            "probabilities; logistic regression and forest.",
            all_parts_table(rows, "strategy", {"accuracy": 3, "gain": 3}),
            "### Which one when",
            choices(rows, "####"),
        ]
    )
