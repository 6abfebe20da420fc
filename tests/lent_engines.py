"""SQLAlchemy's engines, lent to one test after another: each compiles every statement anew, and a test makes many."""

from collections import defaultdict
from collections.abc import Callable

from sqlalchemy import Engine, event


def lending(make: Callable[..., Engine]) -> Callable[..., Engine]:
    """`make`, which hands out again what was made for the same address and has been disposed of since.

    Nobody shares an engine: two nodes on one database have one each. A disposed one has no connections left, and what
    it has compiled.
    """
    free: dict[tuple[object, ...], list[Engine]] = defaultdict(list)

    def lent(*arguments: object) -> Engine:
        ours = free[arguments]
        if ours:
            return ours.pop()
        engine = make(*arguments)

        @event.listens_for(engine, "engine_disposed")
        def back(_engine: Engine) -> None:
            if engine not in ours:
                ours.append(engine)

        return engine

    return lent
