# SPDX-License-Identifier: Apache-2.0
"""A run of the comparison: servers started for a set of certificates, and load put on them."""
import collections
import dataclasses
import http.client
import json
import os
import random
import re
import socket
import ssl
import subprocess
import sys
import time

import http2
import rig
import servers

SERVER_CORE, LOAD_CORE = 0, 1
FIRST_HANDSHAKE_SECONDS = 120


@dataclasses.dataclass
class Served:
    """A server that runs; its certificates' names in `names`."""
    name: str
    port: int
    program: subprocess.Popen
    names: list
    names_file: str

    @property
    def pid(self):
        return self.program.pid


class Bench:
    def __init__(self, options, folder, cache, programs):
        self.options, self.folder, self.cache, self.programs = options, folder, cache, programs
        self.jobs, self.group, self.group_key, self.failed = 0, {}, None, {}
        self.trust = ssl.create_default_context(cafile=os.path.join(cache, "root.pem"))
        self.trust_http2 = ssl.create_default_context(cafile=os.path.join(cache, "root.pem"))
        self.trust_http2.set_alpn_protocols(["h2"])
        job = self.job("p256")
        self.origin = job.origin = rig.free_port()
        programs.start(servers.origin(job), job.origin, {LOAD_CORE}, folder=job.folder)

    # Servers

    def job(self, certificates, **settings):
        self.jobs += 1
        folder = os.path.join(self.folder, str(self.jobs))
        os.mkdir(folder)
        return servers.Job(folder, os.path.join(self.cache, certificates), rig.free_port(),
                           getattr(self, "origin", 0), self.options.binary, **settings)

    def start(self, name, certificates, cores=frozenset({SERVER_CORE}), **settings):
        """A server just started, and the seconds from exec to the handshake of a random name."""
        job = self.job(certificates, **settings)
        command = servers.COMMANDS[name](job)
        chosen = random.choice(job.names())
        start = time.monotonic()
        program = self.programs.start(command, cores=cores, folder=job.folder,
                                      environment=servers.ENVIRONMENT.get(name))
        self.programs.wait(program, lambda: self.shakes_hands(job.port, chosen),
                           FIRST_HANDSHAKE_SECONDS, pause=0.002)
        taken = time.monotonic() - start
        names_file = os.path.join(job.certificates, "names")
        return Served(name, job.port, program, job.names(), names_file), taken

    def stop(self, *servers):
        self.programs.stop(*(served.program for served in servers))

    def servers(self, certificates, http2=False):
        """All servers of the comparison with this set of certificates; those of another set end."""
        if self.group_key != (certificates, http2):
            self.stop_group()
            for name in self.names(http2):
                progress(f"starting {name} with {certificates}")
                self.group[name], _ = self.start(name, certificates, http2=http2)
            self.group_key = certificates, http2
        return self.group

    def names(self, http2):
        return [name for name in self.options.servers
                if not http2 or name in servers.SPEAK_HTTP2]

    def stop_group(self):
        self.stop(*self.group.values())
        self.group, self.group_key = {}, None

    # Connections

    def connect(self, port, name):
        """A connection whose certificate was verified for that name."""
        plain = socket.create_connection(("127.0.0.1", port), timeout=10)
        try:
            return self.trust.wrap_socket(plain, server_hostname=name)
        except BaseException:
            plain.close()
            raise

    def shakes_hands(self, port, name):
        try:
            self.connect(port, name).close()
            return True
        except OSError:
            return False

    def visit(self, served):
        """A connection on which one request was answered."""
        connection = self.connect(served.port, served.names[0])
        self.fetch(connection, served.names[0], "/")
        return connection

    def expect(self, served, path, length):
        """Fails when a server's answer is not so many bytes of the application's."""
        with self.connect(served.port, served.names[0]) as connection:
            status, body = self.fetch(connection, served.names[0], path)
        if (status, len(body)) != (200, length):
            raise rig.Failed(f"{served.name} answers {path} with {status}, {len(body)} bytes")

    def fetch(self, connection, name, path):
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
        answer = http.client.HTTPResponse(connection, method="GET")
        answer.begin()
        return answer.status, answer.read()

    def visit_http2(self, served):
        """A connection of HTTP/2 on which one request was answered."""
        plain = socket.create_connection(("127.0.0.1", served.port), timeout=10)
        connection = self.trust_http2.wrap_socket(plain, server_hostname=served.names[0])
        if connection.selected_alpn_protocol() != "h2":
            raise rig.Failed(f"{served.name} does not speak HTTP/2")
        http2.fetch(connection, served.names[0])
        return connection

    # Load

    def load(self, served, *options, warmup="300ms", **settings):
        """One round of `nameplate bench handshake`, for a duration: what its JSON says."""
        duration = f"{self.options.seconds * 1000:.0f}ms"
        return self.measure(served, "--duration", duration, "--warmup", warmup, *options,
                            **settings)

    def measure(self, served, *options, cores=frozenset({LOAD_CORE})):
        # X25519 is used; TLS 1.2 wants the curve of the certificate in the list too.
        command = [self.options.binary, "bench", "handshake", f"127.0.0.1:{served.port}",
                   "--groups", "X25519:P-256", "--pid", str(served.pid), "--json", *options]
        figures = json.loads(self.run(command, cores))["targets"][0]["rounds"][0]
        self.failed.setdefault(served.name, collections.Counter()).update(figures["failures"])
        return figures

    def h2load(self, served, path, *options):
        """One round of h2load, for a duration: microseconds of the server's CPU for a request."""
        name = served.names[0]
        command = ["h2load", f"--duration={max(1, round(self.options.seconds))}",
                   f"--connect-to=127.0.0.1:{served.port}", *options,
                   f"https://{name}:{served.port}{path}"]
        before = rig.cpu_seconds(served.pid)
        said = self.run(command, {LOAD_CORE}).decode()
        spent = rig.cpu_seconds(served.pid) - before
        if "Application protocol: h2\n" not in said:
            raise rig.Failed(f"{served.name} does not speak HTTP/2:\n{said}")
        _, succeeded, failed = re.search(
            r"(\d+) done, (\d+) succeeded, (\d+) failed", said).groups()
        self.failed.setdefault(served.name, collections.Counter())["h2load"] += int(failed)
        return spent / int(succeeded) * 1e6

    def failures(self):
        """A line for each server that failed operations."""
        return [f"{name} failed: " + ", ".join(f"{kinds[kind]} {kind}" for kind in kinds)
                for name, kinds in self.failed.items() if kinds.total()]

    def run(self, command, cores):
        """What a program prints; as one of the run's programs it ends with it."""
        program = self.programs.start(command, cores=cores, output=True)
        output, _ = program.communicate(timeout=self.options.seconds + 120)
        self.programs.running.remove(program)
        if program.returncode:
            raise rig.Failed(f"{' '.join(command)}:\n{output.decode()}{rig.tail(program.log)}")
        return output


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
    else:
        print(text, file=sys.stderr, flush=True)
