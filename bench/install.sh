#!/usr/bin/env bash
# Installs the programs at fixed versions that benchmarks compare with, outside the tree: the services of
# `npm run bench:peer`, each in an environment of Python's with the list in `bench/peer`, and the load
# generator vegeta. What is there already is kept. Needs Go and Python 3.11 or 3.12.
#
#   bash bench/install.sh
set -euo pipefail
cd "$(dirname "$0")"
source ../tools/programs.sh
mkdir -p "$programs/bench"

for peer in fastapi bentoml mlserver; do
  environment "$programs/bench/$peer" "peer/requirements-$peer.txt"
done

[ -x "$programs/bench/vegeta" ] || GOBIN="$programs/bench" go install github.com/tsenart/vegeta/v12@v12.13.0
