# Sourced by test/programs/install.sh and bench/install.sh: where they put programs, and environments of Python's.
programs=${XDG_CACHE_HOME:-$HOME/.cache}/lambdascope/programs

# environment FOLDER LIST: of the packages of a list, and no others; made anew when the list has changed.
environment() {
  if cmp -s "$2" "$1/requirements.txt"; then return; fi
  echo "Installing what $(basename "$2") lists (once) …"
  rm -rf "$1"
  python3 -m venv "$1"
  "$1/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$2"
  cp "$2" "$1/requirements.txt"
}
