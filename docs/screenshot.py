"""Picture of the review page for the guide, with Chromium: python docs/screenshot.py."""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from skclean.report import audit
from skclean.simulation import flip_labels, make_noise_matrix

HERE = Path(__file__).parent
X, y_true = load_digits(return_X_y=True)
y, _ = flip_labels(y_true, make_noise_matrix("pair", 10, 0.2), random_state=0)
classifier = LogisticRegression(max_iter=1000)
report = audit(X / 16, y, classifier, images=X.reshape(-1, 8, 8), title="Digits")
with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
    page = Path(folder) / "report.html"
    report.to_html(page)
    browser = playwright.chromium.launch(
        executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
    )
    tab = browser.new_page(viewport={"width": 1080, "height": 640})
    tab.goto(page.as_uri())
    for key in ["r", *"aaka"]:
        tab.keyboard.press(key)
    tab.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    tab.evaluate("document.getElementById('review').scrollIntoView()")
    tab.wait_for_timeout(500)
    tab.screenshot(path=HERE / "_static" / "review_page.png")
    browser.close()
