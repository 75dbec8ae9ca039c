#!/bin/bash
# Brings the programs that the checks of the deployment use: checkov into .venv, the rest from the system's packages when this is root.
set -euo pipefail
cd "$(dirname "$0")/../.."

checkov() {
  if .venv/bin/checkov --version >/dev/null 2>&1; then return; fi
  python3 -m venv .venv
  .venv/bin/pip install --quiet --requirement infra/checks/requirements.txt
}

checkov &

missing=()
command -v shellcheck >/dev/null || missing+=(shellcheck)
command -v systemd-nspawn >/dev/null || missing+=(systemd-container)
command -v debootstrap >/dev/null || missing+=(debootstrap)
[ -x /usr/sbin/nft ] || missing+=(nftables)
command -v ip >/dev/null || missing+=(iproute2)
if [ "${#missing[@]}" -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}"
  else
    echo "not here, and not root on a Debian to bring them: ${missing[*]}" >&2
  fi
fi
wait $!
