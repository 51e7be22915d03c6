"""Build of the site; `make docs` runs it, and warnings are errors."""

import os
import subprocess
import sys
import warnings
from importlib.metadata import version as version_of
from pathlib import Path

import matplotlib

sys.path.insert(0, os.path.abspath(os.path.dirname(__file__)))
matplotlib.use("agg")

project = "skclean"
author = "The skclean developers"
copyright = "The skclean developers, BSD-3-Clause"
release = version_of("skclean")
version = release

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "changes", "_unreleased.md", "_commands.md"]
templates_path = ["_templates"]

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_typehints = "none"  # numpydoc has them in words
autodoc_default_options = {"members": True, "inherited-members": True}
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"/plot_",
    "within_subsection_order": "gallery_order.in_order",
    "abort_on_example_error": False,
    "only_warn_on_example_error": False,
    "min_reported_time": 5,
    "show_memory": False,
    "show_signature": False,
    "download_all_examples": False,
    "doc_module": ("skclean",),
    "backreferences_dir": "generated/backreferences",
    "remove_config_comments": True,
}
warnings.filterwarnings("ignore", message="Matplotlib is currently using agg")

# what the fragments in docs/changes will say in the next release
here = Path(__file__).parent
draft = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", release]
draft += ["--date", "not released yet"]
done = subprocess.run(draft, cwd=here.parent, capture_output=True, text=True, check=True)
(here / "_unreleased.md").write_text(done.stdout, encoding="utf-8")

# the options of the command line
reference = [sys.executable, "-m", "typer", "skclean._cli", "utils", "docs", "--name", "skclean"]
done = subprocess.run(reference, capture_output=True, text=True, check=True)
_, _, commands = done.stdout.partition("\n## ")
(here / "_commands.md").write_text(f"## {commands}", encoding="utf-8")

html_theme = "pydata_sphinx_theme"
html_title = "skclean"
html_static_path = ["_static"]
html_css_files = ["skclean.css"]
html_show_sourcelink = False
html_theme_options = {
    "logo": {
        "text": "skclean",
        "image_light": "_static/mark.svg",
        "image_dark": "_static/mark.svg",
    },
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "show_prev_next": True,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "back_to_top_button": False,
}
html_sidebars = {
    "index": [],
    "getting_started": [],
    "command_line": [],
    "glossary": [],
    "changelog": [],
}
