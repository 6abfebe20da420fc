"""What a measurement gives, and what it should give."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """One number of `bench/results.json`."""

    id: str
    value: float
    unit: str
    command: str
    """What to type to measure it alone."""


@dataclass(frozen=True)
class Goal:
    """What a figure has to reach."""

    way: Literal["≥", "≤"]
    value: float

    def reached(self, value: float) -> bool:
        return value >= self.value if self.way == "≥" else value <= self.value

    def __str__(self) -> str:
        return f"{self.way} {self.value:,g}"


GOALS = {
    "listeners_per_core_20ms": Goal("≥", 5_000),
    "listeners_per_core_60ms": Goal("≥", 12_000),
    "heap_per_listener": Goal("≤", 12_000),
    "cpu_per_join": Goal("≤", 600),
    "forward_p99": Goal("≤", 5),
    "mix_p99": Goal("≤", 40),
    "second_start": Goal("≤", 3),
    "second_make_run": Goal("≤", 3),
    "demo_tap_to_sound": Goal("≤", 1_000),
    "mute_effective": Goal("≤", 200),
    "restart_back_in_room": Goal("≤", 5),
    "caption_word_errors": Goal("≤", 15),
    "room_long_tasks": Goal("≤", 0),
    "bubbles_appear_sqlite": Goal("≤", 3_000),
    "bubbles_appear_postgresql": Goal("≤", 3_000),
}
"""By the figure's id, in that figure's unit."""
