"""What is heard of posts: whoever is on stage and posts, posts in the room too; what is deleted, goes from it."""

from collections.abc import Mapping

from cooee.kit.db import Database
from cooee.kit.outbox import Job
from cooee.kit.worker import Handler, Outside
from cooee.people.ids import PersonId
from cooee.posts import facts
from cooee.posts.records import PostId
from cooee.spaces.live import Live
from cooee.spaces.room_posts import service
from cooee.spaces.room_posts.live import show
from cooee.spaces.room_posts.service import Shelf


def handlers(live: Live, database: Database, shelf: Shelf) -> Mapping[str, Handler]:
    """What the worker does, by topic."""

    async def written(job: Job) -> None:
        post = PostId(job.payload["post"])
        if not await live.spaces_with(PersonId(job.payload["by"])):
            return
        for told in await database.write(lambda tx: service.follow(tx, shelf, post)):
            show(live, told, post)

    async def deleted(job: Job) -> None:
        post = PostId(job.payload["post"])
        for told in await database.write(lambda tx: service.forget(tx, shelf, post)):
            show(live, told, post)

    return {facts.WRITTEN: Outside(written), facts.DELETED: Outside(deleted)}
