"""A browser for tests: headless Chromium over W3C WebDriver, by the standard library alone."""

import base64
import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_SECONDS = 180
"""What a script may take, on a machine that does much else."""
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def missing() -> str | None:
    """Why there is no browser here; None where there is one."""
    if not shutil.which("chromedriver"):
        return "no chromedriver on PATH"
    names = ("chromium", "chromium-browser", "google-chrome")
    return None if any(map(shutil.which, names)) else "no Chromium on PATH"


class Browser:
    """One session: a page at a time."""

    def __init__(self, base: str, session: str) -> None:
        self._session = f"{base}/session/{session}"

    def open(self, url: str) -> None:
        """Go to a page."""
        _call("POST", f"{self._session}/url", {"url": url})

    def run(self, script: str, *arguments: Any) -> Any:
        """The value that a function body of JavaScript returns in the page."""
        return _call("POST", f"{self._session}/execute/sync", {"script": script, "args": arguments})

    def run_async(self, script: str, *arguments: Any) -> Any:
        """What a function body of JavaScript hands to the callback that is its last argument."""
        body = {"script": script, "args": arguments}
        return _call("POST", f"{self._session}/execute/async", body)

    def comes_true(self, script: str, *arguments: Any) -> bool:
        """Whether a function body of JavaScript returns something true within some seconds.

        The page follows a link by an event that comes after the click or the key.
        """
        for _ in range(100):
            if self.run(script, *arguments):
                return True
            time.sleep(0.05)
        return False

    def grave(self, *without: str) -> list[tuple[str, str, list[str]]]:
        """What axe-core's rules of accessibility find on the page that is serious.

        Some rules can be left out, as `color-contrast`, which takes longer than all others.
        """
        self.run((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
        found = self.run_async(
            "const [without, tell] = arguments;"
            "const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));"
            # The page's style is in it: there is nothing to load.
            "axe.run({ resultTypes: ['violations'], preload: false, rules })"
            ".then((found) => tell(found.violations), tell)",
            without,
        )
        grave = [v for v in found if v["impact"] in ("serious", "critical")]
        return [(v["id"], v["help"], [n["html"] for n in v["nodes"]]) for v in grave]

    def poor_contrasts(self) -> list[str]:
        """The visible texts whose colour stands out from what is behind it by less than 4.5 to 1.

        That is WCAG 2, level AA.
        """
        found: list[str] = self.run(_POOR_CONTRASTS)
        return found

    def click(self, selector: str) -> None:
        """Click on the first element that a CSS selector finds, as a mouse would."""
        found = _call(
            "POST", f"{self._session}/element", {"using": "css selector", "value": selector}
        )
        _call("POST", f"{self._session}/element/{found[_ELEMENT]}/click", {})

    def press(self, key: str) -> None:
        """Press one key, wherever the focus is."""
        steps = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        actions = [{"type": "key", "id": "keyboard", "actions": steps}]
        _call("POST", f"{self._session}/actions", {"actions": actions})

    def type(self, text: str) -> None:
        """Press the keys of a text, one after the other."""
        for character in text:
            self.press(character)

    @contextmanager
    def quiet(self, page: str) -> Iterator[None]:
        """A page as it is when it is opened, which then logs nothing and asks for nothing else.

        To load it takes some tenths of a second. So where it is open already it is set back.
        """
        is_open = self.run("return location.href.split('#')[0]") == page
        if not is_open:
            self.open("about:blank")  # so that it is loaded anew, whatever its fragment
        # Only now does the page before, which may have been one that is refreshed, ask no more.
        self.requests()
        self.log("browser")
        if is_open:
            self.run_async(_SET_BACK)
        else:
            self.open(page)
        yield
        self.devtools("Emulation.setEmulatedMedia", media="", features=[])
        self.devtools("Emulation.clearDeviceMetricsOverride")
        assert self.log("browser") == []
        # But for those of the browser's own first tab, which may still be loading
        ours = [
            url for url in self.requests() if not url.startswith(("chrome", "about:", "blob:null"))
        ]
        foreign = {url.partition("#")[0] for url in ours} - {page}
        assert not foreign, foreign

    def devtools(self, command: str, **parameters: Any) -> Any:
        """A command of the DevTools protocol."""
        body = {"cmd": command, "params": parameters}
        return _call("POST", f"{self._session}/goog/cdp/execute", body)

    def log(self, kind: str) -> list[dict[str, Any]]:
        """What the log of this kind (`browser`, `performance`) has had since it was last read."""
        entries: list[dict[str, Any]] = _call("POST", f"{self._session}/se/log", {"type": kind})
        return entries

    def requests(self) -> list[str]:
        """The addresses asked for since this was last read."""
        messages = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        sent = [
            m["params"]["request"]["url"]
            for m in messages
            if m["method"] == "Network.requestWillBeSent"
        ]
        return [url for url in sent if not url.startswith("data:")]

    def screenshot(self, path: Path, width: int, height: int) -> Path:
        """What a window of this size shows, as PNG."""
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        path.write_bytes(base64.b64decode(_call("GET", f"{self._session}/screenshot")))
        return path


LIGHT = """
const rgb = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
  .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
"""
_POOR_CONTRASTS = (
    LIGHT
    + """
const behind = (e) => {
  for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] > 0) return c;
  }
};
const poor = new Set();
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const e = walk.currentNode.parentElement;
  if (!walk.currentNode.data.trim() || !e.checkVisibility()) continue;
  if (e.closest("script, .hidden, .skip")) continue;
  const style = getComputedStyle(e);
  const [a, b] = [light(rgb(e.closest("svg") ? style.fill : style.color)), light(behind(e))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const name = `${e.tagName}.${e.className?.baseVal ?? e.className}`;
  if (ratio < 4.5) poor.add(`${name}: ${ratio.toFixed(2)}`);
}
return [...poor];
"""
)

# Attempts stay as they are: a point's selected one is open from the beginning.
_SET_BACK = """
const [done] = arguments;
const open = document.querySelectorAll("details[open]:not([name], .attempt)");
for (const part of open) part.open = false;
location.hash = "";
setTimeout(async () => {
  await followed; // the page's own, which ends with a focus and a place
  document.activeElement.blur();
  scrollTo(0, 0);
  requestAnimationFrame(() => setTimeout(done));
});
"""


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A headless Chromium that asks for nothing on its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    driver = subprocess.Popen(
        ["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(base, driver)
        switches = (
            "headless",
            "no-sandbox",
            "disable-gpu",
            "no-first-run",
            "disable-background-networking",
            "disable-component-update",
            "disable-sync",
            "disable-dev-shm-usage",
            f"user-data-dir={profile}",
        )
        options = {
            "goog:chromeOptions": {"args": [f"--{switch}" for switch in switches]},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "timeouts": {"script": 1000 * _SECONDS},
        }
        session = _call("POST", f"{base}/session", {"capabilities": {"alwaysMatch": options}})[
            "sessionId"
        ]
        try:
            yield Browser(base, session)
        finally:
            _call("DELETE", f"{base}/session/{session}")
    finally:
        driver.terminate()
        driver.wait(10)


def _wait_until_ready(base: str, driver: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        try:
            if _call("GET", f"{base}/status")["ready"]:
                return
        except OSError:
            if driver.poll() is not None:
                break
        time.sleep(0.05)
    raise RuntimeError("chromedriver did not start")


def _call(method: str, url: str, body: dict[str, Any] | None = None) -> Any:
    address = urlsplit(url)
    connection = _connection(address.netloc)
    data = None if body is None else json.dumps(body).encode()
    try:
        connection.request(method, address.path, data, {"Content-Type": "application/json"})
        with connection.getresponse() as answer:
            said = answer.read()
    except OSError:
        connection.close()
        raise
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(said.decode())
    return json.loads(said)["value"]


@cache
def _connection(netloc: str) -> http.client.HTTPConnection:
    """One connection for all commands: a test has hundreds of them."""
    return http.client.HTTPConnection(netloc, timeout=_SECONDS)
