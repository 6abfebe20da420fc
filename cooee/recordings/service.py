"""What people do with replays and clips, and what time does: one unit of work each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from cooee.captions import store as captions
from cooee.kit import outbox
from cooee.kit.word_filter import WordFilter
from cooee.people import relations
from cooee.people import store as people
from cooee.people.cards import Attachment, Attachments, SpaceCard
from cooee.people.ids import PersonId
from cooee.people.shapes import Person
from cooee.posts import store as posts
from cooee.posts.records import PostId, PostRecord
from cooee.recordings import shapes, store, vtt
from cooee.recordings.card import Card
from cooee.recordings.errors import ClipNotFound, ClipOutside, ReplayNotFound, ReplayNotReady
from cooee.recordings.rules import Pin
from cooee.recordings.store import Clip, Recording
from cooee.spaces import admission, facts
from cooee.spaces import service as spaces
from cooee.spaces import store as space_store
from cooee.spaces.errors import GuestsOff, HostOnly, RemovedFromSpace, SpaceNotFound
from cooee.spaces.house import Actor, House
from cooee.spaces.rules import gates
from cooee.spaces.rules.tickets import needs_ticket
from cooee.spaces.state import Space, SpaceId

DROP: Final = "recordings.drop"
"""The outbox's topic: `{space, keys}`: files that nobody is to hear any more."""

_ADDED_WITHIN = timedelta(minutes=30)
"""Longer than any store takes for a minute of sound."""

EXPIRE: Final = "recordings.expire"
"""`{space}`: it was kept for long enough."""


@dataclass(frozen=True, slots=True)
class Archive:
    """What all replays of this site have in common."""

    house: House
    kept_for: timedelta
    words: WordFilter
    """What an operator does not want to read is read with a replay no more than in the room."""


def playable(tx: Connection, archive: Archive, id: SpaceId, actor: Actor | None) -> tuple[Space, Recording]:
    """A replay that this person may hear; `None` is a guest. Whoever may come into the Space may, unless removed.

    Raises:
        SpaceNotFound, AccessNotYet, YouBlockedThem, BlockedByThem, RemovedFromSpace, GuestsOff, TicketNeeded,
        ReplayNotFound, ReplayNotReady
    """
    space = spaces.found(tx, id)
    if relations.is_gone(tx, space.owner):
        raise SpaceNotFound
    if actor is None:
        gates.may_see(space, None)
        if not space.guests:
            raise GuestsOff
    else:
        admission.check_actor(tx, archive.house, space, actor)
        if actor.person in space.banned:
            raise RemovedFromSpace
    person = actor.person if actor else None
    if needs_ticket(space, person) and (refusal := archive.house.asks_for_ticket(tx, id, person)):
        raise refusal
    found = store.recording(tx, id)
    if found is not None and found.state == "ready":
        return space, found
    raise ReplayNotReady if is_being_made(tx, id) else ReplayNotFound


def is_being_made(tx: Connection, id: SpaceId) -> bool:
    """Whether a replay is on its way: the Space was recorded, and was over a moment ago."""
    found = store.recording(tx, id)
    return outbox.waits(tx, f"{facts.RECORDED}:{id}") if found is None else found.state == "making"


def replay(tx: Connection, archive: Archive, id: SpaceId, actor: Actor | None) -> shapes.Replay:
    """All that a replay's page shows.

    Raises:
        what `playable` refuses
    """
    space, found = playable(tx, archive, id, actor)
    mine = actor is not None and actor.person == found.owner
    tracks = store.tracks(tx, id) if mine else []
    clips = store.clips_of(tx, id)
    pinned = _readable(tx, found.pins, actor)
    wanted = {
        *(post.author_id for _, post in pinned),
        found.owner,
        *(chapter.person for chapter in found.chapters),
        *(track.person for track in tracks),
        *(clip.by for clip in clips),
    }
    cast = spaces.cast(tx, wanted, archive.house.asks)
    assert found.expires_at is not None, "what is ready expires"
    return shapes.Replay(
        space_id=id,
        title=space.title,
        audience=space.audience,
        host=cast[found.owner],
        started_at=space.started_at,
        duration_ms=found.duration_ms,
        size=found.size,
        audio_url=shapes.audio_url(id),
        peaks=found.peaks,
        language=space.language,
        captions_url=shapes.captions_url(id) if store.has_cues(tx, id) else None,
        chapters=tuple(
            shapes.ChapterInReplay(at_ms=chapter.at_ms, person=cast[chapter.person])
            for chapter in found.chapters
            if chapter.person in cast
        ),
        pins=tuple(
            shapes.PinInReplay(
                at_ms=pin.at_ms,
                post_id=post.id,
                author=cast[post.author_id],
                text=archive.words.judge(post.text).text,
            )
            for pin, post in pinned
            if post.author_id in cast
        ),
        expires_at=found.expires_at,
        mine=mine,
        tracks=tuple(
            shapes.TrackOfReplay(
                person=cast[track.person],
                size=track.size,
                audio_url=f"/api/v1/spaces/{id}/replay/tracks/{track.person}",
            )
            for track in tracks
            if track.person in cast
        ),
        clips=tuple(_clip(replace(clip, peaks=()), space, cast, found.owner, actor) for clip in clips),
    )


