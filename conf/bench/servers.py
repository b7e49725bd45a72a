# SPDX-License-Identifier: Apache-2.0
"""Nameplate and its peers, each set up for the same job: TLS for a set of names in front of an
HTTP/1.1 application on loopback, with one worker. Their configurations lie beside this file."""
import dataclasses
import json
import os
import shutil

from rig import HERE

HOT = "bench.customer.test"
CIPHERS13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
CIPHERS12 = ":".join(f"ECDHE-{key}-{cipher}"
                     for cipher in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")
                     for key in ("ECDSA", "RSA"))


@dataclasses.dataclass
class Job:
    """What a server is started for; `folder` is its own, `certificates` that of a set."""
    folder: str
    certificates: str
    port: int
    origin: int
    binary: str
    loops: int = 1
    on_demand: bool = False
    http2: bool = False

    def names(self):
        with open(os.path.join(self.certificates, "names")) as file:
            return file.read().split()

    def bundle(self, name):
        return os.path.join(self.certificates, "pem", name + ".pem")

    def path(self, name):
        return os.path.join(self.folder, name)

    def fill(self, template, **values):
        """The text of a template beside this file, with its @WORDS@ replaced."""
        with open(os.path.join(HERE, template)) as file:
            text = file.read()
        values |= {"PORT": self.port, "ORIGIN": self.origin,
                   "CIPHERS12": CIPHERS12, "CIPHERS13": CIPHERS13,
                   "ALPN": "h2,http/1.1" if self.http2 else "http/1.1",
                   "PROTOCOLS": '"h1", "h2"' if self.http2 else '"h1"'}
        for word, value in values.items():
            text = text.replace(f"@{word}@", str(value))
        return text

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)


# Each writes what its server reads into the job's folder, and returns the command line.

def nameplate(job):
    store = job.path("store")
    shutil.copytree(os.path.join(job.certificates, "store"), store)
    denied = f"http://127.0.0.1:{job.origin}/may-serve"
    configuration = {
        "application_url": f"http://127.0.0.1:{job.origin}",
        "cname_target": "edge.saas.test",
        "listen": {"https": [f"127.0.0.1:{job.port}"], "http": [], "loops": job.loops},
        "storage": {"file": store},
        "issuers": [{"internal": {}}],
        "on_demand": {"enabled": job.on_demand, "ask": denied},
        "log": {"level": "warning"},
    }
    path = job.write("nameplate.json5", json.dumps(configuration, indent=2))
    return [job.binary, "run", "--config", path]


def origin(job):
    os.makedirs(job.path("tmp"), exist_ok=True)
    for size in (1, 10):
        with open(job.path(f"{size}MiB"), "wb") as file:
            file.write(os.urandom(size << 20))
    return ["nginx", "-p", job.folder, "-c", job.write("origin.conf", job.fill("origin.conf"))]


def nginx(job):
    os.makedirs(job.path("tmp"), exist_ok=True)
    # The options of a listener are given once, with its first server.
    blocks, options = [], " default_server backlog=4096 deferred reuseport"
    if job.http2:
        options += " http2"
    template = job.fill("nginx-server.conf")
    for name in job.names():
        block = template.replace("@NAME@", name).replace("@PEM@", job.bundle(name))
        blocks.append(block.replace("@LISTEN@", options))
        options = ""
    job.write("servers.conf", "".join(blocks))
    return ["nginx", "-p", job.folder, "-c", job.write("nginx.conf", job.fill("nginx.conf"))]


def haproxy(job):
    text = job.fill("haproxy.cfg", PEM=os.path.join(job.certificates, "pem"))
    return ["haproxy", "-db", "-f", job.write("haproxy.cfg", text)]


def hitch(job):
    # As root it insists on another user.
    text = job.fill("hitch.conf", USER="_hitch" if os.geteuid() == 0 else "")
    text += f'pem-dir = "{os.path.join(job.certificates, "pem")}"\n'
    return ["hitch", "--config=" + job.write("hitch.conf", text)]


def caddy(job):
    text = job.fill("caddy.json", FOLDER=os.path.join(job.certificates, "pem"))
    return ["caddy", "run", "--config", job.write("caddy.json", text)]


COMMANDS = {"nameplate": nameplate, "nginx": nginx, "haproxy": haproxy, "hitch": hitch,
            "caddy": caddy}
SPEAK_HTTP2 = {"nameplate", "nginx", "haproxy", "caddy"}
ENVIRONMENT = {"caddy": {"GOMAXPROCS": "1", "XDG_DATA_HOME": "xdg", "XDG_CONFIG_HOME": "xdg"}}
