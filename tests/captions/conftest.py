"""The node and the people of the tests of Spaces."""

from tests.spaces.conftest import changed_settings, house

__all__ = ["changed_settings", "house"]
