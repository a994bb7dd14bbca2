"""A server that is asked to stop sends the answers it has begun, and ends without a complaint."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from app.stopping import hand_over

PATIENCE_S = 60
SERVER = """
import sys, time
from pathlib import Path
from waitress import create_server
from app.stopping import hand_over, leave_when_asked

def app(environ, begin):
    Path(sys.argv[1]).touch()
    time.sleep(0.5)
    begin("200 OK", [("Content-Length", "5")])
    return [b"saved"]

channels = {}
server = create_server(app, map=channels, host="127.0.0.1", port=0, threads=2)
print(server.effective_port, flush=True)
leave_when_asked()
server.run()
hand_over(channels)
server.close()
"""


def test_a_server_that_is_asked_to_stop_answers_what_it_has_begun(tmp_path):
    begun = tmp_path / "begun"
    command = [sys.executable, "-c", SERVER, str(begun)]
    root = Path(__file__).resolve().parents[3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            while not begun.exists():
                threading.Event().wait(0.01)
            os.kill(process.pid, signal.SIGTERM)
            found = b""
            while part := client.recv(1_000):
                found += part
        assert found.endswith(b"saved")
        assert process.wait(PATIENCE_S) == 0


def test_nobody_waits_for_a_client_that_has_gone():
    class Gone:
        total_outbufs_len, connected = 10, False

    hand_over({1: Gone(), 2: object()})
