"""A headless Chromium, spoken to in the DevTools protocol over a pipe: nothing but Python's own library."""
import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time

PATIENCE = 60  # seconds after which an answer that does not come is a failure
# What may not be drawn over each other, with the boxes of their letters.
TEXTS = """
(() => {
  const boxes = [];
  const shown = (element) => element.checkVisibility ? element.checkVisibility() : true;
  for (const element of document.querySelectorAll('h1,h2,h3,p,th,td,summary,svg text,figcaption > *')) {
    if (!shown(element) || element.closest('details:not([open])') && element.tagName !== 'SUMMARY') continue;
    const range = document.createRange();
    range.selectNodeContents(element);
    const box = element.tagName === 'text' ? element.getBoundingClientRect() : range.getBoundingClientRect();
    const clip = element.closest('.scroll, svg')?.getBoundingClientRect() ?? box;
    const [left, right] = [Math.max(box.left, clip.left), Math.min(box.right, clip.right)];
    if (right > left && box.height > 0 && element.textContent.trim())
      boxes.push([element.textContent.trim().slice(0, 60), left, box.top, right, box.bottom]);
  }
  return boxes;
})()
"""


def there():
    return shutil.which("chromium")


def must_be_there():
    """Ends the test as skipped where there is no Chromium."""
    if not there():
        print("chromium is not installed")
        sys.exit(77)


class Browser:
    """One tab. What a page says, asks for or fails at is kept until the next `open`."""

    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_child, self.out = os.pipe()
        self.into, from_child = os.pipe()
        command = [there(), "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
                   "--disable-dev-shm-usage", "--hide-scrollbars", "--force-device-scale-factor=1",
                   f"--user-data-dir={self.profile.name}", "--no-first-run", "about:blank"]

        def as_three_and_four():
            one, two = os.dup(to_child), os.dup(from_child)
            os.dup2(one, 3)
            os.dup2(two, 4)

        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, close_fds=False,
                                        env={**os.environ, "HOME": self.profile.name},
                                        preexec_fn=as_three_and_four, start_new_session=True)
        os.close(to_child)
        os.close(from_child)
        self.rest, self.number, self.session, self.events = b"", 0, None, []
        tab = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.out)
        os.close(self.into)
        self.profile.cleanup()

    def _message(self, until):
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.into], [], [], max(0, until - time.monotonic()))
            piece = os.read(self.into, 1 << 20) if ready else b""
            if not piece:
                raise TimeoutError(f"Chromium says nothing; last: {self.events[-3:]}")
            self.rest += piece
        text, _, self.rest = self.rest.partition(b"\0")
        return json.loads(text)

    def ask(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        text = json.dumps(request).encode() + b"\0"
        while text:
            text = text[os.write(self.out, text):]
        until = time.monotonic() + PATIENCE
        while True:
            message = self._message(until)
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def open(self, path, width=1280, dark=False, scripts=True):
        """Shows a file as a window of that width shows it."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1,
                 mobile=width < 600)
        self.ask("Emulation.setEmulatedMedia", media="",
                 features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.ask("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.events = []
        self.ask("Page.navigate", url=f"file://{path}")
        until = time.monotonic() + PATIENCE
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._message(until))
        self.ask("Emulation.setScriptExecutionDisabled", value=False)

    def value(self, expression):
        result = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"].get("description", result))
        return result["result"].get("value")

    def requests(self):
        """Of everything that was asked for, the address."""
        return [event["params"]["request"]["url"] for event in self.events
                if event.get("method") == "Network.requestWillBeSent"]

    def complaints(self):
        """What stands in the console, and what was thrown."""
        kinds = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [event["params"] for event in self.events if event.get("method") in kinds]

    def picture(self, path):
        """The whole page as a PNG."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        shot = self.ask("Page.captureScreenshot", captureBeyondViewport=True,
                        clip={"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1})
        with open(path, "wb") as out:
            out.write(base64.b64decode(shot["data"]))

    def pointer(self, kind, x, y, buttons=0, count=1):
        self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, buttons=buttons, clickCount=count,
                 button="none" if kind == "mouseMoved" else "left")

    def overlaps(self):
        """Pairs of texts that are drawn over each other by more than a pixel."""
        boxes = self.value(TEXTS)
        found = []
        for i, (text, left, top, right, bottom) in enumerate(boxes):
            for other, l2, t2, r2, b2 in boxes[i + 1:]:
                if min(right, r2) - max(left, l2) > 1 and min(bottom, b2) - max(top, t2) > 1:
                    found.append((text, other))
        return found

    def too_wide(self):
        """By how many pixels the page is wider than its window."""
        return self.value("document.documentElement.scrollWidth - innerWidth")