def _readable(tx: Connection, pins: Sequence[Pin], actor: Actor | None) -> list[tuple[Pin, PostRecord]]:
    """Posts that are there still, and that this person may read; guests read none."""
    if actor is None:
        return []
    known = ((pin, posts.post(tx, PostId(pin.post), actor.person)) for pin in pins)
    return [(pin, post) for pin, post in known if post is not None]


def written(tx: Connection, archive: Archive, id: SpaceId, actor: Actor | None) -> tuple[Space, str]:
    """What was said, as WebVTT, to be read while it is heard.

    Raises:
        what `playable` refuses
    """
    space, _ = playable(tx, archive, id, actor)
    cues = store.cues(tx, id, actor.person if actor else None)
    cast = spaces.cast(tx, {cue.person for cue in cues}, archive.house.asks)
    return space, vtt.written([(cast[cue.person].display_name, cue) for cue in cues if cue.person in cast])


def track(tx: Connection, archive: Archive, id: SpaceId, actor: Actor, person: PersonId) -> str:
    """Where a speaker's own track is kept: for the host.

    Raises:
        HostOnly, ReplayNotFound, and what `playable` refuses
    """
    _, found = playable(tx, archive, id, actor)
    if found.owner != actor.person:
        raise HostOnly
    if person not in {track.person for track in store.tracks(tx, id)}:
        raise ReplayNotFound
    return found.track_key(person)


def delete_by(tx: Connection, archive: Archive, id: SpaceId, actor: Actor, now: datetime) -> None:
    """The host wants nothing of it kept: neither replay nor tracks nor clips.

    Raises:
        HostOnly, ReplayNotFound, and what `admission.check_actor` refuses
    """
    space = spaces.found(tx, id)
    admission.check_actor(tx, archive.house, space, actor, leaving=True)
    if actor.person != space.owner:
        raise HostOnly
    if not delete(tx, id, now):
        raise ReplayNotFound


def delete(tx: Connection, id: SpaceId, now: datetime) -> bool:
    """Deletes a recording and all that was made of it, files too; whether there was one."""
    captions.take_recorded(tx, id)
    found = store.recording(tx, id)
    if found is None:
        # Over a moment ago: what the engine wrote is there, and nobody has begun to make a replay of it.
        waits = outbox.take_back(tx, f"{facts.RECORDED}:{id}")
        if waits:
            outbox.put(tx, f"{DROP}:{id}", DROP, {"space": id, "keys": []}, now)
        return waits
    keys = [found.key, found.levels_key, *(found.track_key(track.person) for track in store.tracks(tx, id))]
    drop(tx, id, [*keys, *(clip.key for clip in store.clips_of(tx, id))], now)
    store.forget(tx, id)
    outbox.take_back(tx, f"{EXPIRE}:{id}")
    outbox.take_back(tx, f"{facts.RECORDED}:{id}")
    return True


def expire(tx: Connection, id: SpaceId, now: datetime) -> None:
    """It was kept for long enough."""
    found = store.recording(tx, id)
    if found is not None and found.expires_at is not None and found.expires_at <= now:
        delete(tx, id, now)


def drop(tx: Connection, id: SpaceId, keys: Sequence[str], due_at: datetime) -> None:
    """Has files deleted after the commit.

    What has begun to delete fewer of them (a replay was deleted while it was made) does not stand in for this.
    """
    outbox.schedule(tx, _drop_key(keys), DROP, {"space": id, "keys": list(keys)}, due_at)


