"""What others' pages show of somebody's page whose link was pasted."""

from sqlalchemy import Connection

from cooee.kit.previews import Preview
from cooee.people import service, store


def preview(tx: Connection, username: str) -> Preview | None:
    """Name and picture, which all may see, and what a public account says of itself; None if there is nobody."""
    found = store.by_username(tx, username)
    if found is None or not found.there:
        return None
    return Preview(
        title=f"{found.display_name} (@{found.username})",
        description="" if found.protected else found.bio,
        path=f"/people/{found.username}",
        picture=service.PICTURES + found.picture if found.picture else None,
        kind="profile",
        listed=not found.protected,
    )
