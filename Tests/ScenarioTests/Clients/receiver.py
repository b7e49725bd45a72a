# SPDX-License-Identifier: Apache-2.0
"""A webhook's receiver that fails at first, and then at random: `receiver.py PORT SEED`.

One line of JSON on standard output for each message: its event, its delivery, whether its signature is
right under SECRET, and what became of it. The same delivery fails twice at most: the schedule's later
attempts are too far apart to wait for.
"""
import collections
import hashlib
import hmac
import http.server
import json
import os
import random
import sys
import threading

chance = random.Random(int(sys.argv[2]))
secret = None
failures = collections.Counter()
lock = threading.Lock()


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        """The secret that signatures are checked with."""
        global secret
        secret = self.body()
        self.answer(200)

    def do_POST(self):
        body = self.body()
        event = json.loads(body)["id"]
        delivery = self.headers["Nameplate-Delivery"]
        with lock:
            fails = not failures or chance.random() < 0.4 and failures[delivery] < 2
            outcome = chance.choice(["500", "302", "close", "half"]) if fails else "200"
            failures[delivery] += fails
            said = {
                "event": event, "delivery": delivery, "outcome": outcome,
                "header": self.headers["Nameplate-Event"], "path": self.path,
                "signed": self.is_signed(body),
            }
            os.write(1, (json.dumps(said) + "\n").encode())
        if outcome == "close":
            self.close_connection = True
        elif outcome == "half":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
            self.close_connection = True
        else:
            self.answer(int(outcome))

    def is_signed(self, body):
        if secret is None:
            return None
        parts = dict(part.split("=") for part in self.headers["Nameplate-Signature"].split(","))
        expected = hmac.new(secret, f"{parts['t']}.".encode() + body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, parts["v1"])

    def body(self):
        return self.rfile.read(int(self.headers["Content-Length"]))

    def answer(self, status):
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        pass  # A sender that was killed.


Server(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
