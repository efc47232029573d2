#!/usr/bin/env bash
# Builds and installs the programs at fixed versions that tests compare with, outside the tree. What is
# there already is kept, so the first run takes minutes and later ones a second. Needs Go and Python 3.
#
#   bash test/programs/install.sh
set -euo pipefail
cd "$(dirname "$0")"
programs=${XDG_CACHE_HOME:-$HOME/.cache}/lambdascope/programs
mkdir -p "$programs"

# An environment of Python's is made anew when the list has changed.
if ! cmp -s requirements.txt "$programs/python/requirements.txt"; then
  rm -rf "$programs/python"
  python3 -m venv "$programs/python"
  "$programs/python/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt
  cp requirements.txt "$programs/python/"
fi
