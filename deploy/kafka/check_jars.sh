#!/usr/bin/env bash
# Whether the jars of a folder are those of jars.sha256, all of them and no other: Java runs whatever lies there.
#   deploy/kafka/check_jars.sh FOLDER
# The sums are made anew, after the version in pom.xml has changed, by (cd FOLDER && sha256sum *.jar) >deploy/kafka/jars.sha256,
# and compared with those that Maven's repository publishes.
set -euo pipefail
sums=$(cd "$(dirname "$0")" && pwd)/jars.sha256
cd "$1"
sha256sum --check --quiet --strict "$sums" >&2
others=$(comm -13 <(awk '{ print $2 }' "$sums" | LC_ALL=C sort) <(find . -type f -printf '%P\n' -o -type l -printf '%P\n' | LC_ALL=C sort))
[ -z "$others" ] || { printf '%s: no jar of ours\n' $others >&2; exit 1; }
