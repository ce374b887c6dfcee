# Sourced by run.sh and test.sh: a quiet, self-contained dotnet. Sets $root.
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
artifacts="$root/artifacts"
mkdir -p "$artifacts"

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

if ! command -v dotnet > /dev/null; then
    echo "The .NET SDK is missing: 'dotnet' is not on the PATH (see global.json for the version)." >&2
    exit 1
fi

# The SDK and NuGet keep their caches in HOME; without a writable one they stay in this folder.
if [ ! -d "${HOME:-}" ] || [ ! -w "${HOME:-}" ]; then
    export HOME="$artifacts/home" DOTNET_CLI_HOME="$artifacts/home"
    mkdir -p "$HOME"
fi

# build LOG ARGUMENTS…: one dotnet build from the root folder (whose global.json counts), quiet unless it fails.
# Node reuse is off so that nothing of the build outlives it.
build() {
    local log="$1"
    shift
    if ! (cd "$root" && dotnet build "$@" --nologo -v quiet -nodeReuse:false > "$log" 2>&1 < /dev/null); then
        echo "The build failed:" >&2
        grep -E 'error|Error' "$log" | sort -u | head -40 >&2 || true
        echo "The whole log: $log" >&2
        return 1
    fi
}
