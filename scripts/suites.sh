#!/usr/bin/env bash
# Runs every suite one after the other, goes on after a failure, and prints the minutes of each and what failed.
# What fails among the tests of Python and of the browser runs once more, alone: docs/decisions/0008.
# Usage: scripts/suites.sh [SUITE…]   with suites: rust python client live browser alone
set -uo pipefail
cd "$(dirname "$0")/.."
LOGS=.cache/suites
mkdir -p "$LOGS"

declare -a names=() minutes=() results=()
failed=0

# suite NAME COMMAND…: runs the command; should it fail, `NAME_again` decides, where there is one.
suite() {
  local name=$1 started=$SECONDS result=passed log=$LOGS/$1.log
  shift
  printf '\n\033[35m●\033[0m %s: %s\n' "$name" "$*"
  if ! "$@" 2>&1 | tee "$log"; then
    result=FAILED
    if declare -F "${name}_again" >/dev/null; then
      printf '\n\033[35m●\033[0m %s: what failed, once more and alone\n' "$name"
      "${name}_again" 2>&1 | tee "$log.again" && result="passed at the second try"
    fi
    [ "$result" != FAILED ] || failed=1
  fi
  names+=("$name")
  minutes+=("$(((SECONDS - started) / 60)):$(printf %02d $(((SECONDS - started) % 60)))")
  results+=("$result")
}

pytest() { .venv/bin/pytest -q -o "cache_dir=$LOGS/$1" "${@:2}"; }
pytest_again() { pytest "$1" --last-failed --last-failed-no-failures none "${@:2}"; }
e2e() { npm --prefix client run e2e -- "$@"; }

rust() { suite rust cargo test --quiet --locked --profile ci --workspace --exclude cooee-python; }
python() { suite python pytest python -n 2 --dist worksteal -m "not live"; }
python_again() { pytest_again python -m "not live"; }
client() { suite client npm --prefix client test; }
live() { suite live pytest live -m live; }
live_again() { pytest_again live -m live; }
browser() { suite browser e2e --project=together; }
browser_again() { e2e --project=together --last-failed --workers=1; }
alone() { suite alone e2e --project=alone; }
alone_again() { e2e --project=alone --last-failed; }

for name in "${@:-rust python client live browser alone}"; do
  for one in $name; do "$one"; done
done

printf '\n%-10s %8s  %s\n' suite minutes result
for i in "${!names[@]}"; do printf '%-10s %8s  %s\n' "${names[$i]}" "${minutes[$i]}" "${results[$i]}"; done
for i in "${!names[@]}"; do
  [ "${results[$i]}" = passed ] || grep -hE '^(FAILED|ERROR) |^ +(✘|[0-9]+\)) ' "$LOGS/${names[$i]}.log" | cut -c1-300 | sort -u | sed "s/^/${names[$i]}, ${results[$i]}: /"
done
exit $failed
