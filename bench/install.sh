#!/usr/bin/env bash
# Installs the programs at fixed versions that benchmarks compare with, outside the tree: the services of
# `npm run bench:peer`, each in an environment of Python's with the list in `bench/peer`, and the load
# generator vegeta. What is there already is kept. Needs Go and Python 3.11 or 3.12.
#
#   bash bench/install.sh
set -euo pipefail
cd "$(dirname "$0")"
programs=${XDG_CACHE_HOME:-$HOME/.cache}/lambdascope/programs/bench
mkdir -p "$programs"

for peer in fastapi bentoml mlserver; do
  list=peer/requirements-$peer.txt
  # Made anew when the list has changed.
  if ! cmp -s "$list" "$programs/$peer/requirements.txt"; then
    rm -rf "${programs:?}/$peer"
    python3 -m venv "$programs/$peer"
    "$programs/$peer/bin/pip" install --quiet --disable-pip-version-check -r "$list"
    cp "$list" "$programs/$peer/requirements.txt"
  fi
done

[ -x "$programs/vegeta" ] || GOBIN="$programs" go install github.com/tsenart/vegeta/v12@v12.13.0
