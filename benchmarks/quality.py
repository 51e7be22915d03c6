"""skclean's defaults and options against cleanlab's defaults, as one Markdown report.

Data are scikit-learn's, generated, and those of SKCLEAN_REFERENCE_DATA, with simulated noise.
Data sets are in two halves, "tune" to choose on and "report" to quote.

    python benchmarks/quality.py --quick                    # every part, a few small cases
    python benchmarks/quality.py --output report.md         # the figures to quote
    python benchmarks/quality.py --part loop classifier     # some parts
    python benchmarks/quality.py --half both --part parts --which   # and which_one_when.md

cleanlab is optional: without it only skclean's own columns are filled. Set OMP_NUM_THREADS=1, so
that the CPU of one fit is that of one thread.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from _quality import ceiling, classifier, loop, overlap, parts, probabilities
from _quality.report import heading
from _quality.settings import Settings

PARTS = {
    "probabilities": probabilities.run,
    "overlap": overlap.run,
    "ceiling": ceiling.run,
    "loop": loop.run,
    "classifier": classifier.run,
    "parts": parts.run,
}
WHICH = "docs/which_one_when.md"


def parse(arguments=None):
    """Options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half", choices=["tune", "report", "both"], default="report")
    parser.add_argument("--quick", action="store_true", help="one seed and rate, few small cases")
    parser.add_argument("--seeds", type=int, default=2, help="number of seeds")
    parser.add_argument("--part", nargs="+", choices=PARTS, default=[], metavar="NAME")
    parser.add_argument("--n-jobs", type=int, default=1, help="cases at a time")
    parser.add_argument(
        "--cache", help="folder that keeps probabilities, their CPU and predictions"
    )
    parser.add_argument("--output", help="file for the report instead of the screen")
    parser.add_argument(
        "--which",
        nargs="?",
        const=WHICH,
        help=f'have the part "parts" write its choices to a page as well ({WHICH})',
    )
    return parser.parse_args(arguments)


def make_report(settings):
    """The whole report."""
    text = [heading(settings)]
    for name in settings.parts or PARTS:
        start = perf_counter()
        text.append(PARTS[name](settings))
        print(f"{name}: {perf_counter() - start:.0f} s", file=sys.stderr)
    return "\n\n".join(text) + "\n"


def main():
    """Parse, run, write."""
    options = parse()
    with tempfile.TemporaryDirectory() as folder:  # parts share probabilities within a run
        settings = Settings(
            half=options.half,
            quick=options.quick,
            seeds=options.seeds,
            parts=tuple(options.part),
            n_jobs=options.n_jobs,
            cache=options.cache or folder,
            which=options.which,
        )
        report = make_report(settings)
    if options.output:
        Path(options.output).write_text(report, encoding="utf-8")
    else:
        print(report, end="")


if __name__ == "__main__":
    main()
