"""The benchmarks run: their figures are for people, not for assertions."""

import re
import runpy
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def run_quality(monkeypatch):
    """The script with its folder on the path, as Python puts it, and without reference data."""

    def run(*options):
        monkeypatch.syspath_prepend(BENCHMARKS)
        monkeypatch.setattr(sys, "argv", ["quality.py", "--quick", *options])
        monkeypatch.delenv("SKCLEAN_REFERENCE_DATA", raising=False)
        runpy.run_path(str(BENCHMARKS / "quality.py"), run_name="__main__")

    return run


def rows(text, heading):
    """Cells of the first table below a heading, by the first of each row."""
    section = text[text.index(f"\n{heading}\n") :]
    table = re.search(r"(?:^\|.*\n?)+", section, flags=re.MULTILINE).group()
    lines = [line.strip("|").split("|") for line in table.splitlines()]
    return {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in lines}


def test_the_quality_benchmark_reports_every_part(run_quality, tmp_path):
    run_quality("--output", str(tmp_path / "report.md"), "--which", str(tmp_path / "page.md"))
    report = (tmp_path / "report.md").read_text(encoding="utf-8")
    head = report[: report.index("\n## ")]
    for word in ["benchmarks/quality.py --half report", "scikit-learn 1.", "seeds: 0", "CPUs: "]:
        assert word in head
    for heading in ["### F1", "### AP", "### TV", "### AP in the loop", "### Against cleanlab"]:
        n, ours = rows(report, heading)["all"][:2]
        assert int(n) > 0
        assert 0 < float(ours) < 1
    best = rows(report.split("## The ceiling")[1], "### AP")["all"]
    assert float(best[1]) >= float(best[2])
    assert {"default", "one round"} <= set(rows(report, "### Switched off and on"))
    assert {"default", "Prune", "Reweight"} <= set(rows(report, "### Each strategy"))
    assert len(rows(report, "### Clean labels")) > 4
    assert "| nan" not in report
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert page.startswith("# Which one when")
    assert "| `AveragedJoint` |" in page
    assert str(tmp_path) not in report + page


def test_the_quality_benchmark_needs_no_cleanlab(run_quality, monkeypatch, capsys):
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.setattr("_quality.peer.cleanlab", None)
    run_quality("--part", "probabilities", "ceiling")
    report = capsys.readouterr().out
    assert "cleanlab not installed" in report
    assert rows(report, "### F1")["all"][2:] == ["-", "-", "-"]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("oob", ["digits, forest, 100 trees, leaves of 2"]),
        ("cheap_detector", ["digits"]),
        ("grid_memory", ["detectors in a loop, forest", "search, one forest for both"]),
        ("fit_overhead", ["default", "one round, no neighbors", "cleanlab's CleanLearning"]),
    ],
)
def test_the_benchmarks_of_whole_fits_print_their_tables(monkeypatch, capsys, name, lines):
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.setattr(sys, "argv", [f"{name}.py", "--quick"])
    monkeypatch.delenv("SKCLEAN_REFERENCE_DATA", raising=False)
    runpy.run_path(str(BENCHMARKS / f"{name}.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert printed.startswith("## ")
    for line in lines:
        assert f"\n| {line} | " in printed
