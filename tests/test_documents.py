"""What the documents show runs, and prints what they say it prints."""

import re
import runpy
from importlib import import_module
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from skclean.utils.estimator_checks import (
    check_estimator_contract,
    check_joint_method,
    check_strategy,
)

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def blocks(document, language):
    """Code blocks of a Markdown document in one language."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_the_first_example_of_the_readme_prints_what_stands_below_it(capsys):
    exec(compile(blocks("README.md", "python")[0], "README.md", "exec"), {})
    assert capsys.readouterr().out == blocks("README.md", "text")[0]


def test_the_other_examples_of_the_readme_run():
    for code in blocks("README.md", "python")[1:]:
        exec(compile(code, "README.md", "exec"), {})


def test_the_guide_to_clusters_runs(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "guide"}
    try:
        for code in blocks("docs/scaling_out.md", "python"):
            exec(compile(code, "docs/scaling_out.md", "exec"), namespace)
    finally:
        for name in ("client", "cluster"):
            namespace[name].close()
    assert namespace["same"]


def test_a_detector_a_method_and_a_strategy_are_added_as_contributing_says(
    noisy_blobs, tmp_path, monkeypatch
):
    monkeypatch.syspath_prepend(tmp_path)
    found = {}
    for i, code in enumerate(blocks("CONTRIBUTING.md", "python")):
        (tmp_path / f"added_{i}.py").write_text(code, encoding="utf-8")
        found |= vars(import_module(f"added_{i}"))
    check_estimator_contract(found["NearestMean"]())
    check_joint_method(found["ArgmaxConfusion"]())
    check_strategy(found["PruneByQuality"]())
    X, y, y_true, _ = noisy_blobs
    detector = found["NearestMean"]().fit(X, y)
    wrong = y != y_true
    assert detector.issue_mask_[wrong].mean() > 5 * detector.issue_mask_[~wrong].mean()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_example_runs_prints_and_draws(path, capsys, monkeypatch):
    monkeypatch.setattr(plt, "show", lambda: None)  # which would warn or wait for a person
    with mpl.rc_context({"backend": "agg"}):
        runpy.run_path(str(path), run_name="__main__")  # as a script, for cells that say so
        figures = [plt.figure(number) for number in plt.get_fignums()]
        plt.close("all")
    assert capsys.readouterr().out
    assert figures
    assert all(ax.has_data() for figure in figures for ax in figure.axes)


def test_the_readme_names_what_the_makefile_does():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for target, words in {"demo": '".[cli]"', "test": '".[test]"'}.items():
        assert f"`make {target}`" in readme
        assert words in readme
        assert words in makefile
