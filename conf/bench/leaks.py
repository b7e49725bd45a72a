#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many requests reach the application in a form that a strict parser does not take.

    swift build -c release
    conf/bench/leaks.py [--all]

Plays the table of the tests, Tests/ScenarioTests/Clients/syntax.py, against nginx, HAProxy and
Nameplate: requests that break a rule of RFC 9112 or RFC 9110 on syntax, and sound ones beside them,
each with a second one right behind it. The application records each byte that it is sent.

Wants nginx, haproxy and openssl (apt-get install nginx haproxy openssl).
"""
import asyncio
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True

import rig

sys.path.append(os.path.join(rig.ROOT, "Tests/ScenarioTests/Clients"))

import confusion
import syntax

NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
    uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/chain.pem; ssl_certificate_key {folder}/key.pem;
        location / {{
            proxy_pass http://127.0.0.1:{origin};
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
        }}
    }}
}}
"""
HAPROXY = """
global
    nbthread 1
defaults
    mode http
    timeout connect 5s
    timeout client 10s
    timeout server 10s
frontend edge
    bind 127.0.0.1:{port} ssl crt {folder}/both.pem
    default_backend application
backend application
    server application 127.0.0.1:{origin}
"""


def certificate(folder):
    """Writes a certificate that is its own root."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-subj", f"/CN={syntax.NAME}", "-addext", f"subjectAltName=DNS:{syntax.NAME}",
         "-days", "2", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/chain.pem"],
        check=True, capture_output=True)
    with open(f"{folder}/both.pem", "w") as both:
        for name in ("chain.pem", "key.pem"):
            with open(f"{folder}/{name}") as file:
                both.write(file.read())


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def nginx(folder, port, origin):
    text = NGINX.format(folder=folder, port=port, origin=origin)
    return ["nginx", "-c", write(folder, "nginx.conf", text), "-e", f"{folder}/nginx-error.log"]


def haproxy(folder, port, origin):
    text = HAPROXY.format(folder=folder, port=port, origin=origin)
    return ["haproxy", "-db", "-f", write(folder, "haproxy.cfg", text)]


def nameplate(folder, port, origin):
    configuration = {
        "application_url": f"http://127.0.0.1:{origin}", "cname_target": "edge.saas.test",
        "listen": {"https": [f"127.0.0.1:{port}"], "http": []},
        "storage": {"file": f"{folder}/store"}, "on_demand": {"enabled": False},
        "certificates": [{"chain": f"{folder}/chain.pem", "key": f"{folder}/key.pem"}],
    }
    path = write(folder, "nameplate.json5", json.dumps(configuration))
    return [rig.BINARY, "run", "--config", path]


def main():
    bytewise = list(syntax.swept())
    print(f"{'leaked by':12}{'of ' + str(len(syntax.ROWS)) + ' requests':>20}"
          f"{'of ' + str(len(bytewise)) + ' single bytes':>24}")
    with rig.temporary_folder() as folder, rig.Programs(folder) as programs:
        certificate(folder)
        for server in (nginx, haproxy, nameplate):
            port, origin = rig.free_port(), rig.free_port()
            programs.start(server(folder, port, origin), port)
            results = asyncio.run(
                confusion.run(port, origin, f"{folder}/chain.pem", syntax.ROWS + bytewise,
                              seconds=0.3))
            leaks = [[(row, what) for row, wrong in part for what in wrong
                      if what.startswith("leaked")]
                     for part in (results[:len(syntax.ROWS)], results[len(syntax.ROWS):])]
            print(f"{server.__name__:12}{len(leaks[0]):20}{len(leaks[1]):24}", flush=True)
            if "--all" in sys.argv:
                for row, what in leaks[0] + leaks[1]:
                    print(f"    {row.claim} [{row.section}]: {what[:160]}")


if __name__ == "__main__":
    main()
