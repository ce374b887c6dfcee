#!/usr/bin/env bash
# Builds the broker when its sources have changed, and runs it in the foreground with the arguments given.
#   ./run.sh --help
#   ./run.sh --data-dir /var/lib/ostream --kafka 0.0.0.0:9092 --advertised broker1.example:9092
#   ./run.sh --brokers 3                        a cluster on ports 9092, 9093, 9094; further options go to each broker
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

# cluster COUNT DIRECTORY OPTION...: brokers 1 to COUNT, until one ends or Ctrl-C ends all.
cluster() {
    local count="$1" directory="$2" id pids=() copies
    shift 2
    copies=$((count < 3 ? count : 3))
    for ((id = 1; id <= count; id++)); do
        dotnet "$server" --broker-id "$id" --kafka "127.0.0.1:$((9091 + id))" --http "127.0.0.1:$((8079 + id))" \
            --data-dir "$directory/broker-$id" --cluster-dir "$directory/cluster" \
            --config "default.replication.factor=$copies" --config "min.insync.replicas=$(((copies + 1) / 2))" "$@" &
        pids+=($!)
    done
    trap 'trap - INT TERM; kill -TERM "${pids[@]}" 2> /dev/null || true' INT TERM
    wait -n "${pids[@]}" || true
    kill -TERM "${pids[@]}" 2> /dev/null || true
    wait "${pids[@]}" 2> /dev/null || true
}

brokers="" directory="./data" options=()
arguments=("$@")
while [ $# -gt 0 ]; do
    case "$1" in
        --brokers) brokers="${2:-}"; shift ;;
        --brokers=*) brokers="${1#*=}" ;;
        --data-dir) directory="${2:-}"; shift ;;
        --data-dir=*) directory="${1#*=}" ;;
        *) options+=("$1") ;;
    esac
    shift || break
done

[ -n "$brokers" ] || exec dotnet "$server" "${arguments[@]}"
if ! [[ "$brokers" =~ ^[1-9][0-9]?$ ]]; then
    echo "run.sh: --brokers takes a number from 1 to 99, not '$brokers'." >&2
    exit 2
fi

for option in "${options[@]}"; do
    case "$option" in
        --broker-id* | --kafka* | --http* | --cluster-dir* | --advertised*)
            echo "run.sh: with --brokers each broker gets its own ${option%%=*}; start brokers one by one to choose it." >&2
            exit 2 ;;
    esac
done

cluster "$brokers" "$directory" "${options[@]}"
