#!/usr/bin/env bash
# need.sh PURPOSE PROGRAM…: installs what is missing from Debian, as root; as an ordinary user says what stays unproven.
set -euo pipefail
purpose=$1
shift
missing=()
for program in "$@"; do
  command -v "$program" >/dev/null 2>&1 || missing+=("$program")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for make $purpose: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  exit 0
fi
for program in "${missing[@]}"; do
  echo "make $purpose: $program is missing (not root, so not installed); what needs it is skipped and stays unproven." >&2
done
