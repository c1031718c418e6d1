"""A real headless Chromium, and a page of ours open in it."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from report_cases import node_modules

FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--window-size=1300,1000"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver")
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield started
    started.quit()


class Page:
    """One page, open in the browser and ready."""

    def __init__(self, browser: Any, file: Path, *, dark: bool = False) -> None:
        self.browser = browser
        for kind in ("browser", "performance"):
            browser.get_log(kind)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        browser.get(file.as_uri())
        end = time.monotonic() + 20
        while not self.run("return document.documentElement.dataset.ready"):
            assert time.monotonic() < end, "the page did not get ready"
            time.sleep(0.02)

    def run(self, script: str, *arguments: object) -> Any:
        return self.browser.execute_script(script, *arguments)

    def choose(self, name: str, value: str) -> None:
        self.run(
            "const node = document.getElementById(arguments[0]); node.value = arguments[1];"
            "node.dispatchEvent(new Event(arguments[2], {bubbles: true}))",
            name,
            value,
            "change" if name == "language" else "input",
        )

    def click(self, selector: str) -> None:
        self.run("document.querySelector(arguments[0]).click()", selector)

    def complaints(self) -> list[Any]:
        return [entry["message"] for entry in self.browser.get_log("browser")]

    def requests(self) -> list[str]:
        events = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
        urls = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
        # the page itself, what a new window of the browser loads for itself, and what is carried inside a page
        own = ("file:///", "chrome://", "chrome-untrusted://", "data:")
        return [url for url in urls if not url.startswith(own)]

    def violations(self) -> list[str]:
        self.run((node_modules("axe-core") / "axe.min.js").read_text("utf-8"))
        result = self.browser.execute_async_script("const done = arguments[0]; axe.run(document).then(done)")
        return [f"{one['id']}: {node['html'][:200]} {node['failureSummary']}" for one in result["violations"] for node in one["nodes"]]
