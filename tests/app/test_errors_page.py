"""docs/errors.md, the server and the client know the same codes."""

import json
import re
from pathlib import Path

import cooee.app  # noqa: F401  imports every domain, and with it every refusal
from cooee.kit.errors import every_refusal

ROOT = Path(__file__).parents[2]
REFUSALS = {refusal.code: refusal for refusal in every_refusal()}


def test_the_page_lists_every_code_with_its_status_and_no_other() -> None:
    page = (ROOT / "docs/errors.md").read_text()
    listed = {code: int(status) for code, status in re.findall(r"^### (\w+)\n(\d{3}) · ", page, re.MULTILINE)}
    assert listed == {code: refusal.status for code, refusal in REFUSALS.items()}


def test_no_two_refusals_share_a_code() -> None:
    codes = [refusal.code for refusal in every_refusal()]
    assert sorted(codes) == sorted(set(codes))


def test_the_client_has_words_for_every_code() -> None:
    words: set[str] = set()
    for file in (ROOT / "client/messages/en").glob("*.json"):
        words |= json.loads(file.read_text()).keys()
    assert [code for code in REFUSALS if f"problem_{code}" not in words] == []


def test_every_title_is_a_sentence() -> None:
    assert [code for code, refusal in REFUSALS.items() if not re.fullmatch(r"[A-Z].*\.", refusal.title)] == []
