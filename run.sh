#!/usr/bin/env bash
# Builds the broker when its sources have changed, and runs it in the foreground with the arguments given.
#   ./run.sh --help
#   ./run.sh --data-dir /var/lib/ostream --kafka 0.0.0.0:9092 --advertised broker1.example:9092
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/eng/environment.sh"

broker="$artifacts/broker"
server="$broker/OrleansStreaming.Server.dll"
stamp="$artifacts/run.stamp"

is_stale() {
    [ ! -f "$server" ] || [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "${OrleansPackages:-remembered}" ] ||
        [ ! -f "$root/.orleans-packages.props" ] ||
        [ -n "$(find "$root/src" "$root"/Directory.* "$root/global.json" "$root/.orleans-packages.props" \
            \( -name bin -o -name obj \) -prune -o -newer "$stamp" -print -quit)" ]
}

# publish FOLDER: compiled ahead of time where the compiler's package is to be had, which makes a cold broker fast; else plain.
publish() {
    local project="src/OrleansStreaming.Server"
    (cd "$root" && dotnet publish "$project" -c Release -p:UseCurrentRuntimeIdentifier=true -p:PublishReadyToRun=true \
        --self-contained false -o "$1" --nologo -v quiet -nodeReuse:false > "$artifacts/run-publish.log" 2>&1 < /dev/null) ||
        build "$artifacts/run-build.log" "$project" -c Release -p:UseAppHost=false -o "$1"
}

build_broker() {
    is_stale || return 0 # somebody else has built it while this one waited
    "$root/eng/orleans-mode.sh" >&2
    "$root/eng/native-libraries.sh" >&2
    echo "Building the broker…" >&2
    local started new
    started="$(mktemp "$artifacts/run.XXXXXX")"
    new="$(mktemp -d "$artifacts/broker.XXXXXX")"
    echo "${OrleansPackages:-remembered}" > "$started"
    if ! publish "$new"; then
        rm -rf "$started" "$new"
        return 1
    fi

    # A broker that is running keeps its files: they are moved, not overwritten.
    rm -rf "$broker.old"
    [ ! -d "$broker" ] || mv "$broker" "$broker.old"
    mv "$new" "$broker"
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
