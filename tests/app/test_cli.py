"""The command line, as an operator runs it: another process, a real port."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from cooee.cli.doctor import advertised
from cooee.cli.findings import Severity
from cooee.settings import Settings
from tests.ports import free_port

ROOT = Path(__file__).parents[2]


class Operator:
    """Somebody with a shell in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.http_port, self.edge_port = free_port(), free_port()
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("COOEE_")}
        self.environment |= {
            "PYTHONPATH": str(ROOT),
            "COOEE_DATA_DIR": str(folder / "data"),
            "COOEE_HTTP_PORT": str(self.http_port),
            "COOEE_EDGE_PORT": str(self.edge_port),
        }
        self.nodes: list[subprocess.Popen[str]] = []

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from cooee.cli import main; main()", *arguments],
            env=self.environment | environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def start(self, **environment: str) -> "subprocess.Popen[str]":
        node = subprocess.Popen(
            [sys.executable, "-c", "from cooee.cli import main; main()", "serve"],
            env=self.environment | environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.nodes.append(node)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and node.poll() is None:
            try:
                with urlopen(f"http://127.0.0.1:{self.http_port}/readyz", timeout=1):
                    return node
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.05)
        pytest.fail(f"the node did not start: {node.communicate(timeout=5)}")


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    operator = Operator(tmp_path)
    yield operator
    for node in operator.nodes:
        if node.poll() is None:
            node.kill()
        node.communicate()


def test_a_node_serves_until_it_is_told_to_stop_and_then_ends_cleanly(operator: Operator) -> None:
    node = operator.start(COOEE_LOG_FORMAT="json")
    time.sleep(0.2)
    node.send_signal(signal.SIGTERM)
    said, logged = node.communicate(timeout=15)
    assert f"Cooee is ready: http://localhost:{operator.http_port}" in said
    events = [json.loads(line)["event"] for line in logged.splitlines()]
    assert [event for event in events if event not in ("request", "engine.log")] == [
        "schema.migrated",
        "node.ready",
        "node.stopped",
    ]
    assert node.returncode in (0, -signal.SIGTERM)


def test_what_it_keeps_is_nobody_elses_on_this_machine(operator: Operator) -> None:
    operator.start()
    data = operator.folder / "data"
    assert [path.name for path in (data, *data.rglob("*")) if path.stat().st_mode & 0o077] == []


def test_after_a_kill_everything_is_still_there(operator: Operator) -> None:
    node = operator.start()
    body = json.dumps({"username": "ada", "display_name": "Ada", "password": "correct horse"}).encode()
    url = f"http://127.0.0.1:{operator.http_port}/api/v1"
    with urlopen(Request(f"{url}/accounts", body, {"content-type": "application/json"})) as answer:
        token = json.load(answer)["token"]
    node.kill()
    node.wait()
    operator.start()
    with urlopen(Request(f"{url}/me", headers={"authorization": f"Bearer {token}"})) as answer:
        assert json.load(answer)["username"] == "ada"


