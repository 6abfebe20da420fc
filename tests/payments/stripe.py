"""A stand-in for Stripe: every request goes to stripe-mock first, which judges its shape; then there is state.

stripe-mock answers any well-formed request with a fixture and refuses what Stripe's own OpenAPI description does not
allow. This remembers what was made besides, so that a payment is a payment afterwards; and it signs webhooks as
Stripe does. Each request with an `Idempotency-Key` that came before is answered as it was.
"""

import asyncio
import hashlib
import hmac
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.ports import free_port

KEY = "sk_test_123"
WEBHOOK_SECRET = "whsec_stand_in"
MOCK = Path(__file__).parents[2] / ".cache/bin/stripe-mock"

Thing = dict[str, Any]


@dataclass
class Stripe:
    """What a test sees and does of it."""

    mock: str
    url: str = ""
    rates: dict[str, float] = field(default_factory=lambda: {"eur": 0.8, "jpy": 150.0})
    currency: str = "usd"
    """In which new accounts are paid out."""
    ready: bool = True
    """Whether whoever goes through onboarding can be paid at once."""
    away: bool = False
    """It answers nobody but with a failure of its own."""
    short: bool = False
    """Accounts have not yet what is to be paid out."""
    mute: bool = False
    """It does what it is asked, and then fails to say so."""
    time: int | None = None
    """What its clock says, in seconds; None: later than anybody asks."""
    silent: tuple[Literal["before", "after"], str] | None = None
    """Requests to paths that begin so get no answer, before it has done what they ask or after, until it is None."""
    refuses: bool = False
    """Nothing can be given back the way it came."""
    slow_prices: bool = False
    """What a payment cost is known only later."""
    requests: list[tuple[str, str]] = field(default_factory=list)
    accounts: dict[str, Thing] = field(default_factory=dict)
    sessions: dict[str, Thing] = field(default_factory=dict)
    intents: dict[str, Thing] = field(default_factory=dict)
    refunds: list[Thing] = field(default_factory=list)
    """What the SDK asked for."""
    given_back: dict[str, Thing] = field(default_factory=dict)
    """All refunds, also those made in Stripe's own pages."""
    fee_refunds: list[Thing] = field(default_factory=list)
    fees: dict[str, Thing] = field(default_factory=dict)
    transfers: dict[str, Thing] = field(default_factory=dict)
    disputes: dict[str, Thing] = field(default_factory=dict)
    reversals: list[Thing] = field(default_factory=list)
    payouts: dict[str, Thing] = field(default_factory=dict)
    running: asyncio.Task[None] | None = None
    _answers: dict[str, tuple[str, int, Thing]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    # What people and banks do there.

    def pay(self, session: str) -> Thing:
        """Somebody pays on a page; the event that tells of it."""
        page = self.sessions[session]
        assert page["status"] == "open", "only what is open can be paid"
        intent = self.intents[page["payment_intent"]]
        page |= {"status": "complete", "payment_status": "paid"}
        intent["status"] = "succeeded"
        return self.event("checkout.session.completed", page)

    def copied(self, session: str) -> str:
        """Another page for the same sale."""
        id = f"cs_{next(self._numbers)}"
        page = {**self.sessions[session], "id": id, "payment_intent": f"pi_of_{id}"}
        self.sessions[id] = page | {"status": "open", "payment_status": "unpaid"}
        intent: Thing = json.loads(json.dumps(self.intents[self.sessions[session]["payment_intent"]]))
        intent["latest_charge"]["balance_transaction"]["id"] = f"txn_of_{id}"
        self.intents[page["payment_intent"]] = intent | {"id": page["payment_intent"]}
        return id

    def lapse(self, session: str) -> Thing:
        """The time of a page is over; the event that tells of it."""
        self.sessions[session] |= {"status": "expired", "url": None}
        return self.event("checkout.session.expired", self.sessions[session])

    def dispute(self, session: str, status: str = "needs_response") -> Thing:
        """A buyer's bank takes the money back; the event that tells of it."""
        intent = self.sessions[session]["payment_intent"]
        self.intents[intent]["latest_charge"]["disputed"] = True
        number = next(self._numbers)
        dispute = {
            "id": f"dp_{number}",
            "object": "dispute",
            "payment_intent": intent,
            "status": status,
            "balance_transactions": [] if status.startswith("warning") else [_movement(f"txn_dp_{number}", 1500)],
        }
        self.disputes[dispute["id"]] = dispute
        return self.event("charge.dispute.created", dispute)

    def give_back(
        self, session: str, amount: int | None = None, *, from_host: bool = True, fee: int = 0
    ) -> tuple[str, Thing]:
        """The operator gives some back in Stripe's own pages, or all; the refund, and the event that tells of it."""
        page = self.sessions[session]
        charge = self.intents[page["payment_intent"]]["latest_charge"]
        given = amount or page["amount_total"] - self._given(page["payment_intent"])
        if from_host:
            self.transfers[charge["transfer"]]["amount_reversed"] += given
        if fee:
            self.fees[charge["application_fee"]]["amount_refunded"] += fee
        made = self._note_refund(page["payment_intent"], given, {}, from_host=from_host)
        return made["id"], self.event("charge.refunded", charge | {"payment_intent": page["payment_intent"]})

    def send_back(self, refund: str) -> Thing:
        """A buyer's bank does not take what was given back; the event that tells of it."""
        self.given_back[refund]["status"] = "failed"
        return self.event("refund.failed", self.given_back[refund])

    def _note_refund(self, intent: str, amount: int, metadata: Thing, *, from_host: bool) -> Thing:
        id = f"re_{next(self._numbers)}"
        made = {"id": id, "object": "refund", "amount": amount, "payment_intent": intent, "status": "succeeded"}
        made |= {"metadata": metadata, "transfer_reversal": f"trr_{id}" if from_host else None}
        self.given_back[id] = made
        return made

    def _given(self, intent: str) -> int:
        stands = (each for each in self.given_back.values() if each["status"] != "failed")
        return sum(int(each["amount"]) for each in stands if each["payment_intent"] == intent)

    def decide(self, dispute: str, status: str) -> Thing:
        """A bank has decided; the event that tells of it. Who wins gets the fee back as well."""
        found = self.disputes[dispute]
        found["status"] = status
        if status == "won":
            found["balance_transactions"] = [*found["balance_transactions"], _movement(f"txn_won_{dispute}", -1500)]
        return self.event("charge.dispute.closed", found)

    def forget_keys(self) -> None:
        """A day is over: what came before is not remembered by its key."""
        self._answers.clear()

    def arrive(self, payout: str, status: str = "paid") -> Thing:
        """A bank takes a payout, or does not; the event that tells of it."""
        found = self.payouts[payout]
        found["status"] = status
        return self.event(f"payout.{status}", found, found["account"])

    def event(self, type: str, about: Thing, account: str | None = None) -> Thing:
        """What is told of a thing."""
        told = {"id": f"evt_{next(self._numbers)}", "object": "event", "type": type, "data": {"object": about}}
        return told | ({"account": account} if account else {})

    def of_sale(self, sale: str) -> str:
        """The page of a sale."""
        return next(id for id, page in self.sessions.items() if page["client_reference_id"] == sale)

    # What it answers.

    async def answer(self, request: Request) -> Response:
        """Any request of the SDK."""
        body = (await request.body()).decode()
        path, method = request.url.path, request.method
        self.requests.append((method, path))
        if self.away:
            return JSONResponse({"error": {"type": "api_error", "message": "away"}}, 500)
        await self._until_heard("before", path)
        key = request.headers.get("idempotency-key", "")
        if method == "POST" and key in self._answers:
            before, status, known = self._answers[key]
            if before != body:
                return JSONResponse(_refusal("Keys are for one request.", type="idempotency_error"), 400)
            return JSONResponse(known, status)
        shape = await self._shape(request, body)
        if shape.status_code >= 400:
            return JSONResponse(shape.json(), shape.status_code)
        asked = _nested(body) if method == "POST" else {}
        status, thing = self._known(method, path.split("/")[2:], asked, shape.json(), request)
        if method == "POST" and key:
            self._answers[key] = (body, status, json.loads(json.dumps(thing)))
        await self._until_heard("after", path)
        if method == "POST" and self.mute:
            # Or the SDK would ask again at once, and be told.
            headers = {"stripe-should-retry": "false"}
            return JSONResponse({"error": {"type": "api_error", "message": "mute"}}, 500, headers)
        return JSONResponse(thing, status)

    async def _until_heard(self, when: str, path: str) -> None:
        while self.silent is not None and self.silent[0] == when and path.startswith(self.silent[1]):
            await asyncio.sleep(0.02)

    async def _shape(self, request: Request, body: str) -> httpx.Response:
        headers = {
            name: request.headers[name]
            for name in ("authorization", "content-type", "stripe-account", "stripe-version")
            if name in request.headers
        }
        # It knows the version that it was made for; which one the SDK speaks is checked by the fields alone.
        headers.pop("stripe-version", None)
        query = f"?{request.url.query}" if request.url.query else ""
        async with httpx.AsyncClient(base_url=self.mock) as client:
            return await client.request(request.method, request.url.path + query, content=body, headers=headers)

    def _known(self, method: str, path: list[str], asked: Thing, shape: Thing, request: Request) -> tuple[int, Thing]:
        if method == "GET":
            return 200, shape | self._read(path, dict(request.query_params))
        match path:
            case ["accounts"]:
                return 200, self._account(shape, asked)
            case ["account_links"]:
                return 200, shape | {"url": f"{self.url}/onboarding/{asked['account']}?back={asked['return_url']}"}
            case ["checkout", "sessions"]:
                return 200, self._session(shape, asked)
            case ["checkout", "sessions", id, "expire"]:
                return self._expire(id, shape)
            case ["refunds"]:
                return self._refund(shape, asked)
            case ["payouts"]:
                return self._payout(shape, asked, request.headers["stripe-account"])
        return self._moved(path, asked, shape)

    def _moved(self, path: list[str], asked: Thing, shape: Thing) -> tuple[int, Thing]:
        match path:
            case ["application_fees", fee, "refunds"]:
                self.fees[fee]["amount_refunded"] += int(asked["amount"])
                self.fee_refunds.append({"fee": fee, "amount": int(asked["amount"])})
            case ["transfers"]:
                id = f"tr_{next(self._numbers)}"
                self.transfers[id] = {**asked, "id": id, "amount": int(asked["amount"]), "amount_reversed": 0}
                return 200, shape | self.transfers[id]
            case ["transfers", transfer, "reversals"]:
                if self.short:
                    return 400, _refusal("You have insufficient funds.", "balance_insufficient")
                self.transfers[transfer]["amount_reversed"] = self.transfers[transfer]["amount"]
                self.reversals.append({"transfer": transfer, **asked})
        return 200, shape

    def _read(self, path: list[str], asked: Thing) -> Thing:
        match path:
            case ["accounts", id]:
                return self.accounts[id]
            case ["exchange_rates", _]:
                return {"rates": self.rates}
            case ["checkout", "sessions", id]:
                return self._page(id)
            case [kind, id]:
                kinds = {"payment_intents": self.intents, "payouts": self.payouts, "application_fees": self.fees}
                return {**kinds, "transfers": self.transfers}[kind][id]
            case [kind]:
                return _list(self._all(kind, asked))
        raise AssertionError(f"nobody asks for {path}")

    def _page(self, id: str) -> Thing:
        page = self.sessions[id]
        intent = self.intents[page["payment_intent"]]
        made = [each for each in reversed(self.given_back.values()) if each["payment_intent"] == intent["id"]]
        intent = intent | {"latest_charge": intent["latest_charge"] | {"refunds": _list(made)}}
        if self.slow_prices:
            intent = intent | {"latest_charge": intent["latest_charge"] | {"balance_transaction": None}}
        return page | {"payment_intent": intent}

    def _all(self, kind: str, asked: Thing) -> Iterable[Thing]:
        match kind:
            case "disputes":
                return (each for each in self.disputes.values() if each["payment_intent"] == asked["payment_intent"])
            case "refunds":
                payment = asked["payment_intent"]
                return [each for each in reversed(self.given_back.values()) if each["payment_intent"] == payment]
            case "transfers":
                group = asked["transfer_group"]
                return (each for each in self.transfers.values() if each.get("transfer_group") == group)
            case "payouts":
                since = int(asked["created[gte]"])
                return [each for each in reversed(self.payouts.values()) if each["created"] >= since]
        raise AssertionError(f"nobody asks for {kind}")

    def _expire(self, id: str, shape: Thing) -> tuple[int, Thing]:
        if self.sessions[id]["status"] != "open":
            return 400, _refusal("This Session is not open.")
        self.lapse(id)
        return 200, shape | self.sessions[id]

    def _account(self, shape: Thing, asked: Thing) -> Thing:
        assert asked["settings"]["payouts"]["schedule"]["interval"] == "manual"
        id = f"acct_{next(self._numbers)}"
        self.accounts[id] = {
            "id": id,
            "charges_enabled": False,
            "payouts_enabled": False,
            "default_currency": self.currency,
            "country": asked.get("country"),
        }
        return shape | self.accounts[id]

    def _session(self, shape: Thing, asked: Thing) -> Thing:
        number = next(self._numbers)
        intent = asked["payment_intent_data"]
        account = intent["transfer_data"]["destination"]
        assert intent["on_behalf_of"] == account
        assert self.accounts[account]["charges_enabled"], "Stripe takes no money for an account that is not ready"
        price = asked["line_items"]["0"]["price_data"]
        page = {
            "id": f"cs_{number}",
            "client_reference_id": asked["client_reference_id"],
            "url": f"{self.url}/pay/cs_{number}",
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": f"pi_{number}",
            "amount_total": int(price["unit_amount"]),
            "currency": price["currency"],
            "success_url": asked["success_url"],
            "cancel_url": asked["cancel_url"],
            "expires_at": int(asked["expires_at"]),
        }
        self.sessions[page["id"]] = page
        self.transfers[f"tr_{number}"] = {"id": f"tr_{number}", "amount": page["amount_total"], "amount_reversed": 0}
        self.fees[f"fee_{number}"] = {"id": f"fee_{number}", "amount_refunded": 0}
        self.intents[page["payment_intent"]] = {
            "id": page["payment_intent"],
            "object": "payment_intent",
            "metadata": intent["metadata"],
            "latest_charge": {
                "id": f"ch_{number}",
                "object": "charge",
                "application_fee": f"fee_{number}" if int(intent["application_fee_amount"]) else None,
                "application_fee_amount": int(intent["application_fee_amount"]),
                "transfer": f"tr_{number}",
                "balance_transaction": _movement(f"txn_{number}", page["amount_total"] * 29 // 1000 + 30),
                "disputed": False,
            },
        }
        return shape | page

    def _refund(self, shape: Thing, asked: Thing) -> tuple[int, Thing]:
        charge = self.intents[asked["payment_intent"]]["latest_charge"]
        claims = (each for each in self.disputes.values() if each["payment_intent"] == asked["payment_intent"])
        if any(claim["status"] != "won" for claim in claims):
            return 400, _refusal("The bank has it.", "charge_disputed")
        if self.refuses:
            return 400, _refusal("This card is closed.")
        left = self._total(asked["payment_intent"]) - self._given(asked["payment_intent"])
        amount = int(asked.get("amount", left))
        if left <= 0:
            return 400, _refusal("It was refunded.", "charge_already_refunded")
        assert amount <= left, "no more is given back than was paid"
        transfer, reverse = self.transfers[charge["transfer"]], asked.get("reverse_transfer") == "true"
        if reverse:
            if transfer["amount_reversed"] + amount > transfer["amount"]:
                return 400, _refusal("The transfer is reversed already.")
            transfer["amount_reversed"] += amount
        self.refunds.append(asked)
        made = self._note_refund(asked["payment_intent"], amount, asked.get("metadata", {}), from_host=reverse)
        return 200, shape | made

    def _total(self, intent: str) -> int:
        return next(int(page["amount_total"]) for page in self.sessions.values() if page["payment_intent"] == intent)

    def _payout(self, shape: Thing, asked: Thing, account: str) -> tuple[int, Thing]:
        if self.short:
            return 400, _refusal("You have insufficient funds.", "balance_insufficient")
        if asked["currency"] == "huf" and int(asked["amount"]) % 100:
            return 400, _refusal("Amounts in HUF must be evenly divisible by 100.")
        id = f"po_{next(self._numbers)}"
        made = {"id": id, "amount": int(asked["amount"]), "currency": asked["currency"], "status": "pending"}
        made["created"] = 2**40 if self.time is None else self.time
        self.payouts[id] = made | {"account": account, "metadata": asked["metadata"]}
        return 200, shape | made

    async def tell_rates(self, _request: Request) -> Response:
        """What the European Central Bank tells: how much a euro is worth."""
        euros = 1 / self.rates["eur"]
        per_euro = {"usd": euros, **{name: rate * euros for name, rate in self.rates.items() if name != "eur"}}
        cubes = "".join(f"<Cube currency='{name.upper()}' rate='{rate:.6f}'/>" for name, rate in per_euro.items())
        return Response(f"<Envelope><Cube><Cube time='2026-11-20'>{cubes}</Cube></Cube></Envelope>")

    # Its pages, for browsers.

    async def onboard(self, request: Request) -> Response:
        """Whoever comes here has told all that is asked."""
        if self.ready:
            self.accounts[request.path_params["id"]] |= {"charges_enabled": True, "payouts_enabled": True}
        return RedirectResponse(request.query_params["back"], 303)

    async def show(self, request: Request) -> Response:
        """A page on which one pays."""
        page = self.sessions[request.path_params["id"]]
        if request.method == "POST":
            self.pay(page["id"])
            return RedirectResponse(page["success_url"], 303)
        return HTMLResponse(
            "<!doctype html><html lang=en><title>Pay</title>"
            f"<h1>{page['amount_total']} {page['currency']}</h1>"
            f"<form method=post><button>Pay</button></form><a href='{page['cancel_url']}'>Back</a>"
        )


def signed(event: Thing, secret: str = WEBHOOK_SECRET, ago_s: int = 0) -> tuple[bytes, str]:
    """An event's body, and the header that proves that Stripe sent it, so long ago."""
    body, at = json.dumps(event), int(time.time()) - ago_s
    digest = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return body.encode(), f"t={at},v1={digest}"


@contextmanager
def mock() -> Iterator[str]:
    """stripe-mock, running; its address."""
    assert MOCK.exists(), "stripe-mock is not installed: run scripts/setup.sh payments"
    port = free_port()
    process = subprocess.Popen([str(MOCK), "-http-port", str(port)], stdout=subprocess.DEVNULL)
    try:
        _await_port(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


@asynccontextmanager
async def stand_in(mock: str, port: int = 0) -> AsyncIterator[Stripe]:
    """The stand-in, running."""
    stripe = Stripe(mock)
    bank = Route("/rates.xml", stripe.tell_rates)
    api = [bank, Route("/v1/{rest:path}", stripe.answer, methods=["GET", "POST", "DELETE"])]
    pages = [Route("/onboarding/{id}", stripe.onboard), Route("/pay/{id}", stripe.show, methods=["GET", "POST"])]
    port = port or free_port()
    config = uvicorn.Config(Starlette(routes=[*api, *pages]), port=port, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    stripe.url = f"http://127.0.0.1:{port}"
    with suppress(asyncio.CancelledError):
        running = stripe.running = asyncio.create_task(server.serve())
        async with asyncio.timeout(10):
            while not server.started:
                await asyncio.sleep(0.01)
        try:
            yield stripe
        finally:
            server.should_exit = True
            await running


def _nested(body: str) -> Thing:
    """`a[b][c]=d`, as a form has it, as dictionaries."""
    asked: Thing = {}
    for name, value in parse_qsl(body):
        first, *rest = name.replace("]", "").split("[")
        inside, last = asked, first
        for part in rest:
            inside, last = inside.setdefault(last, {}), part
        inside[last] = value
    return asked


def _refusal(message: str, code: str | None = None, type: str = "invalid_request_error") -> Thing:
    return {"error": {"type": type, "message": message, **({"code": code} if code else {})}}


def _movement(id: str, fee: int) -> Thing:
    """What a movement in our account cost."""
    return {"id": id, "object": "balance_transaction", "currency": "usd", "fee": fee}


def _list(things: Iterable[Thing]) -> Thing:
    return {"object": "list", "data": list(things), "has_more": False}


def _await_port(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("stripe-mock does not listen")


async def _until_told(port: int) -> None:
    with mock() as address:
        async with stand_in(address, port) as stripe:
            assert stripe.running is not None, "it is"
            await asyncio.wait([stripe.running])


if __name__ == "__main__":
    # The server hears it first, and ends; then stripe-mock goes with it.
    signal.signal(signal.SIGTERM, lambda *_: None)
    asyncio.run(_until_told(int(sys.argv[1])))
