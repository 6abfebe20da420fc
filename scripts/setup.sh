#!/usr/bin/env bash
# Sets up what a target of the Makefile needs, says what it does, and does nothing twice.
# Usage: scripts/setup.sh PART…   with parts: tools python engine client browsers database speech payments
set -euo pipefail
cd "$(dirname "$0")/.."

UV_VERSION=0.13.8
NODE_MAJOR=20
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

# packages NAME…: installs those of Debian's packages that are missing; asks once, and CI=true answers yes.
packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local command="apt-get install -y --no-install-recommends ${missing[*]}"
  if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    fail "missing: ${missing[*]}. Install with: sudo $command"
  fi
  if [ "${CI:-}" != true ]; then
    [ -t 0 ] || fail "missing: ${missing[*]}. Install with: $command   (or run again with CI=true)"
    read -r -p "Cooee needs ${missing[*]}. Install with apt-get now? [Y/n] " answer
    case "$answer" in [nN]*) fail "Install with: $command" ;; esac
  fi
  export DEBIAN_FRONTEND=noninteractive
  timed "asking Debian for its package lists" apt-get update
  # shellcheck disable=SC2086
  timed "installing ${missing[*]}" $command
}

find_python() {
  local candidate
  for candidate in python3.11 python3.12 python3.13 python3; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  fail "Python 3.11 or later is missing. On Debian: apt-get install python3 python3-venv"
}

tools() {
  find_python >/dev/null
  command -v cargo >/dev/null || [ ! -x "$HOME/.cargo/bin/cargo" ] || export PATH="$HOME/.cargo/bin:$PATH"
  command -v cargo >/dev/null || fail "Rust (1.89 or later) is missing: install it with rustup, see the Rust project's site"
  command -v node >/dev/null || fail "Node.js $NODE_MAJOR is missing. Install Node.js $NODE_MAJOR with npm"
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge $NODE_MAJOR ] || fail "Node.js $(node --version) is too old; $NODE_MAJOR or later is needed"
  local lacking=()
  command -v cc >/dev/null || lacking+=(build-essential)
  command -v cmake >/dev/null || lacking+=(cmake)
  [ ${#lacking[@]} -eq 0 ] || packages "${lacking[@]}"
}

# uv lives inside the environment it keeps.
environment() {
  local python
  python=$(find_python)
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
  tools
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
  tools
  if stale client-packages client/package.json client/package-lock.json || [ ! -d client/node_modules ]; then
    timed "installing the client's packages" npm --prefix client ci --no-audit --no-fund
    done_with client-packages
  fi
  if stale client client/src client/messages client/public client/index.html client/package-lock.json client/vite.config.ts || [ ! -e cooee/web/index.html ]; then
    timed "building the client" npm --prefix client run build
    done_with client
  fi
}

browsers() { packages chromium firefox-esr fonts-noto-color-emoji; }
database() { packages postgresql; }
speech() { packages ffmpeg flite; }

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

for part in "$@"; do
  case "$part" in
    python-dev) python dev ;;
    tools | python | engine | client | browsers | database | speech | payments) "$part" ;;
    *) fail "no such part: $part" ;;
  esac
done
