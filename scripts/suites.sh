#!/usr/bin/env bash
# Runs every suite one after the other, goes on after a failure, and prints the minutes of each.
# Usage: scripts/suites.sh [SUITE…]   with suites: rust python client live browser
set -uo pipefail
cd "$(dirname "$0")/.."

declare -a names=() minutes=() results=()
failed=0

suite() {
  local name=$1 started=$SECONDS result=passed
  shift
  printf '\n\033[35m●\033[0m %s: %s\n' "$name" "$*"
  "$@" || { result=FAILED; failed=1; }
  names+=("$name")
  minutes+=("$(((SECONDS - started) / 60)):$(printf %02d $(((SECONDS - started) % 60)))")
  results+=("$result")
}

rust() { suite rust cargo test --quiet --locked --profile ci --workspace --exclude cooee-python; }
python() { suite python .venv/bin/pytest -q -n 2 --dist worksteal -m "not live"; }
client() { suite client npm --prefix client test; }
live() { suite live .venv/bin/pytest -q -m live; }
browser() { suite browser npm --prefix client run e2e; }

for name in "${@:-rust python client live browser}"; do
  for one in $name; do "$one"; done
done

printf '\n%-10s %8s  %s\n' suite minutes result
for i in "${!names[@]}"; do printf '%-10s %8s  %s\n' "${names[$i]}" "${minutes[$i]}" "${results[$i]}"; done
exit $failed
