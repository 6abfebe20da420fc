"""The routes by which people come in."""

from fastapi import APIRouter

from cooee.people.sign_in.web import (
    accounts,
    email,
    invitations,
    passkey_accounts,
    passkeys,
    passwords,
    providers,
    sessions,
    site,
)

router = APIRouter(tags=["sign-in"])
for part in (accounts, passkey_accounts, sessions, invitations, email, passwords, passkeys, providers, site):
    router.include_router(part.router)
