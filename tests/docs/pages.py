"""The fenced blocks of a page of docs/, carried out as a reader would.

```sh                        commands, one a line; `# exit status N` where it is not 0
```text                      lines that the commands before it print
```toml listingkit.toml      a file to write (any language)
```python append=PATH        lines to add to a file of the checkout
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
ENV = os.environ | {
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "PYTEST_ADDOPTS": "-p no:cacheprovider",
    "COLUMNS": "200",
}
_BLOCK = re.compile(r"^```(\S*) ?([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_STATUS = re.compile(r"\s+# exit status (\d+)$")


@dataclass(frozen=True)
class Block:
    language: str
    what: str  # the file that it is, or what is to be done with it
    text: str


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    for language, what, text in _BLOCK.findall((DOCS / page).read_text("utf-8")):
        yield Block(language, what, text)


def carry_out(page: str, folder: Path) -> list[str]:
    """Do what the page says in a folder; what was said of it that is not so."""
    wrong: list[str] = []
    told = ""
    for block in blocks(page):
        if block.what.startswith("append="):
            with (folder / block.what.removeprefix("append=")).open("a", encoding="utf-8") as stream:
                stream.write(block.text)
        elif block.what:
            (folder / block.what).write_text(block.text, "utf-8")
        elif block.language == "sh":
            told = ""
            for line in block.text.splitlines():
                wanted = int(found[1]) if (found := _STATUS.search(line)) else 0
                status, said = run(_STATUS.sub("", line), folder)
                told += said
                if status != wanted or "Traceback" in said:
                    wrong.append(f"{line}: exit status {status}: {said[-1500:]}")
        elif block.language == "text":
            wrong += [f"not printed: {line}" for line in block.text.splitlines() if line not in told]
    return wrong


def run(line: str, folder: Path) -> tuple[int, str]:
    """Exit status and output of one command line."""
    with subprocess.Popen(
        ["bash", "-c", f"exec {line}" if "--watch" in line else line],
        cwd=folder,
        env=ENV,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        if "--watch" not in line:
            said = process.stdout.read()
            return process.wait(300), said
        said = process.stdout.readline()  # a reader ends it with Ctrl-C, once there was something to read
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        said += process.stdout.read()
        return process.wait(60), said
