"""Colours, texts and options that the displays share.

The colours are those of Okabe and Ito that keep a contrast of 3 to white and to black; what
has no colour of its own takes that of the axes' labels, so light and dark styles both work.
"""

import unicodedata
from math import ceil

import numpy as np

BLUE, VERMILION, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#808080"
MAX_CHARS = 20
LINE_HEIGHT = 1.3  # of a line of text, and
CHAR_WIDTH = 0.62  # of a character, in units of the font size
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)


def foreground(ax):
    """Colour of the texts of the axes."""
    return ax.xaxis.label.get_color()


def mixed(ax, share):
    """Background of the axes with a share of the foreground in it."""
    from matplotlib.colors import to_rgb

    back, front = np.array(to_rgb(ax.get_facecolor())), np.array(to_rgb(foreground(ax)))
    return tuple((1 - share) * back + share * front)


def is_clear(ax):
    """Can one see through the axes, to a background that is not known?"""
    return ax.get_facecolor()[3] == 0


def is_dark(color):
    """Is white more readable than black on it?"""
    from matplotlib.colors import to_rgb

    return float(np.dot(to_rgb(color), [0.299, 0.587, 0.114])) < 0.5


def options(artist, defaults, given):
    """Defaults of an artist, overridden by what the user gives under any of its names."""
    from matplotlib.cbook import normalize_kwargs

    return {**defaults, **normalize_kwargs(given, artist)}


def axes_size(ax):
    """Width and height of the axes in points."""
    extent, dpi = ax.get_window_extent(), ax.figure.dpi
    return extent.width * 72 / dpi, extent.height * 72 / dpi


def every(n_labels, length, fontsize):
    """Step at which labels below each other do not touch on a length in points."""
    least = ceil(n_labels * LINE_HEIGHT * fontsize / max(length, 1))
    return next((step for step in STEPS if step >= least), least)


def legend(ax, **kwargs):
    """Legend in the colours of the axes."""
    return ax.legend(
        labelcolor=foreground(ax), facecolor=ax.get_facecolor(), framealpha=0.8, **kwargs
    )


def viewer_draws(ax):
    """Are texts written as such, for the fonts of who views the picture?"""
    from matplotlib import rcParams
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    return isinstance(ax.figure.canvas, FigureCanvasSVG) and rcParams["svg.fonttype"] == "none"


def class_names(classes, max_chars=MAX_CHARS, any_font=False):
    """Names of classes as one line each that the current font can draw.

    Names that are cut, or hold characters that cannot be drawn, get the number of their
    class where they look alike.

    Parameters
    ----------
    classes : array-like of shape (n_classes,)
        Classes of any type.

    max_chars : int, default=20
        Longer names are cut in the middle.

    any_font : bool, default=False
        Can all characters be drawn?

    Returns
    -------
    names : list of str
        Their names. They may hold markup: draw them with ``parse_math=False``.
    """
    from matplotlib.font_manager import FontProperties, findfont, get_font

    families = FontProperties().get_family()
    fonts = [get_font(findfont(FontProperties(family=[family]))) for family in families]

    def drawable(char):
        return any_font or any(font.get_char_index(ord(char)) for font in fonts)

    box = "\u25a1" if drawable("\u25a1") else "?"
    dots = "\u2026" if drawable("\u2026") else "..."

    def shown(char):
        kind = unicodedata.category(char)
        if char.isspace() or kind == "Cc":
            return " "
        if kind == "Cf":  # also what turns the direction of writing round
            return ""
        if kind != "Cs" and drawable(char):
            return char
        return "" if kind.startswith("M") else box

    names = []
    for label in np.asarray(classes).tolist():
        text = str(label)
        if len(text) > 4 * max_chars:  # what is cut out need not be looked at
            text = text[: 2 * max_chars] + text[-2 * max_chars :]
        name = " ".join("".join(map(shown, text)).split())
        if len(name) > max_chars:
            head = max_chars // 2
            tail = name[len(name) - (max_chars - 1 - head) :]
            name = name[:head].rstrip() + dots + tail.lstrip()
        elif len(str(label)) > len(text):
            name = name[: max_chars - 1] + dots
        names.append(name or '""')
    alike = (
        {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else ()
    )
    return [f"{name} #{code}" if name in alike else name for code, name in enumerate(names)]
