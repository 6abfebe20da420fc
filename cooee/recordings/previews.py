"""What others' pages show of a clip's link."""

from sqlalchemy import Connection

from cooee.kit.errors import Refusal
from cooee.kit.previews import Preview
from cooee.recordings import service, shapes
from cooee.recordings.service import Archive


def preview(tx: Connection, archive: Archive, id: str) -> Preview | None:
    """The clip as somebody without an account sees it; None for those who would find nothing."""
    try:
        clip = service.clip(tx, archive, id, None)
    except Refusal:
        return None
    seconds = round(clip.duration_ms / 1000)
    return Preview(
        title=clip.title,
        description=f"{seconds} seconds from “{clip.space_title}”, a Space by {clip.host.display_name}.",
        path=f"/clips/{clip.id}",
        picture=shapes.clip_card_url(clip.id),
        is_wide=True,
        listed=False,
        audio=clip.audio_url,
    )
