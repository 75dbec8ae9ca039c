#!/bin/bash
# Makes a machine the tier that its parameter names. Run once by user data after install.sh; safe to run again.
set -euo pipefail

if [ $# -ne 2 ]; then
  echo 'usage: first-boot.sh REGION PARAMETERS' >&2
  exit 2
fi

install -d -m 0755 /etc/dataapp
printf 'AWS_DEFAULT_REGION=%s\nPARAMETERS=%s\n' "$1" "$2" >/etc/dataapp/machine.env

# The timers first: a machine whose first try fails goes on trying.
systemctl enable --now dataapp-release.timer dataapp-ready.timer dataapp-secrets.timer
/usr/local/bin/dataapp-release apply
