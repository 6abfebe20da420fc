#!/usr/bin/env bash
# Sets up what a target of the Makefile needs, says what it does, and does nothing twice.
# Usage: scripts/setup.sh PART…   with parts: tools python engine client browsers database speech payments
set -euo pipefail
cd "$(dirname "$0")/.."

UV_VERSION=0.13.8
RUST=1.89
NODE=20.19
STRIPE_MOCK=0.203.0
STAMPS=.cache/stamps
mkdir -p "$STAMPS"
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1
VENV_PATH="$PWD/.venv/bin"

say() { printf '\033[35m●\033[0m %s\n' "$*"; }
fail() { printf '\033[31m✕\033[0m %s\n' "$*" >&2; exit 1; }

# timed WORDS COMMAND…: runs quietly with a running clock, and shows the log only when it fails.
timed() {
  local words=$1 log started=$SECONDS
  shift
  log=$(mktemp)
  if [ -t 1 ]; then
    "$@" >"$log" 2>&1 &
    local job=$!
    while kill -0 "$job" 2>/dev/null; do
      printf '\r\033[35m●\033[0m %s … %d s ' "$words" $((SECONDS - started))
      sleep 1
    done
    printf '\r\033[K'
    if wait "$job"; then local status=0; else local status=$?; fi
  else
    say "$words …"
    if "$@" >"$log" 2>&1; then local status=0; else local status=$?; fi
  fi
  if [ "$status" -ne 0 ]; then
    tail -n 60 "$log" >&2
    fail "$words: failed (exit $status). The whole log: $log"
  fi
  rm -f "$log"
  say "$words: $((SECONDS - started)) s"
}

# stale STAMP PATH…: true when a path has changed since the stamp was made.
stale() {
  local stamp=$STAMPS/$1
  shift
  [ ! -e "$stamp" ] || [ -n "$(find "$@" -newer "$stamp" -type f -not -path '*/node_modules/*' -not -path '*/target/*' -print -quit)" ]
}
done_with() { touch "$STAMPS/$1"; }

# What this machine lacks: names of Debian's packages, and commands that bring what Debian 12 has too old.
missing=()
commands=()

# needs PART: looks at what the part needs, and changes nothing.
needs() {
  case "$1" in
    python | python-dev) needs_python ;;
    tools | engine | client) needs_python && needs_compilers && needs_rust && needs_node ;;
    browsers) needs_packages chromium chromium-headless-shell firefox-esr fonts-noto-color-emoji xvfb ;;
    database) needs_packages postgresql ;;
    speech) needs_packages ffmpeg flite ;;
    payments) needs_python ;;
    *) fail "no such part: $1" ;;
  esac
}

needs_packages() {
  local name
  for name in "$@"; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
}

# needs_command WHAT COMMAND…: notes it once, however many parts ask.
needs_command() {
  local line
  line=$(printf '%s:\n      %s' "$1" "${*:2}")
  [[ "${commands[*]-}" == *"$line"* ]] || commands+=("$line")
}

# The environment is made by `venv`, which Debian keeps in a package of its own.
needs_python() {
  local python
  [ ! -x .venv/bin/uv ] || return 0
  if ! python=$(find_python); then
    if command -v python3 >/dev/null; then
      needs_command "Python 3.11 or later (here: $(python3 --version 2>&1))" "Debian 12 and later have it: apt-get install -y python3 python3-venv"
    else
      needs_packages python3 python3-venv
    fi
  elif ! "$python" -c 'import ensurepip' 2>/dev/null; then
    needs_packages "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
  fi
}

needs_compilers() {
  command -v cc >/dev/null || needs_packages build-essential
  command -v cmake >/dev/null || needs_packages cmake
}

needs_rust() {
  local version
  [ ! -x "${HOME:-}/.cargo/bin/cargo" ] || export PATH="$HOME/.cargo/bin:$PATH"
  version=$(cargo --version 2>/dev/null | cut -d' ' -f2) || true
  at_least "$RUST" "$version" && return
  if command -v rustup >/dev/null; then
    needs_command "Rust $RUST or later (here: ${version:-none})" "rustup default stable && rustup update stable"
  else
    needs_curl
    needs_command "Rust $RUST or later (here: ${version:-none})" "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y"
  fi
}

needs_node() {
  local version offered
  version=$(node --version 2>/dev/null) || true
  if at_least "$NODE" "${version#v}"; then
    command -v npm >/dev/null || needs_packages npm
    return
  fi
  offered=$(apt-cache policy nodejs 2>/dev/null | sed -n 's/^ *Candidate: \([0-9]*:\)\{0,1\}\([0-9][0-9.]*\).*/\2/p') || true
  if [ -z "$version" ] && at_least "$NODE" "$offered"; then
    needs_packages nodejs npm
  else
    needs_curl
    needs_command "Node.js $NODE or later with npm (here: ${version:-none})" \
      "curl -fsSL https://deb.nodesource.com/setup_${NODE%%.*}.x | $(root)bash - && $(root)apt-get install -y nodejs"
  fi
}

needs_curl() { command -v curl >/dev/null || needs_packages curl ca-certificates; }

