"""The engine under two thousand listeners of one Space: `cooee-load` measures, with real ICE, DTLS and SRTP."""

import json
import shlex
import subprocess
from typing import Any

from bench.figures import Figure
from tests.live.template import ROOT

LISTENERS = 2_000
JOINS_A_SECOND = 300
CLASSES_MS = (20, 40, 60)


def measure() -> list[Figure]:
    figures: list[Figure] = []
    for class_ms in CLASSES_MS:
        command = f"target/ci/cooee-load engine --listeners {LISTENERS} --class {class_ms} --join-rate {JOINS_A_SECOND}"
        if class_ms == CLASSES_MS[0]:
            command += " --settle"
            report = _report(command)
            figures += _of_any_class(report, command)
        else:
            report = _report(command)
        figures += _of_class(report, command)
    return figures


def _report(command: str) -> dict[str, Any]:
    done = subprocess.run(shlex.split(command), cwd=ROOT, stdout=subprocess.PIPE, timeout=600)
    report: dict[str, Any] = json.loads(done.stdout)
    if not report["ok"]:
        raise RuntimeError(f"what came was not authentic or not sound: {report['checks']}")
    return report


def _of_any_class(report: dict[str, Any], command: str) -> list[Figure]:
    heap, join, delay = report["heap"], report["join"], report["delay"]
    values = [
        ("heap_per_listener", heap["per_listener_settled_bytes"], "B"),
        ("heap_per_listener_at_first", heap["per_listener_bytes"], "B"),
        ("cpu_per_join", join["cpu_us"], "µs"),
        ("join_p50", join["first_packet"]["p50_ms"], "ms"),
        ("join_p99", join["first_packet"]["p99_ms"], "ms"),
        ("forward_p50", delay["forward"]["p50_ms"], "ms"),
        ("forward_p99", delay["forward"]["p99_ms"], "ms"),
        ("jitter_target", delay["jitter_target_ms"], "ms"),
        ("mix_p50", delay["mix_after_jitter_p50_ms"], "ms"),
        ("mix_p99", delay["mix_after_jitter_p99_ms"], "ms"),
    ]
    return [Figure(id, value, unit, command) for id, value, unit in values]


def _of_class(report: dict[str, Any], command: str) -> list[Figure]:
    class_ms, cpu, network = report["class_ms"], report["cpu"], report["network"]
    values = [
        ("listeners_per_core", cpu["listeners_per_core"], "listeners"),
        ("cpu_per_listener", cpu["per_listener_us"], "µs/s"),
        ("cpu_per_added_listener", cpu["per_added_listener_us"], "µs/s"),
        ("cpu_of_the_space", cpu["fixed_us"], "µs/s"),
        ("cpu_per_packet", cpu["per_packet_us"], "µs"),
        ("send_floor", cpu["send_floor_us"], "µs"),
        ("over_send_floor", cpu["over_send_floor"], "sends"),
        ("packets", network["packets_per_second"], "packets/s"),
        ("bandwidth", network["mbit_per_second"], "Mbit/s"),
    ]
    return [Figure(f"{id}_{class_ms}ms", value, unit, command) for id, value, unit in values]
