#!/usr/bin/env bash
# The broker looks into lz4, snappy and zstd batches with the system's own libraries. Installs those that are missing when it
# may (root, apt-get), and otherwise says what to install; never fails.
set -uo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
export PATH="$PATH:/sbin:/usr/sbin" DEBIAN_FRONTEND=noninteractive

missing_packages() {
    local present library package
    present="$(ldconfig -p 2> /dev/null)" || return 0 # not a glibc system: the broker itself will say what it lacks
    while read -r library package; do
        grep -q "$library" <<< "$present" || echo "$package"
    done <<< "liblz4.so.1 liblz4-1
libsnappy.so.1 libsnappy1v5
libzstd.so.1 libzstd1"
}

mapfile -t missing < <(missing_packages)
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then
    echo "Installing ${missing[*]} for batches compressed with it"
    (timeout 120 apt-get install -y -q --no-install-recommends "${missing[@]}" ||
        { timeout 120 apt-get update -q && timeout 120 apt-get install -y -q --no-install-recommends "${missing[@]}"; }) \
        > "$artifacts/native-libraries.log" 2>&1 < /dev/null
    mapfile -t missing < <(missing_packages)
fi

[ ${#missing[@]} -eq 0 ] || echo "Missing: ${missing[*]}. Batches that need it are refused until it is installed (Debian: apt-get install ${missing[*]})."
exit 0
