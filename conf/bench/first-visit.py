#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Time to the first byte for domains that nobody has visited before, with pebble as the CA.

    swift build -c release
    conf/bench/first-visit.py [--visits 50] [--challenge tls-alpn-01]

Needs pebble, pebble-challtestsrv and openssl. Each visit is a new domain and a new connection; the
time is from connecting to the first byte of the application's answer, and has the DNS lookups, the
order, the validation, the certificate and the request in it. Prints the median, and the spread.
"""
import argparse
import http.server
import json
import os
import socket
import ssl
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

sys.dont_write_bytecode = True

from rig import BINARY, Programs, free_port, temporary_folder

TARGET = "edge.saas.test"


class Application(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b"hello, first visitor\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Bench:
    def __init__(self, options, folder, programs):
        self.options, self.folder, self.programs = options, folder, programs
        self.https, self.http, self.dns, self.control = (free_port() for _ in range(4))
        self.acme, self.management = free_port(), free_port()

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, port, *arguments, **environment):
        self.programs.start(arguments, port, environment=environment)

    def tell_dns(self, what, **record):
        url = f"http://127.0.0.1:{self.control}/{what}"
        urllib.request.urlopen(url, json.dumps(record).encode()).close()

    def prepare(self):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.path("key.pem"),
             "-out", self.path("cert.pem")], check=True, stderr=subprocess.DEVNULL)
        self.start(self.control, "pebble-challtestsrv", "-dns01", f"127.0.0.1:{self.dns}",
                   "-management", f"127.0.0.1:{self.control}", "-http01", "", "-https01", "",
                   "-tlsalpn01", "", "-defaultIPv6", "")
        self.tell_dns("set-default-ipv4")
        self.tell_dns("add-a", host=TARGET, addresses=["127.0.0.1"])
        with open(self.path("pebble.json"), "w") as file:
            json.dump({"pebble": {
                "listenAddress": f"127.0.0.1:{self.acme}",
                "managementListenAddress": f"127.0.0.1:{self.management}",
                "certificate": self.path("cert.pem"), "privateKey": self.path("key.pem"),
                "httpPort": self.http, "tlsPort": self.https, "ocspResponderURL": "",
                "externalAccountBindingRequired": False}}, file)
        self.start(self.acme, "pebble", "-config", file.name, "-dnsserver",
                   f"127.0.0.1:{self.dns}", "-strict=false", PEBBLE_VA_NOSLEEP="1",
                   PEBBLE_WFE_NONCEREJECT="0", PEBBLE_AUTHZREUSE="0")
        application = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Application)
        threading.Thread(target=application.serve_forever, daemon=True).start()
        with open(self.path("nameplate.json5"), "w") as file:
            json.dump({
                "application_url": f"http://127.0.0.1:{application.server_port}",
                "cname_target": TARGET,
                "listen": {"https": [f"127.0.0.1:{self.https}"],
                           "http": [f"127.0.0.1:{self.http}"]},
                "storage": {"file": self.path("store")},
                "dns": {"resolvers": [f"127.0.0.1:{self.dns}"]},
                "issuers": [{"acme": {
                    "directory": f"https://127.0.0.1:{self.acme}/dir",
                    "challenges": [self.options.challenge],
                    "trusted_roots": self.path("cert.pem")}}],
            }, file)
        self.start(self.https, self.options.binary, "run", "--config", file.name)
        trust = ssl.create_default_context(cafile=self.path("cert.pem"))
        roots = f"https://127.0.0.1:{self.management}/roots/0"
        self.roots = urllib.request.urlopen(roots, context=trust).read().decode()

    def visit(self, name):
        """Milliseconds to the first byte."""
        trust = ssl.create_default_context(cadata=self.roots)
        start = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.https)) as plain:
            with trust.wrap_socket(plain, server_hostname=name) as connection:
                connection.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
                first = connection.recv(1)
                taken = (time.monotonic() - start) * 1000
                answer = first + connection.recv(4096)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{name}: {answer!r}")
        return taken


def run(options):
    times, again = [], []
    with temporary_folder() as folder, Programs(folder) as programs:
        bench = Bench(options, folder, programs)
        bench.prepare()
        for number in range(options.visits + 1):
            name = f"shop{number}.customer.test"
            bench.tell_dns("set-cname", host=name, target=TARGET)
            times.append(bench.visit(name))
            again.append(bench.visit(name))
    # The first of all also creates the account.
    first, times = times[0], sorted(times[1:])
    print(f"first byte of a new domain ({options.challenge}): median "
          f"{statistics.median(times):.1f} ms, from {times[0]:.1f} to {times[-1]:.1f}; "
          f"{first:.1f} with the account; second visit {statistics.median(again):.1f} ms")


arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
arguments.add_argument("--binary", default=BINARY)
arguments.add_argument("--visits", type=int, default=50)
arguments.add_argument("--challenge", default="tls-alpn-01")
run(arguments.parse_args())
