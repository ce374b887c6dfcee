#!/usr/bin/env bash
# Builds everything once, runs every test project, and ends with the totals. Arguments go to `dotnet test`:
#   ./test.sh
#   ./test.sh --filter FullyQualifiedName~Recovery
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/eng/environment.sh"

results="$artifacts/test-results"
rm -rf "$results"
mkdir -p "$results"
passed=0 failed=0 skipped=0

"$root/eng/orleans-mode.sh"
"$root/eng/native-libraries.sh"
echo "Building…"
if ! build "$artifacts/test-build.log" Orleans.Streaming.sln -c Release; then
    echo "0 passed, 1 failed"
    exit 1
fi

# attribute NAME FILE: a number of the trx file's <Counters …/>.
attribute() {
    grep -o '<Counters [^>]*' "$2" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*' || echo 0
}

# Tests that only the embedded Orleans can pass, because they drive its clock or its order of events, carry a trait.
orleans=()
if [ $# -eq 0 ] && [ "${OrleansPackages:-$(sed -n 's/.*<OrleansPackages>\(.*\)<\/OrleansPackages>.*/\1/p' "$root/.orleans-packages.props" 2> /dev/null)}" = microsoft ]; then
    orleans=(--filter "orleans!=embedded")
fi

for project in "$root"/tests/*.Tests/*.csproj "$root"/tests/*.IntegrationTests/*.csproj; do
    [ -f "$project" ] || continue
    name="$(basename "$project" .csproj)"
    trx="$results/$name.trx"
    log="$results/$name.log"
    started=$SECONDS

    # No test project takes nearly this long; a hang must end as a failure, not as silence.
    timeout --kill-after=10 1500 dotnet test "$(dirname "$project")/bin/Release/net10.0/$name.dll" \
        --logger "trx;LogFileName=$trx" --logger "console;verbosity=minimal" "${orleans[@]}" "$@" > "$log" 2>&1 < /dev/null
    code=$?

    if [ ! -f "$trx" ]; then
        if [ $code -eq 0 ]; then
            echo "  $name: no test matches"
            continue
        fi

        failed=$((failed + 1))
        echo "FAILED $name did not finish:"
        tail -n 40 "$log"
        continue
    fi

    total=$(attribute total "$trx")
    executed=$(attribute executed "$trx")
    ok=$(attribute passed "$trx")
    bad=$((executed - ok))
    if [ $code -ne 0 ] && [ $bad -eq 0 ]; then
        bad=1 # the host died after its last result
    fi

    passed=$((passed + ok))
    failed=$((failed + bad))
    skipped=$((skipped + total - executed))
    echo "  $name: $ok passed, $bad failed, $((total - executed)) skipped ($((SECONDS - started)) s)"
    [ $bad -eq 0 ] || { echo "FAILED in $name:"; cat "$log"; }
    grep -A4 'outcome="NotExecuted"' "$trx" | grep -o 'testName="[^"]*"\|<Message>[^<]*' |
        sed 's/testName="\(.*\)"/SKIPPED \1/; s/<Message>SKIPPED: /        /; s/<Message>/        /'
done

if [ $skipped -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi

[ $failed -eq 0 ] && [ $passed -gt 0 ]
