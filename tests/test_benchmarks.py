"""The benchmarks run: their figures are for people, not for assertions."""

import runpy
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


def test_the_quality_benchmark_prints_its_table(monkeypatch, capsys):
    script = BENCHMARKS / "quality.py"
    monkeypatch.setattr(sys, "argv", [str(script), "--quick", "--half", "tune"])
    monkeypatch.delenv("SKCLEAN_REFERENCE_DATA", raising=False)
    runpy.run_path(str(script), run_name="__main__")
    printed = capsys.readouterr().out
    assert "## All: 12 cases" in printed
    assert "| F1 | 0." in printed
