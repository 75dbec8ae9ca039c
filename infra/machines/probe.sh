#!/bin/bash
# Whether this kernel, and whoever fences this machine in, permit what the machines of the test are made of. Says what it does not; run by alone.sh.
set -uo pipefail

permits() {
  local what=$1 said
  shift
  if ! said=$("$@" 2>&1); then
    echo "$what is not permitted here: ${said:0:300}"
    exit 1
  fi
}

layer() {
  mkdir -p /mnt/probe/{lower,upper,work,root} &&
    mount -t overlay overlay -o lowerdir=/mnt/probe/lower,upperdir=/mnt/probe/upper,workdir=/mnt/probe/work /mnt/probe/root &&
    umount /mnt/probe/root
}

filter() {
  ip netns exec probe nft -f - <<<'table ip probe { chain forward { type filter hook forward priority 0; policy drop; ct state established accept; }; }'
}

permits 'a network namespace' ip netns add probe
permits 'a cable between namespaces' ip link add probe0 netns probe type veth peer name probe1 netns probe
permits 'a router' ip netns exec probe sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.probe0.proxy_arp=1
permits 'a packet filter' filter
permits 'a layered root' layer
ip netns delete probe
