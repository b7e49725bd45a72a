#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nameplate against nginx, HAProxy, hitch and Caddy at the same job, in alternating rounds.

    swift build -c release
    conf/bench/compare.py                           everything, about half an hour
    conf/bench/compare.py --rows full,resumed       some rows
    conf/bench/compare.py --quick                   whether it all works; the figures are rough

Installs what is missing from Debian, makes certificates (kept in .build/bench), starts each server
with one worker on core 0 and puts load on it from core 1, which the application shares. Figures are
CPU time of the server for each operation, its workers included, unless the row says otherwise:
medians of the rounds, with the bounds of their middle half. Ratios are Nameplate's figure to a
peer's in the same round. Rounds are many and short, because machines drift. Everything is on
loopback, and ends with the script.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
from statistics import median, quantiles

sys.dont_write_bytecode = True

import rig
from bench import LOAD_CORE, Bench, progress
from rows import ROWS, ratio
from servers import COMMANDS

NEEDED = {"nginx": "nginx", "haproxy": "haproxy", "hitch": "hitch", "caddy": "caddy"}
DAYS_KEPT = 30


# Preparing

def missing_packages(names):
    for name in names:
        query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", name]
        if subprocess.run(query, capture_output=True, text=True).stdout != "installed":
            yield name


def install(names):
    missing = list(missing_packages(names))
    if not missing:
        return
    print("installing", *missing, file=sys.stderr)
    root = [] if os.geteuid() == 0 else ["sudo"]
    # The programs are wanted, not the services that their packages would start (policy-rc.d(8)).
    script = """
        policy=/usr/sbin/policy-rc.d
        [ -e $policy ] || { trap "rm $policy" EXIT; printf '#!/bin/sh\\nexit 101\\n' > $policy
                            chmod +x $policy; }
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive \\
            apt-get install -qq --yes --no-install-recommends "$@" """
    subprocess.run([*root, "sh", "-c", script, "install", *missing], check=True,
                   stdout=subprocess.DEVNULL)


def certificates(folder, count):
    """The folder with the certificates for so many names, made unless it is there and fresh."""
    folder = os.path.join(os.path.abspath(folder), str(count))
    done = os.path.join(folder, "root.pem")
    if not os.path.exists(done) or rig.age_days(done) > DAYS_KEPT:
        progress(f"making {count:,} certificates")
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["/usr/bin/python3", os.path.join(rig.HERE, "certificates.py"), folder,
                        str(count)], check=True)
    return folder


# The table

def spread(values):
    """The median, with the bounds of the middle half of several."""
    if len(values) == 1:
        return number(values[0])
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return f"{number(middle)} [{number(low)}–{number(high)}]"


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def best_peer(row):
    peers = {name: median(values) for name, values in row.values.items()
             if name != "nameplate" and name not in row.excluded}
    return min(peers, key=peers.get, default=None)


def judge(row):
    """Nameplate's ratio to the best peer by round, that peer, and whether the goal is reached."""
    ours, peer = row.values.get("nameplate"), best_peer(row)
    ratios = ratio(ours, row.values[peer]) if ours and peer else None
    judged = ratios if row.judged == "peer" else ours
    if not judged or row.goal is None:
        return ratios, peer, None
    reached = median(judged) >= row.goal if row.at_least else median(judged) <= row.goal
    return ratios, peer, reached


def cells(row, names):
    ratios, peer, reached = judge(row)
    yield f"{row.work}, {row.unit}" if row.unit != "×" else row.work
    yield {None: "", True: "yes", False: "no"}[reached]
    yield "" if row.goal is None else f"{row.goal:g}"
    yield f"{spread(ratios)} {peer}" if ratios and row.unit != "×" else ""
    ours = row.values.get("nameplate")
    for name in names:
        values = row.values.get(name)
        against = f" ({median(ratio(ours, values)):.2f})" if (
            values and ours and name != "nameplate" and row.unit != "×") else ""
        yield spread(values) + against if values else "–"


def table(rows, names):
    lines = [["work", "reached", "goal", "ratio to the best peer", *names]]
    lines += [list(cells(row, names)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines)]
    text = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
            for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    notes = [f"{row.work}: {row.note}." for row in rows if row.note]
    return "\n".join(text + [""] + notes)


def as_json(rows):
    def one(row):
        ratios, peer, reached = judge(row)
        return {"work": row.work, "unit": row.unit, "goal": row.goal, "judged": row.judged,
                "values": row.values, "best_peer": peer, "ratios": ratios, "reached": reached,
                "note": row.note}
    return json.dumps({"rows": [one(row) for row in rows]}, indent=2) + "\n"


# The run

def run(options):
    install([NEEDED[name] for name in options.peers] + ["nginx", "nghttp2-client", "python3-cryptography"])
    cache = certificates(options.cache, options.certificates)
    rows, failures = [], []
    with (rig.pinned({LOAD_CORE}), rig.temporary_folder() as folder,
          rig.Programs(folder) as programs):
        bench = Bench(options, folder, cache, programs)
        try:
            for key in options.rows:
                try:
                    rows += ROWS[key](bench)
                except rig.Failed as failure:
                    failures.append(f"{key} could not be measured: {failure}")
                progress("")
        finally:
            report(options, rows, failures + bench.failures())
    return 1 if failures else 0


def report(options, rows, failures):
    print(table(rows, options.servers), *failures, sep="\n", flush=True)
    if options.json:
        with open(options.json, "w") as file:
            file.write(as_json(rows))


def names_of(known):
    def parse(text):
        names = text.split(",") if text else []
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"no {name!r}; there are {', '.join(known)}")
        return names
    return parse


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=names_of(ROWS), default=list(ROWS),
                        help="of " + ",".join(ROWS))
    parser.add_argument("--peers", type=names_of(NEEDED), default=list(NEEDED),
                        help="of " + ",".join(NEEDED))
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--seconds", type=float, default=1, help="of load in each round")
    parser.add_argument("--certificates", type=int, default=10_000, help="of the set of many")
    parser.add_argument("--connections", type=int, default=2000, help="that idle")
    parser.add_argument("--quick", action="store_true", help="one short round, few certificates")
    parser.add_argument("--json", metavar="FILE", help="write all figures there")
    parser.add_argument("--binary", default=rig.BINARY)
    parser.add_argument("--cache", default=os.path.join(rig.ROOT, ".build/bench"),
                        help="where certificates are kept between runs")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.certificates = 1, 1, 200
        options.connections = 200
    options.binary = os.path.abspath(options.binary)
    options.servers = [name for name in COMMANDS if name == "nameplate" or name in options.peers]
    if not os.access(options.binary, os.X_OK):
        parser.error(f"{options.binary} is missing: swift build -c release")
    if len(os.sched_getaffinity(0)) < 2:
        parser.error("two cores are needed, one for the servers and one for the load")
    return options


if __name__ == "__main__":
    try:
        sys.exit(run(parse_options()))
    except KeyboardInterrupt:
        raise SystemExit(130) from None
