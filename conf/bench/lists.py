#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What lists over many domains cost: time by page, and the memory of the edge.

    swift build -c release
    conf/bench/lists.py [--domains 100000] [--versions 1000]

Needs openssl. Registers domains by the API, one in a thousand with a reference, and uploads certificates
which serve nothing. The edge is started anew before it is asked: what is resident then is for lists alone.
Lists with cursors are followed to their end, and have to be whole; of those with numbered pages three
are read, and their total has to be right.
"""
import argparse
import concurrent.futures
import http.client
import json
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

sys.dont_write_bytecode = True

from rig import BINARY, Programs, free_port, temporary_folder

SECRET = "a-secret-of-the-benchmark"


class API:
    """Requests, over a connection for each thread."""

    def __init__(self, port):
        self.port, self.local = port, threading.local()

    def __call__(self, method, path, body=None):
        if not hasattr(self.local, "connection"):
            self.local.connection = http.client.HTTPConnection("127.0.0.1", self.port)
        fields = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"}
        self.local.connection.request(
            method, path, None if body is None else json.dumps(body), fields)
        answer = self.local.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:300]}")
        return json.loads(text)


class Bench:
    def __init__(self, options, folder, programs):
        self.options, self.folder, self.programs = options, folder, programs
        self.port = free_port()
        self.api = API(self.port)

    def prepare(self):
        with open(f"{self.folder}/nameplate.json5", "w") as file:
            json.dump({
                "application_url": "http://127.0.0.1:9",
                "cname_target": "edge.saas.test",
                "listen": {"https": [f"127.0.0.1:{free_port()}"],
                           "http": [f"127.0.0.1:{free_port()}"]},
                "storage": {"file": f"{self.folder}/store"},
                "issuers": [{"internal": {}}],
                "management": {
                    "listen": f"127.0.0.1:{self.port}",
                    "clients": [{"application_id": "bench", "client_secret": SECRET,
                                 "scopes": ["read", "write"]}]},
            }, file)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "90", "-subj", "/CN=a.customer.test", "-addext",
             "subjectAltName=DNS:a.customer.test", "-keyout", f"{self.folder}/key.pem",
             "-out", f"{self.folder}/cert.pem"], check=True, stderr=subprocess.DEVNULL)

    def start(self):
        self.edge = self.programs.start(
            [self.options.binary, "run", "--config", f"{self.folder}/nameplate.json5"], self.port)

    def resident(self, what):
        """`VmHWM` is the most that was ever resident, `VmRSS` what is now; in MiB."""
        with open(f"/proc/{self.edge.pid}/status") as file:
            line = next(line for line in file if line.startswith(what))
        return int(line.split()[1]) / 1024

    def fill(self):
        def register(number):
            body = {"name": f"shop{number}.customer.test"}
            if number % 1000 == 0:
                body["client_reference"] = "tenant 7"
            self.api("POST", "/edge/v1/domains", body)

        def upload(_):
            self.api("POST", "/edge/v1/versions", {
                "certificate": certificate, "private_key": key, "activation": "sites"})

        with open(f"{self.folder}/cert.pem") as file:
            certificate = file.read()
        with open(f"{self.folder}/key.pem") as file:
            key = file.read()
        start = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(register, range(self.options.domains)))
            list(pool.map(upload, range(self.options.versions)))
        print(f"{self.options.domains} domains and {self.options.versions} certificates made in "
              f"{time.monotonic() - start:.0f} s")

    def follow(self, path, **query):
        """Every object of a list of the native API, page by page."""
        ids, times, after = [], [], None
        while True:
            page = {**query, "limit": 500, **({"after": after} if after else {})}
            begin = time.monotonic()
            answer = self.api("GET", f"/edge/v1/{path}?{urllib.parse.urlencode(page)}")
            times.append((time.monotonic() - begin) * 1000)
            ids += [element["id"] for element in answer["data"]]
            after = answer.get("next")
            if not after:
                return ids, times

    def report(self, path, expected, **query):
        ids, times = self.follow(path, **query)
        what = " ".join([path, *(f"{name}={value}" for name, value in query.items())])
        if len(ids) != expected or len(set(ids)) != expected:
            raise SystemExit(f"{what}: {len(set(ids))} of {expected}, {len(ids)} in all")
        self.say(what, expected, times)

    def numbered(self, what, path, total, find):
        """The first, the middle and the last page of a list with numbered pages."""
        times = []
        for page in (0, 500, 999):
            begin = time.monotonic()
            answer = self.api("GET", path.format(page=page))
            times.append((time.monotonic() - begin) * 1000)
            if find(answer) != total:
                raise SystemExit(f"{what}: {find(answer)} of {total}")
        self.say(what, total, times)

    def say(self, what, count, times):
        print(f"{what}: {count} in {len(times)} pages, {statistics.median(times):.1f} ms each at "
              f"the median, {max(times):.1f} at most; resident {self.resident('VmRSS'):.1f} MiB")


def run(options):
    with temporary_folder() as folder, Programs(folder) as programs:
        bench = Bench(options, folder, programs)
        bench.prepare()
        bench.start()
        bench.fill()
        programs.stop(bench.edge)
        bench.start()
        print(f"started anew: {bench.resident('VmRSS'):.1f} MiB")
        bench.report("domains", options.domains)
        bench.report("domains", (options.domains + 999) // 1000, client_reference="tenant 7")
        bench.report("domains", options.domains, state="registered")
        bench.report("domains", 0, state="secured")
        bench.report("versions", options.versions, expires_before="2999-01-01T00:00:00Z")
        bench.report("versions", 0, expires_before="2020-01-01T00:00:00Z")
        bench.report("certificates", options.versions, expires_before="2999-01-01T00:00:00Z")
        bench.numbered(
            "Entri's /ssl", "/ssl?size=100&page={page}", options.domains,
            lambda answer: answer["total"])
        bench.numbered(
            "Entri's /ssl?status=inactive", "/ssl?size=100&status=inactive&page={page}",
            options.domains, lambda answer: answer["total"])
        print(f"at most resident: {bench.resident('VmHWM'):.1f} MiB")


arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
arguments.add_argument("--binary", default=BINARY)
arguments.add_argument("--domains", type=int, default=100_000)
arguments.add_argument("--versions", type=int, default=1_000)
run(arguments.parse_args())
