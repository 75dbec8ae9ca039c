#!/bin/bash
# Starts a machine in a group of processes of its own: machines that share one would each tidy up the others' services.
set -euo pipefail
name=${1:?usage: nspawn.sh NAME ARGUMENTS-OF-SYSTEMD-NSPAWN}
shift

own() { # mount point, path of this process in that hierarchy
  local group
  group=$1/${2#/}
  group=${group%/}/dataapp-machine.${MACHINES_RUN:?}.$name
  mkdir -p "$group"
  echo $$ >"$group/cgroup.procs"
}

while IFS=: read -r _ kind path; do
  case $kind in
    '') place=$(findmnt --noheadings --first-only --output TARGET --types cgroup2) && own "$place" "$path" ;;
    name=systemd) place=$(findmnt --noheadings --first-only --output TARGET --types cgroup --options name=systemd) && own "$place" "$path" ;;
  esac
done </proc/self/cgroup

exec systemd-nspawn "$@"
