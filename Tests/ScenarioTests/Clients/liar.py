#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A resolver that misbehaves as the first label asked about says (PyPI dnslib).

    liar.py PORT
"""
import socketserver
import sys
import threading
import time

from dnslib import CNAME, DNSLabel, DNSQuestion, DNSRecord, QTYPE, RCODE, RR, A

PORT = int(sys.argv[1])
TARGET = "edge.saas.test."


def truth(request):
    """Every name is an alias of the target, which has one address."""
    reply, name = request.reply(), str(request.q.qname)
    if name.lower() != TARGET:
        reply.add_answer(RR(request.q.qname, QTYPE.CNAME, ttl=5, rdata=CNAME(TARGET)))
    if request.q.qtype == QTYPE.A:
        reply.add_answer(RR(TARGET, QTYPE.A, ttl=5, rdata=A("127.0.0.1")))
    return reply


def answer(request, is_udp):
    """The bytes to send, or None for silence."""
    name = str(request.q.qname).lower().rstrip(".")
    kind = name.split(".")[-2] if name.endswith(".test") else ""
    reply = truth(request)
    if kind == "truncated" and is_udp:
        reply.rr, reply.header.tc = [], 1
    elif kind == "late":
        time.sleep(0.3)
    elif kind == "servfail":
        reply.rr, reply.header.rcode = [], RCODE.SERVFAIL
    elif kind == "refused":
        reply.rr, reply.header.rcode = [], RCODE.REFUSED
    elif kind == "silent":
        return None
    elif kind == "wrong-id":
        reply.header.id = reply.header.id ^ 0x5555
    elif kind == "wrong-question":
        reply.questions = [DNSQuestion("other.test", request.q.qtype)]
        reply.rr = [RR(DNSLabel("other.test"), QTYPE.A, ttl=5, rdata=A("127.0.0.1"))]
    elif kind == "garbage":
        return request.pack()[:2] + b"\x81\x80\xff\xff\xff"
    elif kind == "pointers":
        # An answer whose owner is a compression pointer to itself (RFC 1035 §4.1.4).
        whole = request.pack()
        question = DNSRecord(q=request.q).pack()[12:]
        at = 12 + len(question)
        owner = bytes([0xC0 | at >> 8, at & 0xFF])
        return (whole[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question + owner
                + b"\0\1\0\1\0\0\0\5\0\4\x7f\0\0\1")
    return reply.pack()


class UDP(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        reply = answer(DNSRecord.parse(data), True)
        if reply is not None:
            sock.sendto(reply, self.client_address)


class TCP(socketserver.StreamRequestHandler):
    def handle(self):
        while len(size := self.rfile.read(2)) == 2:
            reply = answer(DNSRecord.parse(self.rfile.read(int.from_bytes(size, "big"))), False)
            if reply is None:
                return
            self.wfile.write(len(reply).to_bytes(2, "big") + reply)


socketserver.ThreadingUDPServer.daemon_threads = True
socketserver.ThreadingTCPServer.daemon_threads = True
socketserver.ThreadingTCPServer.allow_reuse_address = True
servers = [socketserver.ThreadingUDPServer(("127.0.0.1", PORT), UDP),
           socketserver.ThreadingTCPServer(("127.0.0.1", PORT), TCP)]
threads = [threading.Thread(target=s.serve_forever) for s in servers]
for thread in threads:
    thread.start()
print("ready", flush=True)
for thread in threads:
    thread.join()
