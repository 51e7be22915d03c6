"""The house keeps its layers: a module imports only from those before it."""

import ast
from pathlib import Path

import pytest

import skclean

ROOT = Path(skclean.__file__).parent
LAYERS = [
    ["_core"],
    ["_issues"],
    ["utils"],
    ["noise_matrix", "strategies", "simulation", "metrics"],
    ["quality"],
    ["pruning", "streaming"],
    ["detectors"],
    ["_detecting"],
    ["_classifier", "_resample"],
    ["display"],
    ["report"],
    ["_show_versions"],
    ["__init__"],
    ["_table"],
    ["_demo"],
    ["_cli_summary", "_cli_review"],
    ["_cli"],
    ["__main__"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
# checks for third parties sit with the utilities and look up at what they check
EXEMPT = {ROOT / "utils" / "estimator_checks.py", ROOT / "utils" / "discovery.py"}
MODULES = sorted(ROOT.rglob("*.py"))


def module_of(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path):
    """Dotted names that a file imports, with the line of each."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} has a relative import"
            yield node.module, node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_imports_only_from_layers_before_it(path):
    if path in EXEMPT:
        return
    own = module_of(path)
    for name, node in imported(path):
        parts = name.split(".")
        if parts[0] != "skclean":
            continue
        inner = parts[1] if len(parts) > 1 else "__init__"
        assert inner in LEVEL, f"{name} has no layer; add it to LAYERS"
        allowed = inner == own or LEVEL[inner] < LEVEL[own]
        assert allowed, f"{path.name}:{node.lineno} imports {name}, which is not before {own}"


@pytest.mark.parametrize("path", sorted((ROOT / "_core").glob("*.py")), ids=lambda p: p.name)
def test_core_knows_only_numpy_and_scipy(path):
    roots = {name.split(".")[0] for name, _ in imported(path)}
    assert roots <= {"numpy", "scipy", "dataclasses", "functools", "typing", "skclean"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_optional_packages_are_imported_inside_functions(path):
    optional = {"pandas", "matplotlib", "jinja2", "imblearn", "skops", "dask", "polars", "rich"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top_level = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    for node in top_level:
        names = [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        assert not {name.split(".")[0] for name in names} & optional


def test_scikit_learns_private_names_have_one_address():
    for path in MODULES:
        if path.name == "_sklearn.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "sklearn":
                private = [a.name for a in node.names if a.name.startswith("_")]
                private += [part for part in node.module.split(".") if part.startswith("_")]
                assert not private, f"{path}:{node.lineno} imports {private}"
