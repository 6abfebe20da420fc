"""The refusals of selling and buying."""

from cooee.kit.errors import Refusal


class TicketsOff(Refusal):
    """Nothing can be sold on this site: its operator has given no keys."""

    code = "tickets_off"
    status = 409
    title = "Tickets are not set up on this site."


class PaymentsAway(Refusal):
    """The payment provider does not answer, or not as it should."""

    code = "payments_away"
    status = 503
    title = "Payments cannot be taken right now. Try again."


class BadSignature(Refusal):
    """What came to the address for payment events was not signed by the payment provider."""

    code = "bad_signature"
    status = 400
    title = "This was not signed by the payment provider."


class CannotSellYet(Refusal):
    """Too few followers or Spaces; `followers`, `spaces` and what is needed of each say how far one is."""

    code = "cannot_sell_yet"
    status = 403
    title = "You cannot sell tickets yet."


class NotPayable(Refusal):
    """Whoever is to be paid has no payout account that takes money."""

    code = "not_payable"
    status = 409
    title = "There is no payout account that takes money yet."


class CountryNotPossible(Refusal):
    """Nobody is paid there, or none was chosen of several: `countries` says where one can be paid."""

    code = "country_not_possible"
    status = 422
    title = "Payouts do not go to this country here."


class OfferTooLate(Refusal):
    """People may be in already."""

    code = "offer_too_late"
    status = 409
    title = "Tickets are offered before a Space begins."


class OfferFixed(Refusal):
    """Somebody has bought one, or is buying."""

    code = "offer_fixed"
    status = 409
    title = "Somebody has a ticket already: the price stays, and there can only be more seats."


class PriceNotPossible(Refusal):
    """`least` and `most` say in the currency's smallest unit what is possible."""

    code = "price_not_possible"
    status = 422
    title = "This price is not possible."


class NoOffer(Refusal):
    """The Space has no tickets."""

    code = "no_offer"
    status = 404
    title = "There are no tickets for this Space."


class SaleOver(Refusal):
    """The host closed the sale, or the Space is over."""

    code = "sale_over"
    status = 410
    title = "Tickets are not on sale any more."


class SoldOut(Refusal):
    """No seat is free for whoever asks; one may wait for one."""

    code = "sold_out"
    status = 409
    title = "All tickets are sold."


class TooManyUnpaid(Refusal):
    """Seats are kept for somebody who does not pay for them."""

    code = "too_many_unpaid"
    status = 409
    title = "Pay first for what is kept for you, or give it up."


class HasTicket(Refusal):
    """A person has one seat."""

    code = "has_ticket"
    status = 409
    title = "There is a ticket for this person already."


class NoTicket(Refusal):
    """No such ticket, or nobody's whom it concerns."""

    code = "no_ticket"
    status = 404
    title = "There is no such ticket."


class NotReturnable(Refusal):
    """It is when it was to be, or whoever holds the ticket was there, or the host has been paid."""

    code = "not_returnable"
    status = 409
    title = "This ticket cannot be given back."


class CodeUnknown(Refusal):
    """No such code, or it was used as often as it can be."""

    code = "code_unknown"
    status = 422
    title = "This code is not valid, or not any more."


class NothingOwed(Refusal):
    """No bank has sent this buyer's money back, or they have it by now."""

    code = "nothing_owed"
    status = 409
    title = "Nothing is owed to this buyer."


class RefundRefused(Refusal):
    """The payment provider cannot give the money back the way it came."""

    code = "refund_refused"
    status = 409
    title = "The money cannot be sent back the way it came."


class NotBuyable(Refusal):
    """The host needs no ticket, and whoever was removed cannot use one."""

    code = "not_buyable"
    status = 409
    title = "This person cannot use a ticket here."


class NoTips(Refusal):
    """The host takes none, or nobody is there to take it."""

    code = "no_tips"
    status = 409
    title = "No tips are taken here."
