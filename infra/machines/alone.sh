#!/bin/bash
# Runs a command in mount and process namespaces of its own, as root on Linux: whatever it mounts, starts or names is gone with it, however it ends.
# Elsewhere the command runs as it is, and says itself what it misses.
set -uo pipefail

if [ "$(id -u)" != 0 ] || ! unshare --mount --pid --fork --mount-proc true 2>/dev/null; then exec "$@"; fi

# What namespaces don't take with them, of this run and of those that were cut off: groups of processes and loop devices.
tidy() {
  find /sys/fs/cgroup -maxdepth 4 -type d -name 'dataapp-machine.*' 2>/dev/null | while read -r group; do
    ended "${group##*dataapp-machine.}" && find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
  done
  losetup --list --noheadings --output NAME,BACK-FILE 2>/dev/null | while read -r device file _; do
    case $file in
      */dataapp-volume.*) ended "${file##*/dataapp-volume.}" && losetup --detach "$device" ;;
    esac
  done
}

ended() { # names begin with the number of the process that made them
  [ "${1%%.*}" = $$ ] || ! kill -0 "${1%%.*}" 2>/dev/null
}

# `ip netns` keeps its names there, and the machines their layers: on file systems that only this run sees.
inside='trap "exit 130" INT TERM
mount -t tmpfs -o mode=755 names /run/netns && mount -t tmpfs -o mode=755 layers /mnt || exit 1
"$@" &
wait $!'
mkdir -p /run/netns
tidy
export MACHINES_FOLDER=/mnt MACHINES_RUN=$$
setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child=KILL --mount-proc bash -c "$inside" alone "$@" &
child=$!
trap 'kill -KILL "$child" 2>/dev/null' INT TERM
wait "$child"
status=$?
trap - INT TERM
wait "$child" 2>/dev/null
# Some processes end a moment after the first one of their namespace.
for _ in 1 2 3 4 5; do
  tidy
  [ -z "$(find /sys/fs/cgroup -maxdepth 4 -type d -name "dataapp-machine.$$.*" -print -quit 2>/dev/null)" ] && break
  sleep 1
done
exit "$status"
