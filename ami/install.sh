#!/bin/bash
# From a plain machine to one that can become a tier: Node, ClickHouse, the CloudWatch agent, our programs and units.
# The image (ami/image.pkr.hcl) and the first boot of a plain machine run this same script. Safe to run again: what is there stays.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
node_major=24
clickhouse_version=25.8

say() { echo "dataapp install: $*"; }

# Again every 5 seconds until it works, not longer than so many seconds.
try() {
  local until=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    if [ "$SECONDS" -ge "$until" ]; then
      say "gave up on: $what" >&2
      return 1
    fi
    sleep 5
  done
}

has() { command -v "$1" >/dev/null 2>&1; }

node_is_right() { has node && [ "$(node --version | sed 's/^v\([0-9]*\).*/\1/')" -ge "$1" ]; }

# Amazon Linux 2023 has its own packages of Node by major version, jq, and the agent.
install_packages() {
  local wanted=()
  node_is_right "$node_major" || wanted+=("nodejs$node_major")
  has jq || wanted+=(jq)
  has logrotate || wanted+=(logrotate)
  has openssl || wanted+=(openssl)
  has mkfs.xfs || wanted+=(xfsprogs)
  [ -x /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl ] || wanted+=(amazon-cloudwatch-agent)
  if [ "${#wanted[@]}" -gt 0 ]; then
    say "installing ${wanted[*]}"
    try 300 'installing packages' dnf install -y -q "${wanted[@]}"
  fi
  if ! node_is_right "$node_major" && has "node-$node_major"; then
    alternatives --set node "$(command -v "node-$node_major")"
  fi
}

install_clickhouse() {
  has clickhouse-server && return
  say "installing ClickHouse $clickhouse_version"
  cat >/etc/yum.repos.d/clickhouse.repo <<'REPO'
[clickhouse-stable]
name=ClickHouse
baseurl=https://packages.clickhouse.com/rpm/stable/
gpgcheck=0
repo_gpgcheck=1
gpgkey=https://packages.clickhouse.com/rpm/stable/repodata/repomd.xml.key
enabled=1
REPO
  try 300 'installing ClickHouse' dnf install -y -q "clickhouse-server-$clickhouse_version*" "clickhouse-client-$clickhouse_version*"
  systemctl disable --now clickhouse-server 2>/dev/null || true
}

# Certificates of RDS, so that the settings database can prove who it is.
install_certificates() {
  local bundle=/etc/dataapp/rds-ca.pem
  [ -s "$bundle" ] && return
  say 'fetching the certificates of RDS'
  try 120 'fetching the certificates of RDS' curl -fsS --max-time 30 -o "$bundle.new" \
    https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
  mv "$bundle.new" "$bundle"
}

make_user() {
  id dataapp >/dev/null 2>&1 || useradd --system --home-dir /var/lib/dataapp --shell /sbin/nologin dataapp
  install -d -m 0755 /etc/dataapp /opt/dataapp/releases /var/lib/dataapp
  install -d -m 0750 -o dataapp -g dataapp /var/lib/dataapp/home /var/lib/dataapp/sources /var/log/dataapp
}

install_programs() {
  install -m 0755 "$here"/scripts/* /usr/local/bin/
  install -m 0644 "$here"/units/*.service "$here"/units/*.timer /etc/systemd/system/
  install -D -m 0644 "$here"/clickhouse/dataapp.xml /etc/clickhouse-server/config.d/dataapp.xml
  install -D -m 0644 "$here"/clickhouse/dataapp-users.xml /etc/clickhouse-server/users.d/dataapp.xml
  install -D -m 0644 "$here"/clickhouse/clickhouse-server.conf /etc/systemd/system/clickhouse-server.service.d/dataapp.conf
  install -D -m 0644 "$here"/cloudwatch/agent.json /etc/dataapp/cloudwatch-agent.json
  install -D -m 0644 "$here"/cloudwatch/prometheus.yaml /etc/dataapp/prometheus.yaml
  install -D -m 0644 "$here"/logrotate.conf /etc/logrotate.d/dataapp
  systemctl daemon-reload
}

if [ "$(id -u)" != 0 ]; then
  say 'must run as root' >&2
  exit 1
fi
make_user
install_packages
install_clickhouse
install_certificates
install_programs
say 'done'
