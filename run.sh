#!/usr/bin/env bash
# Builds the broker when its sources have changed, and runs it in the foreground with the arguments given.
#   ./run.sh --help
#   ./run.sh --data-dir /var/lib/ostream --kafka 0.0.0.0:9092 --advertised broker1.example:9092
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/eng/environment.sh"

server="$root/src/OrleansStreaming.Server/bin/Release/net10.0/OrleansStreaming.Server.dll"
stamp="$artifacts/run.stamp"

is_stale() {
    [ ! -f "$server" ] || [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "${OrleansPackages:-remembered}" ] ||
        [ ! -f "$root/.orleans-packages.props" ] ||
        [ -n "$(find "$root/src" "$root"/Directory.* "$root/global.json" "$root/.orleans-packages.props" \
            \( -name bin -o -name obj \) -prune -o -newer "$stamp" -print -quit)" ]
}

build_broker() {
    is_stale || return 0 # somebody else has built it while this one waited
    "$root/eng/orleans-mode.sh" >&2
    echo "Building the broker…" >&2
    local started
    started="$(mktemp "$artifacts/run.XXXXXX")"
    echo "${OrleansPackages:-remembered}" > "$started"
    if ! build "$artifacts/run-build.log" src/OrleansStreaming.Server -c Release; then
        rm -f "$started"
        return 1
    fi

    mv "$started" "$stamp" # keeps the time before the build: what changed during it counts as changed
}

if is_stale; then
    if command -v flock > /dev/null; then
        (flock 9; build_broker 9>&-) 9> "$artifacts/run.lock"
    else
        build_broker
    fi
fi

exec dotnet "$server" "$@"