def with_replays(cards: Attachments) -> Attachments:
    """Cards of Spaces that are over say whether they can be heard again."""

    def answer(tx: Connection, asked: Collection[Attachment], viewer: PersonId) -> Mapping[Attachment, SpaceCard]:
        known = cards(tx, asked, viewer)
        replays = store.ready(tx, [SpaceId(card.id) for card in known.values() if card.state == "ended"])
        return {
            attachment: card.model_copy(update={"replay_ms": replays.get(SpaceId(card.id))})
            for attachment, card in known.items()
        }

    return answer


def drop_unless_added(tx: Connection, id: SpaceId, key: str, now: datetime) -> None:
    """Has a clip's file deleted that is about to be kept, unless it becomes a clip: a node may die in between."""
    drop(tx, id, [key], now + _ADDED_WITHIN)


def add_clip(tx: Connection, archive: Archive, clip: Clip, actor: Actor) -> shapes.Clip:
    """Keeps a clip whose file is there, and was to be deleted otherwise.

    Raises:
        ClipOutside, and what `playable` refuses
    """
    space, found = playable(tx, archive, clip.space, actor)
    if clip.start_ms >= found.duration_ms or not outbox.take_back(tx, _drop_key([clip.key])):
        raise ClipOutside
    store.insert_clip(tx, clip)
    return _clip(clip, space, _cast(tx, archive, clip, found.owner), found.owner, actor)


def clip(tx: Connection, archive: Archive, id: str, actor: Actor | None) -> shapes.Clip:
    """A clip; whoever may hear the replay may hear it.

    Raises:
        ClipNotFound, and what `playable` refuses
    """
    found = store.clip(tx, id)
    if found is None:
        raise ClipNotFound
    space, recording = playable(tx, archive, found.space, actor)
    return _clip(found, space, _cast(tx, archive, found, recording.owner), recording.owner, actor)


def carded(tx: Connection, archive: Archive, id: str, actor: Actor | None, site: str) -> tuple[Card, str | None]:
    """What is drawn of a clip for its link, without the face; and the address of that.

    Raises:
        what `clip` refuses
    """
    shown = clip(tx, archive, id, actor)
    whole = store.recording(tx, SpaceId(shown.space_id))
    assert whole is not None, "whoever may hear a clip may hear what it is cut out of"
    seconds = round(shown.duration_ms / 1000)
    end_ms = shown.start_ms + shown.duration_ms
    return Card(
        title=shown.title,
        host=shown.host.display_name,
        about=f"{seconds // 60}:{seconds % 60:02} · {shown.space_title}",
        site=site,
        peaks=whole.peaks,
        span=(shown.start_ms / whole.duration_ms, min(1.0, end_ms / whole.duration_ms)),
    ), shown.host.picture_url


def delete_clip(tx: Connection, id: str, actor: Actor, now: datetime) -> None:
    """Takes a clip back: whoever cut it, and the host.

    Raises:
        ClipNotFound, HostOnly
    """
    found = store.clip(tx, id)
    recording = store.recording(tx, found.space) if found else None
    if found is None or recording is None:
        raise ClipNotFound
    if actor.person not in (found.by, recording.owner):
        raise HostOnly
    store.forget_clip(tx, id)
    drop(tx, found.space, [found.key], now)


def feed_of(tx: Connection, archive: Archive, host: PersonId, most: int) -> list[tuple[Space, Recording]]:
    """Somebody's public replays that anybody may hear, the latest first; of a protected account none is told to all."""
    account = people.person(tx, host)
    if account is None or account.protected:
        return []
    found = store.public_of(tx, host, most)
    known = space_store.by_ids(tx, [each.space for each in found])
    free = [each for each in found if archive.house.asks_for_ticket(tx, each.space, None) is None]
    return [(known[each.space], each) for each in free if known[each.space].guests]


def _cast(tx: Connection, archive: Archive, clip: Clip, owner: PersonId) -> Mapping[PersonId, Person]:
    return spaces.cast(tx, {clip.by, owner}, archive.house.asks)


def _drop_key(keys: Sequence[str]) -> str:
    return f"{DROP}:{keys[0]}:{len(keys)}"


def _clip(
    clip: Clip, space: Space, cast: Mapping[PersonId, Person], owner: PersonId, actor: Actor | None
) -> shapes.Clip:
    return shapes.Clip(
        id=clip.id,
        title=clip.title or space.title,
        space_id=space.id,
        space_title=space.title,
        host=cast[owner],
        by=cast.get(clip.by),
        start_ms=clip.start_ms,
        duration_ms=clip.duration_ms,
        at=clip.at,
        audio_url=shapes.clip_audio_url(clip.id),
        peaks=clip.peaks,
        mine=actor is not None and actor.person in (clip.by, owner),
    )
