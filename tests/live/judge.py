"""`python -m tests.live.judge SAID RECORDING`: for tests that are not written in Python, the comparison as JSON."""

import json
import sys
from pathlib import Path

from tests.live.sound import compare, energy, first_sound, load


def main(said: Path, recorded: Path) -> None:
    recording = load(recorded)
    heard = compare(load(said), recording)
    verdict = {
        "intelligibility": heard.intelligibility,
        "longest_gap_s": heard.longest_gap,
        "gaps": [{"at_s": gap.at, "length_s": gap.length} for gap in heard.gaps],
        "speaking_s": heard.speaking,
        "energy_dbfs": energy(recording),
        "first_sound_s": first_sound(recording),
    }
    sys.stdout.write(json.dumps(verdict) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
