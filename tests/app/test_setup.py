"""`scripts/setup.sh` where something is missing: it is brought, or named with the command that brings it."""

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALWAYS_THERE = "bash cat cut dirname env find grep head mkdir mktemp paste rm sed sh sort tail touch".split()
GOOD = {"cargo": "cargo 1.89.0 (c24e10642 2025-06-23)", "node": "v20.19.0", "npm": "10.8.2", "cc": "", "cmake": ""}


class Machine:
    """A Debian on which only what is named is there, with a checkout in which nothing was set up yet."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.home, self.checkout = folder / "bin", folder / "home", folder / "checkout"
        for made in (self.bin, self.home, self.checkout / "scripts"):
            made.mkdir(parents=True)
        shutil.copy(ROOT / "scripts/setup.sh", self.checkout / "scripts/setup.sh")
        for name in ALWAYS_THERE:
            (self.bin / name).symlink_to(str(shutil.which(name)))
        self.typed = folder / "apt"
        self.has("apt-get", f'echo "$*" >>{self.typed}')
        self.has("apt-cache", "")
        self.has("dpkg-query", "exit 1")
        self.has("id", "echo 0")
        self.python()

    def has(self, name: str, does: str) -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{does}\n", "utf-8")
        (self.bin / name).chmod(0o755)

    def has_all(self, versions: dict[str, str]) -> None:
        for name, version in versions.items():
            self.has(name, f'echo "{version}"')

    def python(self, *, venv: bool = True) -> None:
        """As Debian has it: without the package for environments it lacks a module."""
        without = "" if venv else 'case "$2" in *ensurepip*) exit 1 ;; esac\n'
        self.has("python3", f'{without}exec {sys.executable} "$@"')

    def set_up(self, *parts: str, stdin: int = subprocess.DEVNULL, **environment: str) -> tuple[int, str]:
        """How it ended, and what it said."""
        done = subprocess.run(
            ["bash", "scripts/setup.sh", *parts],
            cwd=self.checkout,
            env={"PATH": str(self.bin), "HOME": str(self.home), **environment},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout

    @property
    def installed(self) -> list[str]:
        return self.typed.read_text("utf-8").splitlines() if self.typed.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


VENV = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"


def test_all_that_is_missing_is_named_at_once_with_the_commands_that_bring_it(machine: Machine) -> None:
    machine.python(venv=False)
    status, said = machine.set_up("tools", "python", "engine", "client", CI="true")
    assert status == 1
    assert f"apt-get install -y --no-install-recommends build-essential ca-certificates cmake curl {VENV}" in said
    assert said.count("https://sh.rustup.rs | sh") == 1
    assert said.count("https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs") == 1
    assert machine.installed == []


def test_what_is_too_old_is_missing_and_said_to_be_here(machine: Machine) -> None:
    machine.has_all({**GOOD, "cargo": "cargo 1.63.0", "node": "v18.20.4", "curl": ""})
    status, said = machine.set_up("tools")
    assert status == 1
    assert "Rust 1.89 or later (here: 1.63.0)" in said
    assert "Node.js 20.19 or later with npm (here: v18.20.4)" in said


def test_a_machine_that_is_no_debian_is_told_what_to_bring(machine: Machine) -> None:
    machine.has_all({**GOOD, "node": "v18.20.4"})
    for name in ("apt-get", "apt-cache", "dpkg-query"):
        (machine.bin / name).unlink()
    status, said = machine.set_up("tools")
    assert (status, "Node.js 20.19 or later" in said) == (1, True)


def test_who_has_rustup_is_told_to_use_it(machine: Machine) -> None:
    machine.has_all({**GOOD, "cargo": "cargo 1.80.1", "rustup": ""})
    status, said = machine.set_up("engine")
    assert (status, "rustup update stable" in said) == (1, True)


def test_somebody_who_is_not_root_is_told_what_to_type_with_sudo(machine: Machine) -> None:
    machine.has_all(GOOD)
    machine.has("id", "echo 1000")
    status, said = machine.set_up("tools", "database")
    assert (status, "sudo apt-get install -y --no-install-recommends postgresql" in said) == (1, True)


def test_a_debian_that_has_a_new_node_brings_it(machine: Machine) -> None:
    machine.has_all({name: version for name, version in GOOD.items() if name not in ("node", "npm")})
    machine.has("apt-cache", 'printf "nodejs:\\n  Installed: (none)\\n  Candidate: 20.19.2+dfsg-1\\n"')
    assert machine.set_up("tools", CI="true")[0] == 0
    assert machine.installed[1:] == ["install -y --no-install-recommends nodejs npm"]


def test_what_all_parts_lack_is_installed_in_one_go(machine: Machine) -> None:
    machine.has_all({"cargo": GOOD["cargo"], "node": GOOD["node"], "npm": ""})
    machine.python(venv=False)
    status, said = machine.set_up("tools", "browsers", "database", "speech", CI="true")
    assert status == 0, said
    assert machine.installed == [
        "update",
        "install -y --no-install-recommends build-essential chromium chromium-headless-shell cmake ffmpeg firefox-esr"
        f" flite fonts-noto-color-emoji postgresql {VENV} xvfb",
    ]


def test_the_question_is_asked_once_and_a_no_installs_nothing(machine: Machine) -> None:
    machine.has_all(GOOD)
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, b"n\n")
        status, said = machine.set_up("tools", "browsers", "database", stdin=terminal)
    finally:
        os.close(keyboard)
        os.close(terminal)
    assert (status, said.count("Install with apt-get now?")) == (1, 1)
    assert machine.installed == []


def test_without_anybody_to_ask_nothing_is_installed(machine: Machine) -> None:
    machine.has_all(GOOD)
    status, said = machine.set_up("database")
    assert (status, "run again with CI=true" in said) == (1, True)
    assert machine.installed == []


def test_a_machine_that_has_everything_is_asked_nothing(machine: Machine) -> None:
    machine.has_all(GOOD)
    machine.has("dpkg-query", "echo install ok installed")
    assert machine.set_up("tools", "browsers", "database", "speech") == (0, "")
