#!/usr/bin/env bash
# Builds and installs the programs at fixed versions that tests compare with, outside the tree. What is
# there already is kept, so the first run takes minutes and later ones a second. Needs Go and Python 3.
#
#   bash test/programs/install.sh
set -euo pipefail
cd "$(dirname "$0")"
source ../../tools/programs.sh
mkdir -p "$programs"
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch" && rm -rf "$scratch"' EXIT

# Meanwhile Go compiles.
{
  environment "$programs/python" requirements.txt
  environment "$programs/statistics" ../statistics/requirements.txt
} &
python=$!

# The version of an image in docker-compose.yml.
pinned() {
  sed -n "s|^ *image: .*/$1:v\{0,1\}\([0-9.]*\).*|\1|p" ../../docker-compose.yml
}

# build FOLDER SOURCE PACKAGE…: builds from the source of a module, in the folder of the programs.
build() {
  local folder=$programs/$1 source=$2
  shift 2
  echo "Building $(basename "$folder") (once) …"
  mkdir "$scratch/built"
  (cd "$source" && GOWORK=off CGO_ENABLED=0 go build -buildvcs=false -tags remove_all_sd -o "$scratch/built/" "$@")
  # In one step, so that an interrupted build leaves nothing that looks whole.
  mv "$scratch/built" "$folder"
}

# module FOLDER MODULE VERSION PACKAGE…: the same for a released module. `go install` takes none of these:
# their go.mod replaces or excludes others, or a page that is built apart is missing.
module() {
  local folder=$1 name=$2 version=$3
  shift 3
  [ -e "$programs/$folder" ] && return
  cp -r "$(cd "$scratch" && go mod download -json "$name@v$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')" "$scratch/$folder"
  chmod -R u+w "$scratch/$folder"
  if [ -d "$scratch/$folder/ui" ]; then mkdir -p "$scratch/$folder/ui/app/dist" && touch "$scratch/$folder/ui/app/dist/index.html"; fi
  build "$folder" "$scratch/$folder" "$@"
}

version=$(pinned prometheus)
# Prometheus 3.15.0 is the module's v0.315.0.
IFS=. read -r major minor patch <<< "$version"
module "prometheus-$version" github.com/prometheus/prometheus "0.$major$(printf %02d "$minor").$patch" ./cmd/prometheus ./cmd/promtool
version=$(pinned alertmanager)
module "alertmanager-$version" github.com/prometheus/alertmanager "$version" ./cmd/alertmanager ./cmd/amtool
version=$(pinned pushgateway)
module "pushgateway-$version" github.com/prometheus/pushgateway "$version" .
version=2.40.3
module "docker-compose-$version" github.com/docker/compose/v2 "$version" ./cmd
ln -sf cmd "$programs/docker-compose-$version/docker-compose"
version=$(pinned cadvisor)
if ! [ -e "$programs/cadvisor-$version" ]; then build "cadvisor-$version" cadvisor .; fi

wait "$python"
