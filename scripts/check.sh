#!/usr/bin/env bash
# Every linter and type checker, in two rows at a time; goes on after a failure, so that one run shows all there is to mend.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0
check() {
  printf '\033[35m●\033[0m %s\n' "$*"
  "$@" || { printf '\033[31m✕\033[0m %s\n' "$*"; failed=1; }
}

in_python() {
  check ruff format --check --quiet .
  check ruff check --quiet .
  check mypy
  check lint-imports
  check python -m mypy.stubtest cooee.media._core
  return $failed
}

said=$(mktemp)
in_python >"$said" 2>&1 &
check cargo fmt --all --check
check cargo clippy --quiet --locked --profile ci --workspace --all-targets -- -D warnings
check npm --prefix client run check
wait $! || failed=1
cat "$said"
rm -f "$said"
exit $failed
