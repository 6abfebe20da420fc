"""The rules of selling: prices, shares, seats, the line, refunds, and a ledger that always sums to zero."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooee.kit import money
from cooee.kit.errors import Refusal
from cooee.people.ids import PersonId
from cooee.tickets import ledger, rules
from cooee.tickets.errors import CannotSellYet, NotPayable, PriceNotPossible
from cooee.tickets.rules import BORDER_USD, Seller, Terms, Waiting, share

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
USD = money.MICRO
YEN = 666_666

amounts = st.integers(0, 10_000_000)
rates = st.integers(1_000, 5_000_000)


def seller(followers: int = 1000, spaces: int = 3, *, admin: bool = False, payable: bool = True) -> Seller:
    return Seller(PersonId("1"), followers, spaces, admin, payable)


@pytest.mark.parametrize(
    ("terms", "who", "included", "refusal"),
    [
        (Terms(), seller(), False, None),
        (Terms(), seller(followers=999), False, CannotSellYet),
        (Terms(), seller(spaces=2), False, CannotSellYet),
        (Terms(), seller(followers=0, spaces=0), True, None),
        (Terms(), seller(followers=0, admin=True), False, None),
        (Terms(everyone=True), seller(followers=0, spaces=0), False, None),
        (Terms(), seller(payable=False), False, NotPayable),
        (Terms(everyone=True), seller(payable=False), True, NotPayable),
    ],
)
def test_who_may_sell(terms: Terms, who: Seller, included: bool, refusal: type[Refusal] | None) -> None:
    if refusal is None:
        rules.check_seller(terms, who, included=included)
    else:
        with pytest.raises(refusal):
            rules.check_seller(terms, who, included=included)


@pytest.mark.parametrize(
    ("currency", "price", "possible"),
    [
        ("usd", 100, True),
        ("usd", 99, False),
        ("usd", 99_900, True),
        ("usd", 99_901, False),
        ("jpy", 49, False),
        ("jpy", 50, True),
        ("jpy", 999, True),
        ("jpy", 1000, False),
        ("try", 1_999, False),
        ("try", 2_000, True),
    ],
)
def test_a_price_is_from_1_to_999_and_never_less_than_can_be_charged(currency: str, price: int, possible: bool) -> None:
    if possible:
        rules.check_price(currency, price)
    else:
        with pytest.raises(PriceNotPossible):
            rules.check_price(currency, price)


@pytest.mark.parametrize(
    ("amount", "currency", "paid"),
    [(19_497, "huf", 19_400), (99, "huf", 0), (-1, "huf", -100), (19_497, "eur", 19_497), (97, "jpy", 97)],
)
def test_banks_take_whole_forints(amount: int, currency: str, paid: int) -> None:
    assert money.payable(amount, currency) == paid


@given(st.sampled_from(sorted(money.PER_UNIT)), st.integers(0, 100_000), st.integers(0, 100))
def test_a_code_never_leaves_less_to_pay_than_can_be_charged(currency: str, extra: int, per_cent: int) -> None:
    least, most = rules.prices(currency)
    price = min(least + extra, most)
    asked = rules.discounted(currency, price, per_cent)
    assert asked == 0 or money.least(currency) <= asked <= price
    assert rules.discounted(currency, price, 100) == 0
    assert rules.discounted(currency, price, 0) == price


@pytest.mark.parametrize(
    ("earned", "amount", "rate", "expected"),
    [
        (0, 10_000, USD, 300),
        (0, 99, USD, 2),
        (BORDER_USD, 10_000, USD, 2_000),
        (BORDER_USD - 4_000, 10_000, USD, 120 + 1_200),
        (BORDER_USD - 1, 999, YEN, (2 * 3 + 997 * 20) // 100),
        (BORDER_USD - 10_000, 10_000, USD, 300),
    ],
)
def test_the_share_is_3_per_cent_up_to_the_border_then_20(earned: int, amount: int, rate: int, expected: int) -> None:
    assert share(earned, amount, rate) == expected


@given(st.integers(0, 2 * BORDER_USD), amounts, rates)
def test_the_share_lies_between_3_and_20_per_cent_and_never_rounds_against_the_host(
    earned: int, amount: int, rate: int
) -> None:
    kept = share(earned, amount, rate)
    assert amount * 3 // 100 <= kept <= amount * 20 // 100
    left = max(0, BORDER_USD - earned)
    exact = (min(amount * rate, left * money.MICRO) * 3 + max(0, amount * rate - left * money.MICRO) * 20) / 100 / rate
    assert kept <= exact + 1e-6


@given(st.integers(0, 2 * BORDER_USD), st.lists(amounts, max_size=8))
def test_many_small_sales_cost_no_more_than_one_large_one(earned: int, parts: list[int]) -> None:
    kept, so_far = 0, earned
    for part in parts:
        kept += share(so_far, part, USD)
        so_far += part
    assert kept <= share(earned, sum(parts), USD)


@given(st.lists(st.tuples(amounts, st.integers(0, 2 * BORDER_USD), rates, st.booleans(), st.booleans())))
def test_the_ledger_always_sums_to_zero(deeds: list[tuple[int, int, int, bool, bool]]) -> None:
    balances: dict[str, int] = {}

    def book(entry: ledger.Entry) -> None:
        for line in entry:
            balances[line.account] = balances.get(line.account, 0) + line.amount
        assert sum(balances.values()) == 0

    for number, (amount, earned, rate, undone, bounced) in enumerate(deeds):
        party, fee = str(number % 3), share(earned, amount, rate)
        book(ledger.sale(party, amount, fee))
        if undone:
            book(ledger.returned(party, amount, fee))
        else:
            book(ledger.payout(party, amount - fee))
            if bounced:
                book(ledger.payout_failed(party, amount - fee))
    assert all(balances.get(ledger.host(party), 0) >= 0 for party in "012")
    assert balances.get(ledger.SHARE, 0) >= 0


def line(*offered: int | None) -> list[Waiting]:
    """People 0, 1, … in line; a number is for how many minutes from now a seat is kept for them."""
    return [
        Waiting(PersonId(str(place)), NOW, None if minutes is None else NOW + timedelta(minutes=minutes))
        for place, minutes in enumerate(offered)
    ]


@pytest.mark.parametrize(
    ("seats", "taken", "waiting", "expected"),
    [
        (2, 2, line(None, None), []),
        (2, 1, line(None, None), ["0"]),
        (3, 1, line(5, None, None), ["1"]),
        (2, 1, line(5, None), []),
        (2, 1, line(0, None), ["1"]),
        (9, 1, line(None, None), ["0", "1"]),
    ],
)
def test_a_free_seat_goes_to_the_first_in_line(
    seats: int, taken: int, waiting: list[Waiting], expected: list[str]
) -> None:
    assert rules.next_in_line(seats, taken, waiting, NOW) == expected


@given(st.integers(0, 20), st.integers(0, 20), st.lists(st.sampled_from([None, 5, 0]), max_size=20))
def test_never_are_more_seats_kept_than_there_are(seats: int, taken: int, kept: list[int | None]) -> None:
    offered = sum(minutes == 5 for minutes in kept)
    given_now = rules.next_in_line(seats, taken, line(*kept), NOW)
    assert not given_now or taken + offered + len(given_now) <= seats


@pytest.mark.parametrize(
    ("reason", "begun", "minutes", "expected"),
    [
        ("host", True, 60, None),
        ("host", False, 0, "canceled"),
        ("lapsed", False, 0, "lapsed"),
        ("moderated", True, 60, "moderated"),
        ("moderated", False, 0, "moderated"),
        ("host_gone", True, 14, "host_gone"),
        ("host_gone", True, 16, None),
        ("host", True, 14, "too_short"),
        ("host", True, 15, None),
        ("lapsed", True, 14, "lapsed"),
        ("moderated", True, 14, "moderated"),
    ],
)
def test_when_everybody_gets_their_money_back(reason: str, begun: bool, minutes: int, expected: str | None) -> None:
    took, least = timedelta(minutes=minutes), Terms().least
    assert rules.refund_at_end(reason, begun=begun, took=took, least=least) == expected


def test_an_operator_may_let_tickets_be_for_as_short_as_hosts_like() -> None:
    assert rules.refund_at_end("host", begun=True, took=timedelta(), least=timedelta()) is None
    assert rules.refund_at_end("host_gone", begun=True, took=timedelta(), least=timedelta()) == "host_gone"


@pytest.mark.parametrize(
    ("announced", "begun", "left", "ended", "took"),
    [
        (0, 0, None, 20, 20),
        (None, 0, None, 20, 20),
        # Late: who came at the time had to wait.
        (0, 25, None, 40, 15),
        # Early, and over before anybody came.
        (60, 0, None, 50, 0),
        (60, 0, None, 70, 10),
        # The seller left, and somebody else went on for a while.
        (0, 0, 3, 17, 3),
        (0, 0, 20, 21, 20),
    ],
)
def test_how_long_a_space_took_is_counted_from_the_time_that_was_announced_while_its_seller_was_there(
    announced: int | None, begun: int, left: int | None, ended: int, took: int
) -> None:
    def at(minutes: int | None) -> datetime | None:
        return None if minutes is None else NOW + timedelta(minutes=minutes)

    begins, ends = NOW + timedelta(minutes=begun), NOW + timedelta(minutes=ended)
    assert rules.took(at(announced), begins, at(left), ends) == timedelta(minutes=took)


@pytest.mark.parametrize(
    ("kind", "reason", "back"),
    [("ticket", "too_short", True), ("tip", "too_short", False), ("tip", "moderated", True), ("ticket", "host", True)],
)
def test_a_tip_stays_with_a_host_who_was_brief(kind: rules.Kind, reason: rules.Reason, back: bool) -> None:
    assert rules.goes_back(kind, reason) is back


@pytest.mark.parametrize(("away", "absent"), [(None, False), (14, False), (15, True), (60, True)])
def test_a_host_is_absent_after_fifteen_minutes(away: int | None, absent: bool) -> None:
    since = None if away is None else NOW - timedelta(minutes=away)
    assert rules.is_absent(since, NOW) is absent


@pytest.mark.parametrize(
    ("bought_for", "attended", "left", "may"),
    [
        (0, False, False, False),
        (60, False, False, True),
        (-60, False, False, True),
        (60, True, False, False),
        (60, False, True, False),
        (None, False, False, False),
    ],
)
def test_a_ticket_for_another_time_may_be_given_back_unless_it_was_used_or_paid_out(
    bought_for: int | None, attended: bool, left: bool, may: bool
) -> None:
    then = None if bought_for is None else NOW + timedelta(minutes=bought_for)
    assert rules.may_return(then, NOW, attended=attended, left=left) is may
