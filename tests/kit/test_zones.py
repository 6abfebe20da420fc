"""How a moment is said to somebody somewhere."""

from datetime import UTC, datetime

import pytest

from cooee.kit.zones import told

WINTER, SUMMER = datetime(2026, 11, 24, 23, 30, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "said"),
    [
        (WINTER, None, "24 Nov 2026, 23:30 UTC"),
        (WINTER, "UTC", "24 Nov 2026, 23:30 UTC"),
        (WINTER, "Europe/Istanbul", "25 Nov 2026, 02:30 Istanbul time"),
        (WINTER, "America/New_York", "24 Nov 2026, 18:30 New York time"),
        (SUMMER, "America/New_York", "01 Jul 2026, 08:00 New York time"),
        (WINTER, "America/Argentina/Buenos_Aires", "24 Nov 2026, 20:30 Buenos Aires time"),
        (WINTER, "Etc/GMT-3", "25 Nov 2026, 02:30 UTC+03:00"),
        (WINTER, "Asia/Atlantis", "24 Nov 2026, 23:30 UTC"),
    ],
)
def test_a_moment_is_said_in_the_readers_own_time_and_names_it(moment: datetime, zone: str | None, said: str) -> None:
    assert told(moment, zone) == said
