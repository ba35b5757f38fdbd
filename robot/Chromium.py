"""Debian's Chromium, driven from the suites: what it logs, what it asks the network for, how long it was busy."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn
from selenium import webdriver

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars",
)  # fmt: skip


def started(profile: str) -> webdriver.Chrome:
    """A browser that keeps what is its own in the folder `profile`."""
    # The client would send what is for the driver on this machine to a proxy.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "localhost,127.0.0.1"
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=str(shutil.which("chromedriver")))
    driver = webdriver.Chrome(options=options, service=service)
    driver.execute_cdp_cmd("Performance.enable", {})
    return driver


@contextmanager
def chromium() -> Iterator[webdriver.Chrome]:
    """A browser outside of the suites."""
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        driver = started(profile)
        try:
            yield driver
        finally:
            driver.quit()


@library(scope="SUITE")
class Chromium:
    """One browser for a suite; SeleniumLibrary's keywords work on it."""

    def __init__(self) -> None:
        self._profile = ""

    @keyword
    def start_chromium(self) -> None:
        self._profile = tempfile.mkdtemp(prefix="chromium-")
        self._selenium.register_driver(started(self._profile), None)

    @keyword
    def stop_chromium(self) -> None:
        self._selenium.close_all_browsers()
        shutil.rmtree(self._profile, ignore_errors=True)

    @keyword
    def console_complaints(self) -> list[str]:
        """What the console said since the last time it was asked."""
        return [entry["message"] for entry in self._driver.get_log("browser")]

    @keyword
    def requests_made(self) -> list[str]:
        """The addresses that were asked for since the last time, the disk and the browser's own left out."""
        events = (json.loads(entry["message"])["message"] for entry in self._driver.get_log("performance"))
        urls = (each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent")
        return [url for url in urls if not url.startswith(("file:", "data:", "about:", "chrome:"))]

    @keyword
    def seconds_busy(self) -> float:
        """Processor time of the main thread since the page was opened, whatever else runs on the machine."""
        found = self._driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
        return next(float(each["value"]) for each in found if each["name"] == "ThreadTime")

    @keyword
    def prefer_colour_scheme(self, scheme: str) -> None:
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        features = [{"name": "prefers-color-scheme", "value": scheme}, still]
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    @keyword
    def accessibility_violations(self) -> list[str]:
        """What axe-core has against the page as it is now, each with the elements that it means."""
        self._driver.execute_script(Path(__file__).with_name("axe").joinpath("axe.min.js").read_text())
        # It takes our links to subplans, which a script follows, for links that skip to an element.
        script = """const done = arguments[0], rules = {'skip-link': {enabled: false}};
            axe.run({rules}).then((found) => done(found.violations), done)"""
        found = self._driver.execute_async_script(script)
        return [f"{each['id']}: {each['help']}: {[node['html'][:120] for node in each['nodes'][:4]]}" for each in found]

    @property
    def _selenium(self):
        return BuiltIn().get_library_instance("SeleniumLibrary")

    @property
    def _driver(self):
        return self._selenium.driver
