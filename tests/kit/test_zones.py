"""How a moment is said to somebody somewhere."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from cooee.kit.zones import Zone, told, told_abroad

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


@pytest.mark.parametrize(
    ("moment", "zone", "said"),
    [
        (WINTER, "Europe/Istanbul", "25 Nov 2026, 02:30 Istanbul time (UTC+03:00)"),
        (WINTER, "America/New_York", "24 Nov 2026, 18:30 New York time (UTC-05:00)"),
        (SUMMER, "America/New_York", "01 Jul 2026, 08:00 New York time (UTC-04:00)"),
        (SUMMER, "Asia/Kathmandu", "01 Jul 2026, 17:45 Kathmandu time (UTC+05:45)"),
        (WINTER, "Europe/London", "24 Nov 2026, 23:30 London time (UTC)"),
        (WINTER, "UTC", "24 Nov 2026, 23:30 UTC"),
        (WINTER, "Etc/GMT-3", "25 Nov 2026, 02:30 UTC+03:00"),
        (WINTER, "Asia/Atlantis", "24 Nov 2026, 23:30 UTC"),
    ],
)
def test_who_may_live_elsewhere_reads_how_far_it_is_from_utc(moment: datetime, zone: str, said: str) -> None:
    assert told_abroad(moment, zone) == said


@pytest.mark.parametrize("name", ["Factory", "localtime", "Asia/Atlantis", "../../etc/passwd", "", "posixrules"])
def test_what_is_no_place_is_no_zone(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Zone).validate_python(name)
