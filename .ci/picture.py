"""Draw README's picture: run a command over a repository so that some subplans fail, and photograph the page.

picture.py REPOSITORY PICTURE. The command is a few lines of shell, so that the picture is of a real run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from selenium import webdriver

AGENT = r"""
n=$#; sleep 0.$((n * 7 % 9 + 1))
sed -i '1s/^/# reviewed\n/' "$1"
case $AUTONOMY_SUBPLAN_SLUG.$AUTONOMY_ATTEMPT in
  *flow.*|*dag.*) echo "  File \"$1\", line $n"; echo "ModuleNotFoundError: No module named 'numpy'"; exit 1;;
  *drawing.*) echo "API error: rate limit exceeded, retry after ${n} s"; exit 2;;
  *readwrite.1) echo "fatal: context window exceeded"; exit 3;;
esac
"""
SIZE = (1280, 2170)
MOST_BYTES = 300_000
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update")  # fmt: skip


def main(repository: Path, picture: Path) -> None:
    words = ["autonomy", "run", "-q", "-j", "6", "--retries", "1", "--", "agent", "{files}"]
    with tempfile.TemporaryDirectory() as folder:
        agent = Path(folder, "agent")
        agent.write_text(f"#!/bin/sh{AGENT}")
        agent.chmod(0o755)
        path = f"{folder}{os.pathsep}{os.environ['PATH']}"
        ended = subprocess.run(words, cwd=repository, check=False, env=os.environ | {"PATH": path})
    if ended.returncode != 1:
        sys.exit(f"the run was to end with 1, it ended with {ended.returncode}")
    image = photograph(f"file://{repository.resolve()}/.autonomy/report.html")
    if len(image) > MOST_BYTES:
        sys.exit(f"{len(image):,} bytes are more than {MOST_BYTES:,}")
    picture.write_bytes(image)


def photograph(address: str) -> bytes:
    """The top of the page, by day, as PNG."""
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "localhost,127.0.0.1"
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={SIZE[0]},{SIZE[1]}"):
            options.add_argument(flag)
        service = webdriver.ChromeService(executable_path=str(shutil.which("chromedriver")))
        browser = webdriver.Chrome(options=options, service=service)
        try:
            size = {"width": SIZE[0], "height": SIZE[1], "deviceScaleFactor": 1, "mobile": False}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            browser.get(address)
            return browser.get_screenshot_as_png()
        finally:
            browser.quit()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
