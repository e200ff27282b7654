"""
Measures how the harness's own cost grows with the number of pods: it is to grow with the work, not with its square.

Offline, a set of 100, 1,000 and 10,000 replicas starts and is rolled out, made of what a real cluster has told
(`ci/crowd.py`): how many events are recorded in a second, the processor seconds that judging takes (a wait for the
start, one for the rollout, `at no time` over all of it, six promises), and the memory beyond that of the program. On a
cluster of fake nodes (--cluster) a set starts and is scaled away, and the scenario's own part counts. The figures of
another checkout stand beside it (--beside), but for the largest sizes. Each measurement is a process of its own.
--picture draws what was measured offline. Exits with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SIZES = (100, 1000, 10_000)
ON_NODES = (100, 300, 1000)
BESIDE = 300
"""The largest set that is measured of another checkout."""
JUDGED_S = {10_000: 10.0}
MEMORY_MB = {10_000: 300.0}
OWN_S = {300: 2.0, 1000: 6.0}
PROMISES = (
    "ordered start",
    "rolling update in reverse order",
    "halts while a predecessor is unhealthy",
    "stable identity",
    "at most one process per identity",
    "ownership",
)
FEATURE = """Feature: A set of many replicas
  Scenario: It starts and is scaled away
    Given StatefulSet "crowd" with {replicas} ready replicas
    When StatefulSet "crowd" is scaled to 0
    Then within 3600 seconds "crowd" has no pods
