"""Times the chat's first use on a slow telephone: `python -m bench.first_use`.

Chromium is slowed as Lighthouse slows it for telephones: 150 ms to and fro, 1.6 Mbit/s down, 0.75 Mbit/s up, and a
processor of a quarter of the speed. Nothing is cached. The times are from the beginning of the page's loading, which
holds only the line of the script.
"""

import statistics
import sys

from playwright.sync_api import Browser

from bench.website import website_with_chat

RUNS = 9
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
PROCESSOR = {"rate": 4}
SEEN = """async () => {
  const until = async (what) => { while (!what()) await new Promise(requestAnimationFrame); return performance.now(); };
  const shadow = () => document.querySelector("hai-faq-chat")?.shadowRoot;
  const launcher = await until(() => shadow()?.querySelector(".launch")?.getBoundingClientRect().width);
  shadow().querySelector(".launch").click();
  const panel = await until(() => shadow().querySelector(".panel").open);
  const welcome = await until(() => shadow().querySelector(".log .card")?.textContent.includes("Hello."));
  return [launcher, panel, welcome];
}"""


def main() -> None:
    with website_with_chat() as (browser, url):
        times = [_visit(browser, url) for _ in range(RUNS)]
    for name, found in zip(("button seen", "panel open", "welcome read"), zip(*times, strict=True), strict=True):
        sys.stdout.write(f"{name:14}{statistics.median(found):6.0f} ms, at most {max(found):.0f}\n")


def _visit(browser: Browser, url: str) -> tuple[float, float, float]:
    context = browser.new_context(viewport={"width": 390, "height": 800}, bypass_csp=True)
    page = context.new_page()
    slowed = context.new_cdp_session(page)
    slowed.send("Network.enable")
    slowed.send("Network.emulateNetworkConditions", NETWORK)
    slowed.send("Emulation.setCPUThrottlingRate", PROCESSOR)
    page.goto(url, wait_until="commit")
    launcher, panel, welcome = page.evaluate(SEEN)
    context.close()
    return launcher, panel, welcome


if __name__ == "__main__":
    main()
