#!/usr/bin/env bash
# Says in one line which Orleans this machine builds against. The first time it tries whether the real Microsoft.Orleans
# packages restore and remembers the answer in .orleans-packages.props, which Directory.Build.props reads; remove that file
# to ask again. An explicit OrleansPackages (microsoft or embedded) in the environment always wins.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

answer="$root/.orleans-packages.props"
probe="$root/eng/orleans-probe/OrleansProbe.csproj"
log="$artifacts/orleans-probe.log"

if [ -n "${OrleansPackages:-}" ]; then
    echo "Orleans: $OrleansPackages (from the environment)"
    exit 0
fi

if [ ! -f "$answer" ]; then
    if (cd "$root" && timeout 90 dotnet restore "$probe" -p:OrleansPackages=microsoft -nodeReuse:false > "$log" 2>&1 < /dev/null); then
        mode=microsoft
    else
        mode=embedded
    fi

    printf '<Project>\n  <PropertyGroup>\n    <OrleansPackages>%s</OrleansPackages>\n  </PropertyGroup>\n</Project>\n' "$mode" > "$answer.new"
    mv "$answer.new" "$answer"
fi

case "$(sed -n 's/.*<OrleansPackages>\(.*\)<\/OrleansPackages>.*/\1/p' "$answer")" in
    microsoft) echo "Orleans: microsoft (the Microsoft.Orleans packages)" ;;
    *) echo "Orleans: embedded (the Microsoft.Orleans packages do not restore here)" ;;
esac
