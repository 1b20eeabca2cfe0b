"""For HEALTHCHECK: exits 0 when the service in this container answers /healthz."""

import os
import sys
import urllib.request

port = os.environ.get("LECTERN_METRICS_PORT", "9090")
try:
    urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=4)
except OSError as error:
    sys.exit(f"/healthz: {error}")
