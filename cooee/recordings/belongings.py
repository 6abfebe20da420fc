"""What this domain holds of a person: replays of what they hosted, their own tracks in others', clips they cut."""

from sqlalchemy import Connection

from cooee.kit.pages import rfc3339
from cooee.people.belongings import Belongings, Files, Told
from cooee.people.ids import PersonId
from cooee.recordings import service, store


def tell(tx: Connection, person: PersonId) -> Told:
    """What is kept, and where it is heard."""
    return {
        "recordings": [
            {
                "space": each.space,
                "made_at": rfc3339(each.made_at),
                "expires_at": rfc3339(each.expires_at) if each.expires_at else None,
                "duration_ms": each.duration_ms,
            }
            for each in store.of_owner(tx, person)
        ],
        "recording_tracks": [
            {"space": recording.space, "recorded_at": rfc3339(recording.made_at), "bytes": track.size}
            for recording, track in store.tracks_with(tx, person)
        ],
        "recording_captions": [
            {"space": space, "start_ms": cue.start_ms, "text": cue.text} for space, cue in store.cues_by(tx, person)
        ],
        "clips": [
            {"id": clip.id, "space": clip.space, "title": clip.title, "start_ms": clip.start_ms, "at": rfc3339(clip.at)}
            for clip in store.clips_by(tx, person)
        ],
    }


def files(tx: Connection, person: PersonId) -> Files:
    """Sound: what they hosted, their own voice in what others did, and the clips they cut."""
    hosted = {f"recordings/{each.space}.ogg": each.key for each in store.of_owner(tx, person) if each.state == "ready"}
    spoken = {
        f"recordings/{each.space}.my-voice.ogg": each.track_key(person)
        for each, _ in store.tracks_with(tx, person)
        if each.state == "ready"
    }
    return hosted | spoken | {f"clips/{clip.id}.ogg": clip.key for clip in store.clips_by(tx, person)}


def erase(tx: Connection, person: PersonId) -> None:
    """Files of what goes: others' replays keep the mix, and lose the person's own track."""
    for recording in store.of_owner(tx, person):
        service.delete(tx, recording.space, recording.made_at)
    for recording, _ in store.tracks_with(tx, person):
        service.drop(tx, recording.space, [recording.track_key(person)], recording.made_at)
    for clip in store.clips_by(tx, person):
        service.drop(tx, clip.space, [clip.key], clip.at)


BELONGINGS = Belongings(tell, erase, files)
