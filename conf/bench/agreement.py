#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `nameplate bench` against openssl s_time and h2load on one nginx, by turns.

    conf/bench/agreement.py [--rounds N] [--seconds S]

The loads are the same when an operation costs the server the same: instructions, which valgrind
counts and which repeat, and CPU time, which also depends on how busy a load keeps the server: one
that often has to be woken up pays for that.

Wants nginx, openssl, h2load and valgrind (apt-get install nginx-light openssl nghttp2-client
valgrind), two cores, and `swift build -c release`.
"""
import argparse
import glob
import json
import os
import re
import statistics
import subprocess
import time

import rig

NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; keepalive_requests 1000000000;
    server {{
        listen 127.0.0.1:{port} ssl backlog=1024;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_certificate {folder}/chain.pem; ssl_certificate_key {folder}/key.pem;
        root {folder};
    }}
}}
"""
SUITE13 = "TLS_AES_128_GCM_SHA256"
SUITE12 = "ECDHE-ECDSA-AES128-GCM-SHA256"
MADE = r"(\d+) connections in \d+ real"
SUCCEEDED = r"(\d+) succeeded"


def prepare(folder):
    """Writes what the server serves."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-subj", "/CN=bench.test", "-days", "2", "-keyout", f"{folder}/key.pem",
         "-out", f"{folder}/chain.pem"], check=True, capture_output=True)
    with open(f"{folder}/small", "w") as file:
        file.write("x" * 20)
    with open(f"{folder}/big", "wb") as file:
        file.write(os.urandom(10 << 20))


def start_server(programs, folder, *under):
    """Starts nginx, as an argument of `under` if there is one."""
    port = rig.free_port()
    with open(f"{folder}/nginx.conf", "w") as file:
        file.write(NGINX.format(folder=folder, port=port))
    server = programs.start(
        [*under, "nginx", "-c", f"{folder}/nginx.conf", "-e", f"{folder}/nginx-error.log"],
        port, {0})
    return server, f"127.0.0.1:{port}"


def rows(target, seconds, requests):
    """Name, options of ours, the other program's command, and where it says how many it made."""
    def s_time(*options):
        return ["openssl", "s_time", "-connect", target, "-time", str(seconds), *options]

    def h2load(connections, count, path):
        return ["h2load", "--h1", "-c", str(connections), "-n", str(count),
                f"https://{target}{path}"]

    # s_time connects again before the server has seen the end of the last connection; ours waits
    # for that end, so it takes two connections to keep the server as busy.
    made = ["--connections", "2", "--duration", f"{seconds}s"]
    in13 = [*made, "--tls", "1.3", "--ciphers", SUITE13]
    in12 = [*made, "--tls", "1.2", "--ciphers", SUITE12]
    return [
        ("full, TLS 1.3", in13, s_time("-new", "-ciphersuites", SUITE13), MADE),
        ("full, TLS 1.2", in12, s_time("-new", "-tls1_2", "-cipher", SUITE12), MADE),
        ("resumed, TLS 1.2", [*in12, "--resume"],
         s_time("-reuse", "-tls1_2", "-cipher", SUITE12), MADE),
        ("full and a GET, TLS 1.3", [*in13, "--request", "/small"],
         s_time("-new", "-ciphersuites", SUITE13, "-www", "/small"), MADE),
        ("resumed and a GET, TLS 1.3", [*in13, "--request", "/small", "--resume"],
         s_time("-reuse", "-ciphersuites", SUITE13, "-www", "/small"), MADE),
        ("kept connections, 20 bytes",
         ["--connections", "32", "--count", str(requests), "--keep-alive", "/small"],
         h2load(32, requests, "/small"), SUCCEEDED),
        ("kept connections, 10 MiB",
         ["--connections", "4", "--count", str(requests // 500), "--keep-alive", "/big"],
         h2load(4, requests // 500, "/big"), SUCCEEDED),
    ]


def run(command, count):
    """How many operations a load made."""
    with rig.pinned({1}):
        result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    made = count(result.stdout)
    if not made:
        raise rig.Failed(f"{' '.join(command)} made nothing:\n{result.stdout}{result.stderr}")
    return made


def microseconds(server, command, count):
    """The server's CPU time for an operation."""
    before = rig.cpu_seconds(server.pid)
    made = run(command, count)
    time.sleep(0.05)
    return (rig.cpu_seconds(server.pid) - before) / made * 1e6


def instructions(server, folder, command, count):
    """The server's instructions for an operation, without the kernel's."""
    run(command, count)     # What happens only once, and the code is translated.
    control(server, "--zero")
    made = run(command, count)
    control(server, "--dump")
    dumps = sorted(glob.glob(f"{folder}/calls.*"), key=os.path.getmtime)
    with open(dumps[-1]) as file:
        return int(re.search(r"^totals: (\d+)", file.read(), re.M)[1]) / made


def control(server, order):
    subprocess.run(["callgrind_control", order, str(server.pid)], check=True, capture_output=True)
    time.sleep(0.5)


def completed(output):
    return json.loads(output)["targets"][0]["rounds"][0]["completed"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    print(f"{'for the server':28}{'instructions':>14}{'ratio':>8}{'CPU us':>10}{'ratio':>8}"
          "  in the rounds")
    with rig.temporary_folder() as folder, rig.Programs(folder) as programs:
        prepare(folder)
        plain = start_server(programs, folder)
        counted = start_server(
            programs, folder, "valgrind", "--tool=callgrind",
            f"--callgrind-out-file={folder}/calls")
        # Under valgrind everything takes fifty times as long.
        for plain_row, counted_row in zip(
                rows(plain[1], options.seconds, 20000 * options.seconds),
                rows(counted[1], 4, 4000)):
            counts = [instructions(counted[0], folder, *load)
                      for load in loads(counted[1], counted_row)]
            pairs = [[microseconds(plain[0], *load) for load in loads(plain[1], plain_row)]
                     for _ in range(options.rounds)]
            first, second = (statistics.median(column) for column in zip(*pairs))
            ratios = sorted(a / b for a, b in pairs)
            print(f"{plain_row[0]:28}{counts[0]:14,.0f}{counts[0] / counts[1]:8.3f}{first:10.1f}"
                  f"{first / second:8.2f}  {ratios[0]:.2f} … {ratios[-1]:.2f}", flush=True)


def loads(target, row):
    """Ours and the other: the command, and how to see what it made."""
    _, ours, other, pattern = row
    bench = [rig.BINARY, "bench", "handshake", target, "--sni", "", "--json", "--warmup", "0s",
             *ours]
    return [(bench, completed), (other, lambda text: int(re.search(pattern, text)[1]))]


if __name__ == "__main__":
    main()
