"""What a database's files hold, read past the database: nothing that was deleted may be among it."""

from pathlib import Path

from sqlalchemy import text

from cooee.kit.db import Database


def held(database: Database) -> bytes:
    """All of it, deleted or not; PostgreSQL's log is left to the operator's retention."""
    if database.is_sqlite:
        file = Path(str(database.writer.url.database))
        return b"".join(one.read_bytes() for one in sorted(file.parent.glob(f"{file.name}*")))
    with database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        data = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        own = connection.execute(text("SELECT oid FROM pg_database WHERE datname = current_database()")).scalar_one()
    return b"".join(one.read_bytes() for one in sorted((data / "base" / str(own)).iterdir()) if one.is_file())
