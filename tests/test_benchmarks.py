"""The benchmarks run: their figures are for people, not for assertions."""

import re
import runpy
import sys
from functools import partial
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def run_script(monkeypatch):
    """A script with its folder on the path, as Python puts it, and without reference data."""

    def run(name, *options):
        monkeypatch.syspath_prepend(BENCHMARKS)
        monkeypatch.setattr(sys, "argv", [name, "--quick", *options])
        monkeypatch.delenv("SKCLEAN_REFERENCE_DATA", raising=False)
        runpy.run_path(str(BENCHMARKS / name), run_name="__main__")

    return run


@pytest.fixture
def run_quality(run_script):
    """The benchmark of quality."""
    return partial(run_script, "quality.py")


@pytest.fixture
def run_speed(run_script):
    """The benchmark of speed and memory."""
    return partial(run_script, "speed.py")


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


def test_the_speed_benchmark_reports_every_part(run_speed, tmp_path):
    run_speed("--output", str(tmp_path / "report.md"))
    report = (tmp_path / "report.md").read_text(encoding="utf-8")
    head = report[: report.index("\n## ")]
    for word in ["benchmarks/speed.py --quick", "scikit-learn 1.", "CPUs", "load average"]:
        assert word in head
    for heading, line, column in [
        ("## Find issues", "cleanlab / own: by_noise_rate", 2),
        ("## Find issues", "own / stream: scan and joint", 2),
        ("## Confident joint and class health", "cleanlab / own: confident joint", 2),
        ("## Scores", "posterior / normalized_margin", 2),
        ("## Growth", "20 / 10 classes: default", 2),
        ("## Neighbors", "cleanlab / own: values", 2),
        ("## Threads", "CPU of two / one", 2),
        ("## Import", "skclean / scikit-learn", 2),
    ]:
        assert float(rows(report, heading)[line][column].replace(",", "")) > 0
    assert "by_noise_rate" in rows(report, "## Memory")
    differing = rows(report, "## Any CPU")
    assert differing["differ: default"][1:3] == ["<= 0", "0"]
    assert str(tmp_path) not in report


def test_the_speed_benchmark_needs_no_cleanlab(run_speed, monkeypatch, capsys):
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.setattr("_speed.peer.cleanlab", None)
    run_speed("--part", "find", "scores", "growth")
    report = capsys.readouterr().out
    assert "cleanlab not installed" in report
    found = rows(report, "## Find issues")
    assert found["cleanlab / own: by_noise_rate"][2] == "-"
    assert float(found["own / stream: default"][2].replace(",", "")) > 0


@pytest.mark.parametrize(
    ("bounds", "verdict"),
    [
        ({}, "-"),
        ({"at_least": 2}, "met"),
        ({"at_least": 2.5}, "missed"),
        ({"at_most": 2}, "met"),
        ({"at_most": 0}, "missed"),
    ],
)
def test_the_median_of_the_rounds_is_judged(monkeypatch, bounds, verdict):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from _speed.lines import Line

    assert Line("ratio", "case", [1.0, 2.0, 9.0], **bounds).cells()[5] == verdict
    assert Line("ratio", "case", None, **bounds).cells()[5] == "-"


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("oob", ["digits, forest, 100 trees, leaves of 2"]),
        ("cheap_detector", ["digits"]),
        ("review", ["the worst flags", "digits | pair | rows at random"]),
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
    assert printed.startswith(("# ", "## "))
    for line in lines:
        assert f"\n| {line} | " in printed
