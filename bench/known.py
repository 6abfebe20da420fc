"""Every figure that there is, by the part that measures it, in the order of `bench/results.json`."""

_CLASSES = ("20ms", "40ms", "60ms")
_OF_EACH_CLASS = (
    "listeners_per_core",
    "cpu_per_listener",
    "cpu_per_added_listener",
    "cpu_of_the_space",
    "cpu_per_packet",
    "send_floor",
    "over_send_floor",
    "packets",
    "bandwidth",
)
_OF_EACH_DATABASE = (
    "home_p50",
    "home_p99",
    "search_p50",
    "search_p99",
    "join_p50",
    "join_p99",
    "bubbles_appear",
    "rows_written_going_live",
    "pushes",
    "pushes_twice",
    "memory_of_pushes",
)

IDS: dict[str, tuple[str, ...]] = {
    "engine": (
        "heap_per_listener",
        "heap_per_listener_at_first",
        "cpu_per_join",
        "join_p50",
        "join_p99",
        "forward_p50",
        "forward_p99",
        "jitter_target",
        "mix_p50",
        "mix_p99",
        *(f"{id}_{length}" for length in _CLASSES for id in _OF_EACH_CLASS),
    ),
    "product": ("first_start", "second_start", "second_make_run", "resident_memory"),
    "social": tuple(f"{id}_{kind}" for kind in ("sqlite", "postgresql") for id in _OF_EACH_DATABASE),
    "captions": ("caption_word_errors", "caption_delay_p50", "caption_delay_p90", "caption_cpu_per_minute"),
    "browser": ("demo_tap_to_sound", "mute_effective", "restart_back_in_room", "room_long_tasks", "room_longest_task"),
}


def part_of(id: str) -> str | None:
    """Who measures it; None of a figure that there is not."""
    return next((part for part, ids in IDS.items() if id in ids), None)
