"""Find the estimators and parts of skclean, as the common tests do."""

import inspect
from importlib import import_module
from pkgutil import iter_modules

from sklearn.base import BaseEstimator


def all_estimators() -> list[tuple[str, type]]:
    """List the public classes of skclean that have parameters.

    A class is public if a package without a leading underscore names it in ``__all__``;
    base classes are left out.

    Returns
    -------
    estimators : list of (str, type)
        Names and classes, sorted by name.

    Examples
    --------
    >>> from skclean.utils.discovery import all_estimators
    >>> "ConfidentLearning" in dict(all_estimators())
    True
    """
    root = import_module("skclean")
    packages = [root] + [
        import_module(f"skclean.{module.name}")
        for module in iter_modules(root.__path__)
        if not module.name.startswith("_")
    ]
    found = {}
    for package in packages:
        for name in getattr(package, "__all__", []):
            thing = getattr(package, name)
            is_estimator = inspect.isclass(thing) and issubclass(thing, BaseEstimator)
            if is_estimator and not inspect.isabstract(thing):
                found[name] = thing
    return sorted(found.items())
