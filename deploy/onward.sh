#!/bin/sh
# Runs an onward command with the settings of the services. Install as /usr/local/bin/onward and use it as the service's
# user: sudo -u onward onward status
set -a
. /etc/onward/onward.env
set +a
cd /var/lib/onward || exit 1
exec /opt/onward/.venv/bin/onward "$@"
