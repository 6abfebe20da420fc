"""The figures in the README: a table for each machine, made of `bench/results.json` by `python -m bench`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from bench.figures import GOALS, Goal
from bench.known import part_of
from bench.results import Result

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- figures: python -m bench -->", "<!-- end of figures -->"


@dataclass(frozen=True)
class Row:
    """A line of the table. The first figure that `says` names is the one with the goal."""

    words: str
    says: str

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(field for _, field, _, _ in Formatter().parse(self.says) if field)

    def filled(self, found: dict[str, Result]) -> str | None:
        """The line; None if one of its figures was not measured."""
        if not set(self.ids) <= found.keys():
            return None
        says = self.says.format(**{id: found[id].value for id in self.ids})
        first = self.ids[0]
        goal = GOALS.get(first)
        aim = "" if goal is None else _aim(goal, found[first])
        return f"| {self.words} | {says} | {aim} | `{first}` of `{part_of(first)}` |"


def _aim(goal: Goal, result: Result) -> str:
    unit = "" if result.unit == "listeners" else f" {result.unit}"
    return f"{goal}{unit}{'' if goal.reached(result.value) else ': missed'}"


def _listeners(length: str, beside: str = "") -> Row:
    says = f"**{{listeners_per_core_{length}:,.0f}}** ({{cpu_per_added_listener_{length}:.0f}} µs/s each; "
    says += f"{{packets_{length}:,.0f}} packets/s, {{bandwidth_{length}:.0f}} Mbit/s{beside})"
    return Row(f"listeners per core, {length.removesuffix('ms')} ms packets", says)


def _both(id: str, form: str) -> str:
    return f"{{{id}_sqlite:{form}}}; {{{id}_postgresql:{form}}}"


def _waits(id: str) -> str:
    """Median and p99 of both databases."""
    return "; ".join(f"{{{id}_p50_{kind}:.0f}} and {{{id}_p99_{kind}:.0f}} ms" for kind in ("sqlite", "postgresql"))


ROWS = (
    _listeners("20ms", " for the 2,000"),
    _listeners("40ms"),
    _listeners("60ms"),
    Row(
        "engine CPU for a packet, all in it, by what `sendmmsg` alone takes in the same run",
        "{over_send_floor_20ms:.1f} times at 20 ms, {over_send_floor_60ms:.1f} at 60 ms",
    ),
    Row("heap per listener", "{heap_per_listener:,.0f} B from the handshake on"),
    Row("engine CPU per join", "{cpu_per_join:.0f} µs"),
    Row("join to first packet", "{join_p50:.0f} ms, p99 {join_p99:.0f} ms"),
    Row(
        "delay that forwarding adds, speaker to speaker, with 2,000 listeners beside",
        "p99 {forward_p99:.1f} ms, median {forward_p50:.1f} ms",
    ),
    Row(
        "delay that the mix adds after the jitter buffer, beyond what the buffer was measured to hold",
        "p99 {mix_p99:.0f} ms, median {mix_p50:.0f} ms (the buffer's target is {jitter_target:.0f} ms)",
    ),
    Row("`cooee serve` with the demo, second start", "{second_start:.1f} s"),
    Row("`make run`, second start, with all that it looks at before", "{second_make_run:.1f} s"),
    Row("resident memory of a node with the demo", "{resident_memory:.0f} MB"),
    Row(
        "a visitor's tap on the demo's bubble to sound, Chromium, middle of five",
        "{demo_tap_to_sound:.0f} ms",
    ),
    Row("a host's tap on *mute* to silence at a listener, middle of five", "{mute_effective:.0f} ms"),
    Row("the node answers again after `kill -9` to both people back in the room", "{restart_back_in_room:.1f} s"),
    Row(
        "home timeline with 100,000 people and 1,000,000 posts, median and p99: SQLite; PostgreSQL",
        _waits("home"),
    ),
    Row("coming into a Space there, median and p99: SQLite; PostgreSQL", _waits("join")),
    Row(
        "an account with 50,000 followers goes live: the last of 200 that watch sees the bubble, no row for each; "
        "SQLite; PostgreSQL",
        _both("bubbles_appear", ".0f") + " ms",
    ),
    Row("5,000 phones of followers told by push, each once: SQLite; PostgreSQL", _both("pushes", ".0f") + " a second"),
    Row(
        "words wrong in captions of a machine's clear English; last sound of a phrase to its text, median; "
        "CPU for a minute of speech",
        "{caption_word_errors:.0f} %; {caption_delay_p50:.1f} s; {caption_cpu_per_minute:.1f} s",
    ),
)


def tables(results: Iterable[Result]) -> str:
    """Markdown; nothing if nothing was measured."""
    by_machine: dict[str, dict[str, Result]] = {}
    for result in results:
        by_machine.setdefault(result.on, {})[result.id] = result
    return "\n".join(_table(machine, found) for machine, found in by_machine.items())


def update(results: Sequence[Result], readme: Path = README) -> None:
    """Writes the tables into the README, where its two marks are."""
    if not results:
        return
    text = readme.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n{tables(results)}{END}{after}", "utf-8")


def _table(machine: str, found: dict[str, Result]) -> str:
    lines = [line for row in ROWS if (line := row.filled(found))]
    if not lines:
        return ""
    days = sorted({result.at[:10] for result in found.values()})
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    head = f"On {machine} ({when}):\n\n| figure | measured | goal | id |\n|---|---|---|---|\n"
    return head + "\n".join(lines) + "\n"
