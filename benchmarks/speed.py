"""Speed and memory against their bounds, as one Markdown report.

    python benchmarks/speed.py --quick                     # small sizes, no bounds
    python benchmarks/speed.py --output docs/speed.md      # the figures to quote
    python benchmarks/speed.py --part find scores --shapes 50kx100

Each part is a script of its own too. cleanlab is optional: without it only our own figures and
those against one read of the data are there. Set OMP_NUM_THREADS=1, so that CPU time is that of
one thread.
"""

import argparse
import os
import sys
from pathlib import Path
from time import perf_counter

import any_cpu
import cheap_detector
import find
import fit_overhead
import grid_memory
import growth
import import_time
import joint_and_health
import memory
import neighbors
import oob
import scores
import threads
from _speed.lines import MET, MISSED
from _speed.settings import heading, parse

# parts that take the settings; add a module with run(settings) -> Markdown here
PARTS = {
    "find": find.run,
    "joint_and_health": joint_and_health.run,
    "scores": scores.run,
    "memory": memory.run,
    "growth": growth.run,
    "any_cpu": any_cpu.run,
    "neighbors": neighbors.run,
    "threads": threads.run,
    "import": import_time.run,
}
# parts of their own size, which --quick leaves out; add a module with run() -> Markdown here
FIXED_PARTS = {
    "fit_overhead": fit_overhead.run,
    "oob": oob.run,
    "cheap_detector": cheap_detector.run,
    "grid_memory": grid_memory.run,
}


def make_report(settings, names, command):
    """The whole report."""
    head, sections = heading(), []
    for name in names or [*PARTS, *([] if settings.quick else FIXED_PARTS)]:
        start = perf_counter()
        sections.append(PARTS[name](settings) if name in PARTS else FIXED_PARTS[name]())
        print(f"{name}: {perf_counter() - start:.0f} s", file=sys.stderr)
    body = "\n\n".join(sections)
    met, missed = (body.count(f"| {verdict} |") for verdict in (MET, MISSED))
    return (
        f"# How fast, how small?\n\n- command: `{command}`\n{head}, "
        f"{os.getloadavg()[0]:.1f} at the end\n- bounds: {met} met, {missed} missed\n"
        "- a measured ratio is the median of the rounds, in which all calls take turns in one "
        f"process; read it as give or take a tenth, more below 5 ms of work\n\n{body}\n"
    )


def main():
    """Parse, run, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", nargs="+", choices=[*PARTS, *FIXED_PARTS], default=[])
    parser.add_argument("--output", help="file for the report instead of the screen")
    settings, options = parse(parser)
    words = [word for word in sys.argv[1:] if word not in ("--output", options.output)]
    report = make_report(settings, options.part, " ".join(["benchmarks/speed.py", *words]))
    if options.output:
        Path(options.output).write_text(report, encoding="utf-8")
    else:
        print(report, end="")


if __name__ == "__main__":
    main()
