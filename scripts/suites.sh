#!/usr/bin/env bash
# Runs every suite, goes on after a failure, and prints the minutes of each and what failed. Suites joined by a plus run side by side.
# What fails among the tests of Python and of the browser runs once more, alone: docs/decisions/0008.
# Usage: scripts/suites.sh [SUITE…]   with suites: rust python client deaths crashes live browser alone
set -uo pipefail
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE
LOGS=.cache/suites
mkdir -p "$LOGS"
rm -rf "$LOGS"/*.result "$LOGS"/*/v/cache/lastfailed

declare -a names=() minutes=() results=()
failed=0

# suite NAME COMMAND…: runs the command, and notes its seconds and whether it passed. It FAILED if it says by 1 that it came to
# its end and something failed, and BROKE otherwise: then nobody knows what did not run.
suite() {
  local name=$1 started=$SECONDS result=passed
  shift
  printf '\n\033[35m●\033[0m %s: %s\n' "$name" "$*"
  "$@" 2>&1 | tee "$LOGS/$name.log"
  case ${PIPESTATUS[0]} in
    0) ;;
    1) result=FAILED ;;
    *) result=BROKE ;;
  esac
  echo "$((SECONDS - started)) $result" >"$LOGS/$name.result"
}

# beside SUITE…: runs them side by side; what all but the last say is shown when all are over.
beside() {
  local others=("${@:1:$#-1}") last=${!#} one
  for one in ${others[@]+"${others[@]}"}; do "$one" >"$LOGS/$one.said" 2>&1 & done
  "$last"
  wait
  for one in ${others[@]+"${others[@]}"}; do cat "$LOGS/$one.said"; done
}

# settle SUITE: what has failed of it runs once more and alone, where `SUITE_again` says how.
settle() {
  local name=$1 started=$SECONDS seconds=0 result=BROKE
  [ ! -e "$LOGS/$name.result" ] || read -r seconds result <"$LOGS/$name.result"
  if [ "$result" = FAILED ] && declare -F "${name}_again" >/dev/null; then
    printf '\n\033[35m●\033[0m %s: what failed, once more and alone\n' "$name"
    "${name}_again" 2>&1 | tee "$LOGS/$name.log.again" && result="passed at the second try"
  fi
  case $result in FAILED | BROKE) failed=1 ;; esac
  seconds=$((seconds + SECONDS - started))
  names+=("$name")
  minutes+=("$((seconds / 60)):$(printf %02d $((seconds % 60)))")
  results+=("$result")
}

pytest() { .venv/bin/pytest -q --durations=15 --durations-min=1 -o "cache_dir=$LOGS/$1" "${@:2}"; }
pytest_again() { pytest "$1" --last-failed --last-failed-no-failures none "${@:2}"; }
e2e() { npm --prefix client run e2e -- --output="test-results/$1" --project="$1" "${@:2}"; }

rust() { suite rust cargo test --quiet --locked --profile ci --workspace; }
python() { suite python pytest python -n 3 --dist worksteal -m "not live and not deaths"; }
python_again() { pytest_again python -m "not live and not deaths"; }
client() { suite client npm --prefix client test; }
# Each waits half a minute and more for something to lapse, and hardly uses a core meanwhile: beside what computes, and never beside
# what listens (live, alone).
deaths() { suite deaths pytest deaths -n 4 -m deaths tests/live; }
deaths_again() { pytest_again deaths -m deaths tests/live; }
crashes() { suite crashes e2e crashes --workers=3; }
crashes_again() { e2e crashes --last-failed --workers=1; }
live() { suite live pytest live -m live tests/live; }
live_again() { pytest_again live -m live tests/live; }
browser() { suite browser e2e together; }
browser_again() { e2e together --last-failed --workers=1; }
alone() { suite alone e2e alone; }
alone_again() { e2e alone --last-failed; }

for names_of_some in "${@:-client+rust crashes+deaths+python live browser alone}"; do
  for group in $names_of_some; do
    IFS=+ read -ra side_by_side <<<"$group"
    beside "${side_by_side[@]}"
    for name in "${side_by_side[@]}"; do settle "$name"; done
  done
done

printf '\n%-10s %8s  %s\n' suite minutes result
for i in "${!names[@]}"; do printf '%-10s %8s  %s\n' "${names[$i]}" "${minutes[$i]}" "${results[$i]}"; done
for i in "${!names[@]}"; do
  [ "${results[$i]}" = passed ] || grep -hE '^(FAILED|ERROR) |^ +(✘|[0-9]+\)) ' "$LOGS/${names[$i]}.log" | cut -c1-300 | sort -u | sed "s/^/${names[$i]}, ${results[$i]}: /"
done
exit $failed
