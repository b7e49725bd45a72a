#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPU time of a proxied keep-alive request: Nameplate and nginx, in alternating rounds.

    swift build -c release
    conf/bench/proxy.py [--rounds 5] [--seconds 5] [--connections 32]

Needs wrk, nginx and openssl. The proxy has one loop (nginx: one worker) and processor 0 to itself;
wrk and the application share processor 1. CPU time is the proxy's own, user and system with its
children's, from /proc/PID/stat. Prints microseconds per request of each round, the medians and
their ratio.
"""
import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
NAME = "bench.customer.test"
TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, program):
    for _ in range(400):
        if program.poll() is not None:
            raise SystemExit(f"{program.args[3]} ended with {program.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise SystemExit(f"nothing listens at port {port}")


def processes(pid):
    """The process and all its descendants."""
    found = [pid]
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            for child in file.read().split():
                found += processes(int(child))
    return found


def cpu_seconds(pid):
    ticks = 0
    for each in processes(pid):
        with open(f"/proc/{each}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICK


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder, self.programs = options, folder, []
        self.origin_port = free_port()

    def start(self, core, port, arguments):
        log = open(os.path.join(self.folder, f"{len(self.programs)}.log"), "wb")
        program = subprocess.Popen(["taskset", "-c", str(core), *arguments],
                                   cwd=self.folder, stdout=log, stderr=log)
        self.programs.append(program)
        wait_for(port, program)
        return program

    def stop(self):
        for program in reversed(self.programs):
            program.terminate()
            try:
                program.wait(5)
            except subprocess.TimeoutExpired:
                program.kill()

    def nginx(self, core, port, template):
        with open(os.path.join(HERE, template)) as file:
            text = file.read().replace("@ORIGIN_PORT@", str(self.origin_port))
        path = os.path.join(self.folder, template)
        with open(path, "w") as file:
            file.write(text.replace("@PROXY_PORT@", str(port)))
        for folder in re.findall(r"tmp-\w+/\w+", text):
            os.makedirs(os.path.join(self.folder, folder), exist_ok=True)
        return self.start(core, port, ["nginx", "-p", self.folder, "-c", path])

    def nameplate(self, core, port):
        path = os.path.join(self.folder, "nameplate.json5")
        with open(path, "w") as file:
            json.dump({
                "application_url": f"http://127.0.0.1:{self.origin_port}",
                "cname_target": "edge.saas.test",
                "listen": {"https": [f"127.0.0.1:{port}"], "http": [], "loops": 1},
                "storage": {"file": os.path.join(self.folder, "store")},
                # wrk sends an address for a name, which the default certificate answers.
                "certificates": [{"chain": os.path.join(self.folder, "cert.pem"),
                                  "key": os.path.join(self.folder, "key.pem"), "default": True}],
                "on_demand": {"enabled": False},
            }, file)
        return self.start(core, port, [self.options.binary, "run", "--config", path])

    def load(self, port, seconds):
        """Requests served in that time."""
        done = subprocess.run(
            ["taskset", "-c", "1", "wrk", "-t", "1", "-c", str(self.options.connections),
             "-d", f"{seconds}s", "-H", f"Host: {NAME}", f"https://127.0.0.1:{port}/"],
            capture_output=True, text=True, check=True, cwd=self.folder)
        if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
            raise SystemExit(done.stdout)
        return int(re.search(r"(\d+) requests in", done.stdout)[1])

    def round(self, program, port):
        """Microseconds of CPU per request, and requests a second."""
        before = cpu_seconds(program.pid)
        requests = self.load(port, self.options.seconds)
        spent = cpu_seconds(program.pid) - before
        return spent / requests * 1e6, requests / self.options.seconds


def run(options, folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
         "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=folder, check=True, stderr=subprocess.DEVNULL)
    bench = Bench(options, folder)
    try:
        bench.nginx(1, bench.origin_port, "nginx-origin.conf")
        peers = {}
        for name in options.peers.split(","):
            port = free_port()
            peers[name] = (bench.nameplate(0, port) if name == "nameplate"
                           else bench.nginx(0, port, "nginx-proxy.conf"), port)
            bench.load(port, 1)
        costs = {name: [] for name in peers}
        for number in range(options.rounds):
            for name, (program, port) in peers.items():
                cost, rate = bench.round(program, port)
                costs[name].append(cost)
                print(f"round {number + 1}: {name:9} {cost:6.1f} us of CPU a request, "
                      f"{rate:8.0f} requests/s", flush=True)
    finally:
        bench.stop()
    medians = {name: statistics.median(values) for name, values in costs.items()}
    for name, median in medians.items():
        print(f"median: {name} {median:.1f} us of CPU a request")
    if len(medians) == 2:
        print(f"ratio: {medians['nameplate'] / medians['nginx']:.2f} of nginx's")


arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
arguments.add_argument("--binary", default=os.path.join(ROOT, ".build/release/nameplate"))
arguments.add_argument("--peers", default="nameplate,nginx", help="of these two, in this order")
arguments.add_argument("--rounds", type=int, default=5)
arguments.add_argument("--seconds", type=int, default=5)
arguments.add_argument("--connections", type=int, default=32)
parsed = arguments.parse_args()
temporary = tempfile.mkdtemp(prefix="nameplate-bench-")
try:
    run(parsed, temporary)
finally:
    shutil.rmtree(temporary)
