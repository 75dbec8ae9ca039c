#!/bin/bash
# Makes the root of the machines (base.sh) before they are wanted, where machines are permitted at all. Run by alone.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ "$(id -u)" = 0 ]
bash "$here/probe.sh"
exec bash "$here/base.sh" "$1"
