"""What a run is asked to do, and the head of its report."""

import argparse
import os
import platform
from dataclasses import dataclass

import numpy
import scipy
import sklearn

import skclean

from . import peer
from .data import Shape

LARGE_BYTES = 80_000_000  # fewer rounds from here on
QUICK = ("1kx5", "600x40f32")


@dataclass(frozen=True)
class Settings:
    """Options of the command line."""

    quick: bool = False
    rounds: int = 5
    shapes: tuple[str, ...] = ()  # none for those of the script

    def cases(self, *names):
        """Shapes by name: the script's own, or those asked for."""
        if self.quick:
            names = QUICK
        chosen = self.shapes or names
        return {name: Shape.parse(name) for name in chosen}

    def rounds_of(self, shape):
        """Rounds for a shape."""
        if self.quick:
            return 2
        return min(3, self.rounds) if shape.n_bytes >= LARGE_BYTES else self.rounds


def parse(parser):
    """Settings from the command line, and all options of the parser."""
    parser.add_argument("--quick", action="store_true", help="small sizes, two rounds")
    parser.add_argument("--rounds", type=int, default=5, help="rounds; at most 3 from 80 MB on")
    parser.add_argument("--shapes", nargs="+", default=[], metavar="SHAPE", help="as 1Mx100f32")
    options = parser.parse_args()
    return Settings(options.quick, options.rounds, tuple(options.shapes)), options


def heading():
    """Versions, machine and load."""
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    threads = os.environ.get("OMP_NUM_THREADS", "not set")
    return (
        f"- versions: skclean {skclean.__version__}, scikit-learn {sklearn.__version__}, "
        f"numpy {numpy.__version__}, scipy {scipy.__version__}, cleanlab {peer.version()}, "
        f"Python {platform.python_version()}\n"
        f"- machine: {platform.machine()}, {os.cpu_count()} CPUs, OMP_NUM_THREADS {threads}, "
        f"load average {load}"
    )


def main(run, description):
    """Run a script by itself."""
    settings, _ = parse(argparse.ArgumentParser(description=description.splitlines()[0]))
    print(f"{heading()}\n\n{run(settings)}\n\nload average at the end: {os.getloadavg()[0]:.1f}")