def test_a_second_start_does_nothing_over_again(operator: Operator) -> None:
    operator.start().kill()
    node = operator.start()
    user, system = Path(f"/proc/{node.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    # Seconds of a processor: about 1.6 on one of its own, up to twice that beside other suites. Migrating, settling or
    # compiling once more takes more than is allowed here. How long people wait is measured: `python -m bench product`.
    assert (int(user) + int(system)) / os.sysconf("SC_CLK_TCK") < 6


def test_the_doctor_finds_a_running_node_sound(operator: Operator) -> None:
    operator.start()
    site, edge = f"http://127.0.0.1:{operator.http_port}", f"ws://127.0.0.1:{operator.edge_port}/edge"
    visit = operator.run("doctor", COOEE_PUBLIC_URL=site, COOEE_EDGE_PUBLIC_URL=edge)
    assert (visit.returncode, "✗" in visit.stdout) == (0, False), visit.stdout
    said = " ".join(visit.stdout.split())
    assert "secure context" in said
    assert f"{site}/healthz is this program" in said
    assert f"{edge}/feed is the feed" in said


def test_the_doctor_names_what_is_wrong_and_what_helps(operator: Operator) -> None:
    operator.start()
    # An address that is not said to be this machine's own, and leads to it all the same.
    site = f"http://0.0.0.0:{operator.edge_port}"
    visit = operator.run("doctor", COOEE_PUBLIC_URL=site, COOEE_EDGE_PORT=str(free_port()))
    assert visit.returncode == 1
    said = " ".join(visit.stdout.split())
    assert "no secure context" in said
    assert "COOEE_PUBLIC_URL=https://" in said
    assert "The edge does not take TCP connections" in said
    assert "Nobody listens on UDP" in said
    assert f"{site}/healthz answers 404, and not as Cooee does" in said
    assert "COOEE_EDGE_ADVERTISE" in said


@pytest.mark.parametrize(
    ("address", "site", "severity", "said"),
    [
        ("192.168.1.7", "http://localhost:8000", Severity.fine, "192.168.1.7"),
        ("192.168.1.7", "https://cooee.example", Severity.warning, "192.168.1.7 is private"),
        ("8.8.4.4", "https://cooee.example", Severity.fine, "8.8.4.4"),
        (None, "http://localhost:8000", Severity.warning, "in no network"),
    ],
)
def test_the_doctor_judges_an_edge_on_all_addresses_by_what_peers_are_told(
    address: str | None, site: str, severity: Severity, said: str
) -> None:
    (finding,) = advertised(Settings(edge_host="0.0.0.0", public_url=site), address)
    assert finding.severity == severity
    assert said in finding.what


def test_the_doctor_knows_that_firefox_hears_nothing_at_a_loopback_address() -> None:
    (finding,) = advertised(Settings(), "192.168.1.7")
    assert finding.severity == Severity.warning
    assert "Firefox" in finding.what
    assert "COOEE_EDGE_HOST=0.0.0.0" in finding.remedy


@pytest.mark.parametrize(("host", "found"), [("0.0.0.0", 1), ("::", 0)])
def test_an_ipv6_address_needs_an_edge_that_listens_on_ipv6(host: str, found: int) -> None:
    settings = Settings(edge_host=host, edge_advertise=["203.0.113.7", "[2001:db8::7]:8001"])
    problems = [finding for finding in advertised(settings, None) if finding.severity == Severity.problem]
    assert all("IPv4 only" in problem.what for problem in problems)
    assert len(problems) == found


def test_the_doctor_of_a_node_that_is_not_there_looks_whether_it_could_start(operator: Operator) -> None:
    visit = operator.run("doctor")
    assert visit.returncode == 0
    assert "is free" in visit.stdout
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", operator.edge_port))
        visit = operator.run("doctor")
    assert visit.returncode == 1
    assert f"UDP 127.0.0.1:{operator.edge_port} cannot be bound" in " ".join(visit.stdout.split())


def test_an_administrator_is_made_and_says_who_may_host(operator: Operator) -> None:
    made = operator.run("create-admin", "--username", "Admin", "--password", "correct horse", "--hosting", "everyone")
    assert (made.returncode, made.stdout.strip()) == (0, "Admin is an administrator."), made.stderr
    operator.start()
    url = f"http://127.0.0.1:{operator.http_port}/api/v1"
    body = json.dumps({"username": "admin", "password": "correct horse"}).encode()
    with urlopen(Request(f"{url}/sessions", body, {"content-type": "application/json"})) as answer:
        assert json.load(answer)["account"]["admin"]
    body = json.dumps({"username": "ada", "display_name": "Ada", "password": "correct horse"}).encode()
    with urlopen(Request(f"{url}/accounts", body, {"content-type": "application/json"})) as answer:
        assert json.load(answer)["account"]["may_host"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("--username", "a b", "--password", "correct horse"), "A username has"),
        (("--username", "ada", "--password", "short"), "A password has"),
        (("--username", "ada", "--password", "correct horse", "--hosting", "nobody"), "everyone"),
    ],
)
def test_an_administrator_that_cannot_be_is_refused(operator: Operator, given: tuple[str, ...], says: str) -> None:
    made = operator.run("create-admin", *given)
    assert made.returncode != 0
    assert says in made.stderr


def test_an_invitation_from_the_command_line_is_a_link_that_lets_one_person_in(operator: Operator) -> None:
    made = operator.run("invite", "--note", "for Ada")
    assert made.returncode == 0, made.stderr
    link, _, code = made.stdout.strip().partition("?code=")
    assert link == f"http://localhost:{operator.http_port}/sign-up"
    operator.start(COOEE_SIGNUP="invite")
    url = f"http://127.0.0.1:{operator.http_port}/api/v1/accounts"
    wish = {"username": "ada", "display_name": "Ada", "password": "correct horse", "invitation": code}
    with urlopen(Request(url, json.dumps(wish).encode(), {"content-type": "application/json"})) as answer:
        assert answer.status == 201


def test_migrating_twice_changes_nothing(operator: Operator) -> None:
    assert "is now" in operator.run("migrate").stdout
    assert "is current" in operator.run("migrate").stdout


def test_wrong_settings_are_named_in_one_line_each(operator: Operator) -> None:
    tried = operator.run("serve", COOEE_HTTP_PORT="much", COOEE_SECRET_KEY="short")
    assert tried.returncode == 2
    assert "COOEE_HTTP_PORT:" in tried.stderr
    assert "COOEE_SECRET_KEY needs at least 32 characters" in tried.stderr
    assert "Traceback" not in tried.stderr


def test_a_demo_does_not_start_where_others_could_reach_it(operator: Operator) -> None:
    tried = operator.run("serve", COOEE_DEMO="1", COOEE_HTTP_HOST="0.0.0.0")
    assert (tried.returncode, "loopback" in tried.stderr) == (2, True)


def test_a_demo_does_not_start_among_people_and_says_so(operator: Operator) -> None:
    operator.run("create-admin", "--username", "ada", "--password", "correct horse")
    tried = operator.run("serve", COOEE_DEMO="1")
    assert tried.returncode != 0
    assert "needs an empty database" in tried.stdout
    assert "Traceback" not in tried.stderr


def test_a_demo_is_removed(operator: Operator) -> None:
    operator.start(COOEE_DEMO="1").terminate()
    operator.nodes[0].wait(15)
    removed = operator.run("demo", "--remove")
    assert removed.returncode == 0
    assert "Removed 648 accounts" in removed.stdout
    assert operator.run("demo").returncode == 2
