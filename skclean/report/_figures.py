"""Figures of the page, as SVG that takes its text colour from the page around it."""

import re
import warnings
from io import StringIO
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
INK = "#010203"  # stands for the colour of text until it becomes currentColor
COLOURS = [
    *["text.color", "axes.labelcolor", "axes.edgecolor", "axes.titlecolor", "xtick.color"],
    *["ytick.color", "xtick.labelcolor", "ytick.labelcolor", "grid.color", "legend.edgecolor"],
    *["legend.labelcolor", "patch.edgecolor", "boxplot.flierprops.color"],
]
_REFERENCE = re.compile(r"url\(#([^)]*)\)")


def style():
    """Settings of matplotlib under which a figure fits into the page."""
    return {
        **dict.fromkeys(COLOURS, INK),
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "legend.facecolor": "none",
        "legend.framealpha": 0.0,
        "savefig.facecolor": "none",
        "svg.fonttype": "none",
        "font.family": ["sans-serif"],
        "font.size": 10,
        "text.parse_math": False,
        "text.usetex": False,
    }


def _declarations(style):
    """Pairs of a style attribute; a font shorthand gives the size, the page has the family."""
    for declaration in style.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name == "font":
            size = re.search(r"([\d.]+)px", value)
            if size:
                yield "font-size", size[1]
            if "bold" in value or re.search(r"\b[6-9]00\b", value):
                yield "font-weight", "bold"
        elif name and not name.startswith("font-family"):
            yield name, value


def adopted(svg, prefix, title):
    """Make a picture of matplotlib part of a page.

    Parameters
    ----------
    svg : str
        What matplotlib wrote.

    prefix : str
        What its ids start with, so that those of two figures differ.

    title : str
        What the figure shows, for those who do not see it.

    Returns
    -------
    svg : str
        One element: without styles, which the policy of the page forbids, with its text
        in the colour of the page.
    """
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{SVG}style" or child.tag.endswith("metadata"):
                parent.remove(child)
    for element in root.iter():
        for name, value in _declarations(element.attrib.pop("style", "")):
            element.set(name, value)
        if LINK in element.attrib:
            element.set("href", element.attrib.pop(LINK))
        for name, value in list(element.attrib.items()):
            if name == "id":
                value = prefix + value
            elif name == "href" and value.startswith("#"):
                value = f"#{prefix}{value[1:]}"
            else:
                value = _REFERENCE.sub(rf"url(#{prefix}\1)", value)
            element.set(name, "currentColor" if value.lower() == INK else value)
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.attrib.update({"role": "img", "aria-label": title, "class": "figure"})
    ElementTree.register_namespace("", SVG.strip("{}"))
    return ElementTree.tostring(root, encoding="unicode")


def drawn(draw, title, prefix, size):
    """Draw on new axes and return the SVG.

    Parameters
    ----------
    draw : callable
        Takes the axes.

    title : str
        What the figure shows.

    prefix : str
        What the ids start with.

    size : tuple of two floats
        Width and height in inches.

    Returns
    -------
    svg : str
        An element for the page.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with rc_context(style()), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # the browser has other fonts
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure.add_subplot())
        for axes in figure.axes:
            for artist in axes.collections:
                if len(artist.get_paths()) > 400 or len(artist.get_offsets()) > 400:
                    artist.set_rasterized(True)
        out = StringIO()
        figure.savefig(out, format="svg", dpi=144, metadata={"Date": None, "Creator": None})
    return adopted(out.getvalue(), prefix, title)
