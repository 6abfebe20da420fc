"""The routes by which people come in."""

from fastapi import APIRouter

from cooee.people.sign_in.web import accounts, invitations, sessions

router = APIRouter(tags=["sign-in"])
for part in (accounts, sessions, invitations):
    router.include_router(part.router)