# at_least LEAST VERSION: an empty version is none.
at_least() { [ -n "$2" ] && [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }
root() { [ "$(id -u)" -eq 0 ] || printf 'sudo '; }

# prepare PART…: sees to what all parts need, before anything is built: one question (CI=true answers yes), or one list of what to type.
prepare() {
  local part install names
  for part in "$@"; do needs "$part"; done
  [ ${#missing[@]} -gt 0 ] || [ ${#commands[@]} -gt 0 ] || return 0
  names=$(printf '%s\n' "${missing[@]}" | sort -u | paste -sd ' ')
  install="apt-get install -y --no-install-recommends $names"
  if [ ${#commands[@]} -gt 0 ]; then
    [ ${#missing[@]} -eq 0 ] || commands=("$names:"$'\n'"      $(root)$install" "${commands[@]}")
    fail "This machine lacks:
$(printf '  %s\n' "${commands[@]}")
Type that, open a new shell, and run it again."
  fi
  if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    fail "missing: $names. Install with: sudo $install"
  fi
  if [ "${CI:-}" != true ]; then
    [ -t 0 ] || fail "missing: $names. Install with: $install   (or run again with CI=true)"
    read -r -p "Cooee needs $names. Install with apt-get now? [Y/n] " answer
    case "$answer" in [nN]*) fail "Install with: $install" ;; esac
  fi
  export DEBIAN_FRONTEND=noninteractive
  timed "asking Debian for its package lists" apt-get update
  # shellcheck disable=SC2086
  timed "installing $names" $install
  hash -r
}

find_python() {
  local candidate
  for candidate in python3.11 python3.12 python3.13 python3; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

# uv lives inside the environment it keeps.
environment() {
  local python
  python=$(find_python) || fail "Python 3.11 or later is missing. Debian 12 and later have it: apt-get install python3 python3-venv"
  if [ ! -x .venv/bin/uv ] || [ "$(.venv/bin/uv --version | cut -d' ' -f2)" != "$UV_VERSION" ]; then
    [ -x .venv/bin/python ] || timed "making a Python environment" "$python" -m venv .venv
    .venv/bin/python -m pip --version >/dev/null 2>&1 || timed "adding pip" .venv/bin/python -m ensurepip
    timed "installing uv" .venv/bin/python -m pip install --quiet "uv==$UV_VERSION"
  fi
}

python() { # the packages that `make run` needs, then with "dev" those of the tests
  local groups=(--no-dev) stamp=python
  if [ "${1:-}" = dev ]; then groups=(--group dev) stamp=python-dev; fi
  environment
  if stale "$stamp" pyproject.toml uv.lock; then
    timed "installing Python packages" env PATH="$VENV_PATH:$PATH" .venv/bin/uv sync --frozen --inexact --compile-bytecode --no-install-project "${groups[@]}"
    done_with "$stamp"
  fi
}

engine() {
  if stale engine Cargo.toml Cargo.lock media || [ ! -e cooee/media/_core.abi3.so ]; then
    timed "compiling the media engine (some minutes the first time)" cargo build --locked --profile ci -p cooee-python
    # Moved into place whole: a running instance keeps the file it has mapped.
    cp target/ci/lib_core.so cooee/media/.core.new && mv cooee/media/.core.new cooee/media/_core.abi3.so
    done_with engine
  fi
  link
}

# A checkout is used in place: the environment finds the package and the `cooee` command here. What is not compiled now
# is compiled at every start, where the service may not write.
link() {
  local site
  .venv/bin/python -m compileall -q cooee
  site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  [ "$(cat "$site/cooee.pth" 2>/dev/null)" = "$PWD" ] || echo "$PWD" >"$site/cooee.pth"
  if [ ! -x .venv/bin/cooee ]; then
    printf '#!%s\nimport sys\nfrom cooee.cli import main\nsys.exit(main())\n' "$VENV_PATH/python" >.venv/bin/cooee
    chmod +x .venv/bin/cooee
  fi
}

client() {
  if stale client-packages client/package.json client/package-lock.json || [ ! -d client/node_modules ]; then
    timed "installing the client's packages" npm --prefix client ci --no-audit --no-fund
    done_with client-packages
  fi
  if stale client client/src client/messages client/public client/index.html client/package-lock.json client/vite.config.ts client/scripts || [ ! -e cooee/web/index.html ]; then
    timed "building the client" npm --prefix client run build
    done_with client
  fi
}

# new_go: whether the Go that is here can build it. From 1.21 on it fetches what it needs by itself.
new_go() {
  local version
  command -v go >/dev/null || return 1
  version=$(go version | sed -n 's/^go version go1\.\([0-9]*\).*/\1/p')
  [ -n "$version" ] && [ "$version" -ge 21 ]
}

payments() { # what judges the shape of every request to Stripe in tests
  if [ ! -x .cache/bin/stripe-mock ] || [ ! -e "$STAMPS/payments-$STRIPE_MOCK" ]; then
    local go=go
    if ! new_go; then
      go=$PWD/.cache/go/bin/go
      [ -x "$go" ] || timed "bringing Go 1.22 (Debian's is older)" "$(find_python)" scripts/go_toolchain.py .cache/go
    fi
    timed "building stripe-mock" env GOBIN="$PWD/.cache/bin" "$go" install "github.com/stripe/stripe-mock@v$STRIPE_MOCK"
    rm -rf .cache/go
    done_with "payments-$STRIPE_MOCK"
  fi
}

prepare "$@"
for part in "$@"; do
  case "$part" in
    python-dev) python dev ;;
    python | engine | client | payments) "$part" ;;
    *) ;; # nothing but what `prepare` saw to
  esac
done