"""


def main() -> int:
    """Print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=SIZES, help="replicas of the sets that are judged offline"
    )
    parser.add_argument("--cluster", help="a cluster of fake nodes that is there, by name")
    parser.add_argument(
        "--on-nodes", type=int, nargs="*", default=ON_NODES, help="replicas of the sets that start there"
    )
    parser.add_argument("--beside", type=Path, help="another checkout")
    parser.add_argument("--picture", type=Path, help="the SVG file to draw")
    parser.add_argument("--judge", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.judge:
        print(json.dumps(judge_offline(options.judge)))
        return 0
    checkouts = [ROOT, *filter(None, [options.beside])]
    missed = 0
    measured = []
    for size in options.sizes:
        for checkout in checkouts if size <= BESIDE else [ROOT]:
            found = offline(checkout, size)
            print(tell_offline(found, checkout), flush=True)
            if checkout == ROOT:
                measured.append(found)
                missed += found["judged_s"] > JUDGED_S.get(size, found["judged_s"])
                missed += found["memory_mb"] > MEMORY_MB.get(size, found["memory_mb"])
    for size in options.on_nodes if options.cluster else ():
        for checkout in checkouts if size <= BESIDE else [ROOT]:
            own_s = on_nodes(checkout, size, options.cluster)
            missed += checkout == ROOT and own_s > OWN_S.get(size, own_s)
    if options.picture:
        options.picture.write_text(drawn(measured), encoding="utf-8")
    return int(bool(missed))


def offline(checkout: Path, size: int) -> dict[str, Any]:
    """Return what a process of a checkout has measured."""
    environment = os.environ | {"PYTHONPATH": f"{checkout}{os.pathsep}{ROOT / 'ci'}"}
    command = [sys.executable, __file__, f"--judge={size}"]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def tell_offline(found: dict[str, Any], checkout: Path) -> str:
    """Return the line about one measurement."""
    rate = found["events"] / found["recorded_s"]
    spent = ", ".join(f"{what} {span_s:.2f} s" for what, span_s in found["parts"].items())
    return (
        f"{found['replicas']:6} replicas offline{_of(checkout)}: {found['events']} events, {rate:.0f}/s recorded; "
        f"judged in {found['judged_s']:.2f} s ({spent}); {found['memory_mb']:.0f} MB"
    )


def judge_offline(replicas: int) -> dict[str, Any]:
    """Record and judge a set of so many replicas in this process; return the figures."""
    from crowd import NAME, Crowd  # noqa: PLC0415 - of the checkout that is measured

    from harness.model import Since  # noqa: PLC0415
    from harness.promises import causes, conditions  # noqa: PLC0415
    from harness.promises.verdict import PROMISES as KNOWN  # noqa: PLC0415
    from harness.scenario.judge import Judge  # noqa: PLC0415
    from harness.scenario.run import Replay, StepMark  # noqa: PLC0415

    idle_mb, began = _memory_mb("VmRSS"), time.process_time()
    crowd = Crowd(replicas)
    start, rollout = StepMark("given", "the set starts", 1), StepMark("when", "it is rolled out", 2)
    crowd.play((start.type, start.text), crowd.started)
    crowd.play((rollout.type, rollout.text), crowd.rolled_out)
    recorded_s, parts = time.process_time() - began, {}

    def spend(what: str, deed: Callable[[], object]) -> None:
        begun = time.process_time()
        deed()
        parts[what] = round(parts.get(what, 0.0) + time.process_time() - begun, 3)

    obstacles: Any = getattr(causes, "Obstacles", None)
    blocked = obstacles(NAME) if obstacles else partial(causes.blocked, name=NAME)
    stage = Replay(crowd.history, "crowd")
    judge = Judge(stage)
    stage.begin(start)
    spend("start", lambda: judge.awaits(conditions.all_ready(NAME, replicas), blocked=blocked))
    stage.end(start, "passed")
    stage.begin(rollout)
    stage.perform(lambda: None)
    spend("rollout", lambda: judge.within(1e6, conditions.settled(NAME), blocked=blocked))
    spend("at no time", lambda: judge.never(conditions.fewer_ready(NAME, replicas - 1), since=Since.EVENT))
    for name in PROMISES:
        spend("promises", partial(judge.keeps, KNOWN[name], NAME))
    return {
        "replicas": replicas,
        "events": crowd.history.end,
        "recorded_s": recorded_s,
        "judged_s": sum(parts.values()),
        "parts": parts,
        "memory_mb": _memory_mb("VmHWM") - idle_mb,
    }


def on_nodes(checkout: Path, size: int, cluster: str) -> float:
    """Let a set start on fake nodes and be scaled away, print where the time went and return the harness's own part."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        (place / "many.feature").write_text(FEATURE.format(replicas=size), encoding="utf-8")
        (place / "systems").mkdir()
        shutil.copy(ROOT / "features" / "systems" / "crowd.yaml", place / "systems")
        program = [sys.executable, "-m", "pytest", "-q", "-p", "no:hypothesispytest", "-p", "no:cacheprovider"]
        arguments = [f"--harness-cluster-name={cluster}", "--harness-report=report", "many.feature"]
        environment = os.environ | {"PYTHONPATH": str(checkout)}
        ran = subprocess.run([*program, *arguments], check=False, cwd=place, env=environment, stdout=subprocess.PIPE)
        if ran.returncode:
            raise SystemExit(ran.stdout.decode("utf-8", "replace"))
        timing = json.loads((place / "report" / "results.jsonl").read_text(encoding="utf-8").splitlines()[0])["timing"]
    own_s, total_s = float(timing["own_s"]), float(timing["total_s"])
    print(f"{size:6} replicas on fake nodes{_of(checkout)}: own {own_s:.2f} s of {total_s:.1f} s", flush=True)
    return own_s


def drawn(measured: list[dict[str, Any]]) -> str:
    """Return the picture, both scales logarithmic: what grows with the work is a straight line, steep as the grid."""
    left, top, decade = 70, 30, 130
    lowest, highest = 100, 10_000

    def across(replicas: float) -> float:
        return left + decade * math.log10(replicas / lowest)

    def down(span_s: float) -> float:
        return top + decade * (3 - math.log10(span_s / 0.1))

    lines = []
    for power in range(4):
        replicas, span_s = min(lowest * 10**power, highest), 0.1 * 10**power
        x, y = across(replicas), down(span_s)
        lines.append(f'<path class="grid" d="M{x:.0f} {top}V{down(0.1):.0f}M{left} {y:.0f}H{across(highest):.0f}"/>')
        lines.append(f'<text x="{x:.0f}" y="{down(0.1) + 18:.0f}" text-anchor="middle">{replicas:,}</text>')
        lines.append(f'<text x="{left - 8}" y="{y + 4:.0f}" text-anchor="end">{span_s:g} s</text>')
    for number, (what, value) in enumerate((("recorded", "recorded_s"), ("judged", "judged_s"))):
        points = [(across(one["replicas"]), down(one[value])) for one in measured]
        way = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
        lines.append(f'<polyline class="of{number}" points="{way}"/>')
        lines += [f'<circle class="of{number}" cx="{x:.0f}" cy="{y:.0f}" r="3"/>' for x, y in points]
        lines.append(f'<text x="{points[-1][0] + 8:.0f}" y="{points[-1][1] + 4:.0f}">{what}</text>')
    width, height = across(highest) + 90, down(0.1) + 45
    style = (
        "text{font:12px sans-serif;fill:#57606a}.grid{stroke:#8c959f55}polyline{fill:none;stroke-width:2}"
        ".of0{stroke:#bf8700;fill:#bf8700}.of1{stroke:#0969da;fill:#0969da}polyline.of0,polyline.of1{fill:none}"
    )
    caption = f'<text x="{left}" y="{height - 8:.0f}">replicas that start and are rolled out; processor seconds</text>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}"><style>{style}</style>'
    return "\n".join([head, *lines, caption, "</svg>", ""])


def _of(checkout: Path) -> str:
    return "" if checkout == ROOT else f" of {checkout.name}"


def _memory_mb(field: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1000


if __name__ == "__main__":
    sys.exit(main())
