#!/bin/sh
# Write requirements.txt, the lock file, from pyproject.toml with uv. It names versions and hashes, never a place.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp pyproject.toml "$folder"
uv lock --quiet --no-config --directory "$folder"
uv export --quiet --no-config --directory "$folder" --frozen --all-groups --no-emit-project \
    --no-header --no-annotate > requirements.txt
