# SPDX-License-Identifier: Apache-2.0
"""The rows of the comparison: how each is measured, and what it is to reach."""
import concurrent.futures
import dataclasses
import json
from statistics import median

import rig
from bench import LOAD_CORE, SERVER_CORE, progress
from servers import HOT

STREAMS = "--max-concurrent-streams=32"


@dataclasses.dataclass
class Row:
    """What was measured: figures of each round by server, lower is better unless `goal` is a floor.

    `judged` says what `goal` is held against: the ratio to the best "peer", or our figure's
    "own" median.
    """
    work: str
    unit: str
    goal: float
    values: dict
    judged: str = "peer"
    at_least: bool = False
    excluded: tuple = ()
    note: str = ""


def alternate(bench, targets, measure, rounds=None):
    """Figures of each round by server; who goes first changes with each round."""
    names = list(targets)
    values = {name: [] for name in names}
    for number in range(rounds or bench.options.rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            values[name].append(measure(targets[name]))
            progress(f"round {number + 1}, {name}: {values[name][-1]:.3g}")
    return values


def cpu(bench, *options, **settings):
    """Measures microseconds of the server's CPU for each operation."""
    return lambda served: bench.load(served, *options, **settings)["server_cpu_us"]


def handshakes(work, goal, certificates, *options):
    def row(bench):
        targets = bench.servers(certificates)
        values = alternate(bench, targets, cpu(bench, "--sni", HOT, *options))
        return [Row(work, "µs", goal, values)]
    return row


def resumed(work, goal, version):
    def row(bench):
        notes = set()

        def measure(served):
            figures = bench.load(served, "--sni", HOT, "--tls", version, "--resume")
            share = figures["resumed"] / figures["handshakes"]
            if share < 0.9:
                notes.add(f"{served.name} resumed {share:.0%}")
            return figures["server_cpu_us"]

        values = alternate(bench, bench.servers("p256"), measure)
        return [Row(work, "µs", goal, values, note=", ".join(sorted(notes)))]
    return row


def keep_alive(bench):
    targets = bench.servers("p256")
    for served in targets.values():
        bench.expect(served, "/", 20)
    values = alternate(bench, targets, cpu(bench, "--sni", HOT, "--keep-alive", "/"))
    return [Row("proxied keep-alive request, 20-byte body", "µs", 0.80, values,
                excluded=("hitch",), note="hitch passes bytes on, reads no requests")]


def body(bench):
    targets = bench.servers("p256")
    for served in targets.values():
        bench.expect(served, "/10MiB", 10 << 20)
    measure = cpu(bench, "--sni", HOT, "--keep-alive", "/10MiB", "--connections", "8")
    values = alternate(bench, targets, lambda served: measure(served) / 1000)
    return [Row("proxied 10 MiB body", "ms", 0.90, values, excluded=("caddy",),
                note="the best peer of those that use libssl")]


def keep_alive_http2(bench):
    targets = bench.servers("p256", http2=True)
    for served in targets.values():
        bench.expect(served, "/", 20)
    values = alternate(bench, targets,
                       lambda served: bench.h2load(served, "/", "--clients=8", STREAMS))
    return [Row("proxied HTTP/2 request, 32 streams, 20-byte body", "µs", 0.80, values)]


def body_http2(bench):
    targets = bench.servers("p256", http2=True)
    for served in targets.values():
        bench.expect(served, "/1MiB", 1 << 20)
    values = alternate(bench, targets,
                       lambda served: bench.h2load(served, "/1MiB", "--clients=4",
                                                   "--max-concurrent-streams=8"))
    return [Row("proxied HTTP/2 body of 1 MiB", "µs", 0.90, values)]


def floor(bench):
    """Handshakes over sockets against those in process: a ratio for each server."""
    full = cpu(bench, "--sni", HOT, "--tls", "1.3")
    values = alternate(bench, {"floor": None, **bench.servers("p256")},
                       lambda served: full(served) if served else floor_cpu(bench))
    floors = values.pop("floor")
    ratios = {name: ratio(figures, floors) for name, figures in values.items()}
    return [Row("full TLS 1.3 handshake / in-process floor", "×", 1.35, ratios, judged="own")]


def floor_cpu(bench):
    """Microseconds of CPU for a full handshake in process.

    The load's core is as busy with the same: cores that share a pipeline slow each other down.
    """
    with concurrent.futures.ThreadPoolExecutor(2) as two:
        reports = two.map(lambda core: in_process(bench, {core}), (SERVER_CORE, LOAD_CORE))
    return list(reports)[0]["cpu_us"]


def in_process(bench, cores, threads=1):
    """What `nameplate bench floor` says of a full handshake."""
    command = [bench.options.binary, "bench", "floor", "--json", "--rounds", "1",
               "--duration", "300ms", "--threads", str(threads)]
    return json.loads(bench.run(command, cores))["rows"][0]


def many(bench):
    """A random one of many certificates against one of them, and the first visit of each."""
    targets = bench.servers("many")
    sweep = {name: bench.measure(served, *every_name(served))["server_cpu_us"]
             for name, served in targets.items()}
    hot, spread = {name: [] for name in targets}, {name: [] for name in targets}

    def measure(served):
        hot[served.name].append(
            bench.load(served, "--sni", served.names[0], "--tls", "1.3")["server_cpu_us"])
        return bench.load(served, "--sni-file", served.names_file, "--tls", "1.3",
                          "--sni-order", "random")["server_cpu_us"]

    spread = alternate(bench, targets, measure)
    count = len(next(iter(targets.values())).names)
    return [
        Row(f"random of {count:,} certificates / own hot", "×", 1.10,
            {name: ratio(spread[name], hot[name]) for name in targets}, judged="own"),
        Row("first visit of each of them / own hot", "×", None,
            {name: [sweep[name] / median(hot[name])] for name in targets}, judged="own"),
    ]


def every_name(served):
    return ("--sni-file", served.names_file, "--sni-order", "sequential", "--count",
            str(len(served.names)), "--warmup", "0s", "--tls", "1.3")


def idle(what, goal, http2=False):
    """Memory of connections that wait after one request, on servers that were just started."""
    def row(bench):
        bench.stop_group()
        count = bench.options.connections
        visit = bench.visit_http2 if http2 else bench.visit

        def measure(name):
            served, _ = bench.start(name, "p256", http2=http2)
            for _ in range(100):
                visit(served).close()
            rig.settle(served.pid)
            before = rig.memory_kib(served.pid)
            with concurrent.futures.ThreadPoolExecutor(8) as several:
                held = list(several.map(visit, [served] * count))
            rig.settle(served.pid)
            each = (rig.memory_kib(served.pid) - before) / count
            for connection in held:
                connection.close()
            bench.stop(served)
            return each

        values = alternate(bench, {name: name for name in bench.names(http2)}, measure,
                           rounds=few(bench))
        return [Row(f"memory of an idle {what}, of {count:,}", "KiB", goal, values, judged="own")]
    return row


def start(bench):
    """From exec to a handshake with many certificates, and what each of them takes in memory."""
    bench.stop_group()
    loaded, visited = {}, {}

    def measure(name):
        one, _ = bench.start(name, "p256")
        served, taken = bench.start(name, "many")
        others = len(served.names) - 1
        each = (memory(served) - memory(one)) / others
        loaded.setdefault(name, []).append(each)
        # What any traffic takes comes first, so that the visits' part is left.
        bench.load(served, "--sni", served.names[0], "--tls", "1.3")
        before = memory(served)
        bench.measure(served, *every_name(served))
        visited.setdefault(name, []).append(each + (memory(served) - before) / others)
        bench.stop(one, served)
        return taken

    taken = alternate(bench, {name: name for name in bench.options.servers}, measure,
                      rounds=few(bench))
    count = bench.options.certificates
    return [Row(f"{count:,} certificates: exec to first handshake", "s", 0.5, taken, judged="own"),
            Row("memory of each, loaded", "KiB", 3, loaded, judged="own"),
            Row("memory of each, all visited", "KiB", 3, visited, judged="own")]


def memory(served):
    rig.settle(served.pid)
    return rig.memory_kib(served.pid)


def refusals(bench):
    """A name that was denied before, against a handshake of the same Nameplate."""
    bench.stop_group()
    served, _ = bench.start("nameplate", "p256", on_demand=True)
    denied = "denied.customer.test"
    bench.shakes_hands(served.port, denied)

    full = cpu(bench, "--sni", HOT, "--tls", "1.3")
    refused = cpu(bench, "--sni", denied, "--tls", "1.3", "--refused")
    values = alternate(bench, {"nameplate": served},
                       lambda served: refused(served) / full(served))
    bench.stop(served)
    return [Row("refusing a name in memory / own full handshake", "×", 0.25, values,
                judged="own")]


def loops(bench):
    """Two loops of one process on two cores, against two processes with a loop each.

    The load is on the same two cores in both cases, so that what is left is what loops share.
    """
    bench.stop_group()
    both = frozenset({SERVER_CORE, LOAD_CORE})
    two, _ = bench.start("nameplate", "p256", cores=both, loops=2)
    apart = [bench.start("nameplate", "p256", cores={core})[0] for core in both]
    values = alternate(bench, {"together": [two, two], "apart": apart},
                       lambda pair: cpu_of_both(bench, pair))
    bench.stop(two, *apart)
    in_floor = alternate(bench, {"nameplate": 2},
                         lambda threads: in_process(bench, both, threads)["scaling"])
    return [Row("handshakes of two loops / of one", "×", 1.9, twice(values), judged="own",
                at_least=True, note="twice the CPU time of one of two processes to that of two "
                "loops in one, the load on the same cores"),
            Row("in-process floor, two threads / one", "×", None, in_floor, judged="own",
                at_least=True)]


def cpu_of_both(bench, pair):
    """Microseconds of CPU for a handshake, with two loads at once."""
    def load(served):
        return bench.load(served, "--sni", HOT, "--tls", "1.3", warmup="0s",
                          cores={SERVER_CORE, LOAD_CORE})["completed"]

    def spent():
        return sum(rig.cpu_seconds(pid) for pid in {served.pid for served in pair})

    before = spent()
    with concurrent.futures.ThreadPoolExecutor(2) as two:
        completed = sum(two.map(load, pair))
    return (spent() - before) / completed * 1e6


def twice(values):
    return {"nameplate": [2 * share for share in ratio(values["apart"], values["together"])]}


def few(bench):
    """Rounds for what hardly varies and takes long."""
    return min(3, bench.options.rounds)


def ratio(left, right):
    return [one / other for one, other in zip(left, right)]


ROWS = {
    "full": handshakes("full TLS 1.3 handshake, P-256, X25519", 0.70, "p256", "--tls", "1.3"),
    # The row above has clients that leave at once, to whom Nameplate gives no ticket; these get one.
    "visit": handshakes("full TLS 1.3 handshake and a request", None, "p256", "--tls", "1.3",
                        "--request", "/"),
    "floor": floor,
    "full12": handshakes("full TLS 1.2 handshake, P-256", 0.80, "p256", "--tls", "1.2"),
    "resumed": resumed("resumed TLS 1.3 handshake", 0.75, "1.3"),
    "resumed12": resumed("resumed TLS 1.2 handshake", 0.75, "1.2"),
    "keep-alive": keep_alive,
    "body": body,
    "keep-alive-2": keep_alive_http2,
    "body-2": body_http2,
    "rsa": handshakes("full TLS 1.3 handshake, RSA 2048", 0.80, "rsa", "--tls", "1.3"),
    "many": many,
    "idle": idle("connection", 10),
    "idle-2": idle("HTTP/2 connection", 20, http2=True),
    "start": start,
    "refusals": refusals,
    "loops": loops,
}
