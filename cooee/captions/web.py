"""What was said in a Space, and whether one's own voice is written down."""

from fastapi import APIRouter

from cooee.captions import service, store
from cooee.captions.errors import NoCaptions
from cooee.captions.shapes import CaptionConsent, LinePage, SetCaptionConsent
from cooee.captions.wiring import Captions
from cooee.kit.errors import BadCursor, ForeignOrigin, InvalidRequest, Unauthenticated
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.people.session import SignedIn
from cooee.spaces.errors import NotInTheRoom
from cooee.spaces.web.asking import ANY, Acting, SpaceInPath

router = APIRouter(tags=["captions"])


@router.get("/spaces/{id}/captions", responses=refusals(*ANY, BadCursor, NotInTheRoom))
async def read_captions(id: SpaceInPath, me: Acting, page: AskedPage, tools: Tools, captions: Captions) -> LinePage:
    """What was said, newest first: while the Space is open, for those inside."""
    live = captions.captioner.live
    await live.check_inside(me, id)
    return await tools.db.read(lambda tx: service.read(tx, live.house, me, id, page))


@router.get("/me/captions", responses=refusals(Unauthenticated))
async def read_caption_consent(me: SignedIn, tools: Tools) -> CaptionConsent:
    """Whether one's own voice is captioned while one speaks."""
    agreed = await tools.db.read(lambda tx: store.agreed(tx, [me.id]))
    return CaptionConsent(agreed=agreed.get(me.id))


@router.put("/me/captions", responses=refusals(ForeignOrigin, InvalidRequest, NoCaptions, Unauthenticated))
async def set_caption_consent(
    asked: SetCaptionConsent, me: SignedIn, tools: Tools, captions: Captions
) -> CaptionConsent:
    """Agree to being captioned, or take it back: it counts at once, also where one is speaking just now.

    When it is taken back, what one said goes from all replays.
    On a site without captions one can take it back only.
    """
    if asked.agreed and not captions.captioner.languages:
        raise NoCaptions
    now = tools.clock.now()
    await tools.db.write(lambda tx: service.set_consent(tx, me.id, asked.agreed, now, captions.forget))
    await captions.captioner.agreed(me.id)
    return CaptionConsent(agreed=asked.agreed)
