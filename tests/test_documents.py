"""What the documents show runs, and prints what they say it prints."""

import doctest
import re
import runpy
from importlib import import_module
from pathlib import Path
from pydoc import locate

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure

import skclean
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


def guide_pages():
    """Pages of the site that show Python with what it prints."""
    pages = [ROOT / "docs" / name for name in ("index.md", "getting_started.md")]
    return pages + sorted((ROOT / "docs" / "guide").glob("*.md"))


@pytest.mark.parametrize("path", guide_pages(), ids=lambda path: path.stem)
def test_a_page_of_the_guide_prints_what_stands_below_each_block(path, capsys):
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```", text, re.M | re.S)
    assert len(found) == len(blocks(path, "python"))
    namespace = {"__name__": "guide"}
    for code, printed in found:
        exec(compile(code, path.name, "exec"), namespace)
        assert capsys.readouterr().out == printed


def test_every_public_object_is_in_the_reference():
    listed = set(re.findall(r"^   ([\w.]+)$", (ROOT / "docs" / "api.rst").read_text(), re.M))
    modules = "detectors strategies noise_matrix report display metrics simulation streaming"
    public = set(skclean.__all__)
    for name in modules.split():
        own = import_module(f"skclean.{name}").__all__
        public |= {f"{name}.{each}" for each in own if each not in skclean.__all__}
    assert public <= listed
    for name in listed:
        assert locate(f"skclean.{name}") is not None


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


def test_what_contributing_adds_works(noisy_blobs, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    found = {}
    for i, code in enumerate(blocks("CONTRIBUTING.md", "python")):
        (tmp_path / f"added_{i}.py").write_text(code, encoding="utf-8")
        found |= vars(import_module(f"added_{i}"))
    check_estimator_contract(found["NearestMean"]())
    monkeypatch.setattr("skclean.detectors.NearestMean", found["NearestMean"], raising=False)
    for test in doctest.DocTestFinder().find(found["NearestMean"], "NearestMean", globs={}):
        assert doctest.DocTestRunner().run(test).failed == 0
    check_joint_method(found["ArgmaxConfusion"]())
    check_strategy(found["PruneByQuality"]())
    X, y, y_true, _ = noisy_blobs
    detector = found["NearestMean"]().fit(X, y)
    wrong = y != y_true
    assert detector.issue_mask_[wrong].mean() > 5 * detector.issue_mask_[~wrong].mean()
    display = found["FlagCountDisplay"].from_estimator(detector, X, y, ax=Figure().subplots())
    assert sum(bar.get_height() for bar in display.bars_) == detector.issues_.n_issues


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


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_links_to_files_of_the_repository_lead_there(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / link.partition("#")[0]).exists()] == []


def test_the_check_of_the_sites_links_finds_what_is_broken(tmp_path):
    check = runpy.run_path(str(ROOT / "docs" / "check_links.py"))["broken_links"]
    (tmp_path / "a.html").write_text('<a href="b.html#here"></a><a href="b.html#there"></a>')
    (tmp_path / "b.html").write_text('<p id="here"><img src="c.png"><a href="https://x.y/z"></a>')
    (tmp_path / "c.html").write_text(f'<a href="../{tmp_path.name}/a.html"></a><a href=".."></a>')
    lost = ["a.html: b.html#there", "b.html: c.png", "c.html: .."]
    assert list(check(tmp_path)) == lost
    (empty := tmp_path / "empty").mkdir()
    assert len(list(check(empty))) == 1


def test_the_readme_names_what_the_makefile_does():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for target, words in {"demo": '".[cli]"', "test": '".[test]"'}.items():
        assert f"`make {target}`" in readme
        assert words in readme
        assert words in makefile
