#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gRPC between grpcio's own client and server, as applications use it.

    grpc_calls.py serve PORT [CERTIFICATE KEY]
    grpc_calls.py call PORT ROOTS NAME            every kind of call; JSON: each with what is wrong
    grpc_calls.py wait PORT ROOTS NAME            one long call, until standard input ends

ROOTS is "-" for a server in the clear. Messages are bytes, so that nothing has to be generated.
"""
import json
import sys
import threading
import time

sys.dont_write_bytecode = True

import grpc
from concurrent import futures
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

SERVICE = "nameplate.test.Echo"
LARGE = 6 << 20
MANY = 1000
UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
# What the server has seen of calls of `hang` that began, and of calls that were called off.
begun, called_off = threading.Semaphore(0), threading.Semaphore(0)


# The server

def unary(request, context):
    """Echoes the message, and metadata beginning with x- as headers and trailers."""
    given = [(key, value) for key, value in context.invocation_metadata() if key.startswith("x-")]
    context.send_initial_metadata([*given, ("x-peer", "server")])
    context.set_trailing_metadata([("x-trailer", "end"), ("x-trailer-bin", bytes(range(256)))])
    return request


def server_stream(request, context):
    """As many messages as the request's number says, each of its own number."""
    for number in range(int(request)):
        yield b"%d" % number


def client_stream(requests, context):
    """How many messages came, and how long they were together."""
    count = size = 0
    for request in requests:
        count, size = count + 1, size + len(request)
    return b"%d %d" % (count, size)


def both(requests, context):
    """Echoes each message as it comes."""
    yield from requests


def fail(request, context):
    """Ends without a message: status and details are all there is, in one HEADERS frame."""
    context.abort(grpc.StatusCode.FAILED_PRECONDITION, "not äll is well: 100%\n")


def fail_late(request, context):
    yield b"one"
    yield b"two"
    context.abort(grpc.StatusCode.DATA_LOSS, "the rest is gone")


def hang(request, context):
    """Answers nothing until the call is off; then says so to `count_called_off`."""
    gone = threading.Event()
    context.add_callback(gone.set)
    context.add_callback(called_off.release)
    begun.release()
    gone.wait(60)
    return b""


def hang_streaming(request, context):
    """The same after a first message."""
    gone = threading.Event()
    context.add_callback(gone.set)
    context.add_callback(called_off.release)
    yield b"first"
    gone.wait(30)


def count_begun(request, context):
    """Whether one more call of `hang` has begun, within some seconds."""
    return b"yes" if begun.acquire(timeout=30) else b"no"


def count_called_off(request, context):
    """Whether one more call was called off, within some seconds."""
    return b"yes" if called_off.acquire(timeout=30) else b"no"


def drip(request, context):
    """A message each tenth of a second, so many as the request says."""
    for number in range(int(request)):
        yield b"%d" % number
        time.sleep(0.1)


def serve(port, certificate=None, key=None):
    handlers = {
        "Unary": grpc.unary_unary_rpc_method_handler(unary),
        "ServerStream": grpc.unary_stream_rpc_method_handler(server_stream),
        "ClientStream": grpc.stream_unary_rpc_method_handler(client_stream),
        "Both": grpc.stream_stream_rpc_method_handler(both),
        "Fail": grpc.unary_unary_rpc_method_handler(fail),
        "FailLate": grpc.unary_stream_rpc_method_handler(fail_late),
        "Hang": grpc.unary_unary_rpc_method_handler(hang),
        "HangStreaming": grpc.unary_stream_rpc_method_handler(hang_streaming),
        "CountBegun": grpc.unary_unary_rpc_method_handler(count_begun),
        "CountCalledOff": grpc.unary_unary_rpc_method_handler(count_called_off),
        "Drip": grpc.unary_stream_rpc_method_handler(drip),
    }
    server = grpc.server(futures.ThreadPoolExecutor(32), options=UNLIMITED)
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, handlers)])
    servicer = health.HealthServicer()
    servicer.set(SERVICE, health_pb2.HealthCheckResponse.SERVING)
    servicer.set("asleep", health_pb2.HealthCheckResponse.NOT_SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    address = f"127.0.0.1:{port}"
    if certificate:
        with open(certificate, "rb") as chain, open(key, "rb") as private:
            server.add_secure_port(address, grpc.ssl_server_credentials(
                [(private.read(), chain.read())]))
    else:
        server.add_insecure_port(address)
    server.start()
    print("listening", flush=True)
    server.wait_for_termination()


# The client: each case says what is wrong by raising.

CASES = []


def case(claim):
    def add(function):
        CASES.append((claim, function))
        return function
    return add


def equal(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {str(got)[:200]}, not {str(wanted)[:200]}")


def status_of(call):
    """The code and the details that a call fails with."""
    try:
        call()
    except grpc.RpcError as error:
        return error.code(), error.details()
    return grpc.StatusCode.OK, ""


class Stub:
    def __init__(self, channel):
        self.channel = channel
        self.unary = channel.unary_unary(f"/{SERVICE}/Unary")
        self.server_stream = channel.unary_stream(f"/{SERVICE}/ServerStream")
        self.client_stream = channel.stream_unary(f"/{SERVICE}/ClientStream")
        self.both = channel.stream_stream(f"/{SERVICE}/Both")
        self.fail = channel.unary_unary(f"/{SERVICE}/Fail")
        self.fail_late = channel.unary_stream(f"/{SERVICE}/FailLate")
        self.hang = channel.unary_unary(f"/{SERVICE}/Hang")
        self.hang_streaming = channel.unary_stream(f"/{SERVICE}/HangStreaming")
        self.count_begun = channel.unary_unary(f"/{SERVICE}/CountBegun")
        self.count_called_off = channel.unary_unary(f"/{SERVICE}/CountCalledOff")
        self.drip = channel.unary_stream(f"/{SERVICE}/Drip")
        self.unknown = channel.unary_unary(f"/{SERVICE}/Unknown")
        self.health = health_pb2_grpc.HealthStub(channel)


@case("a health check")
def check_health(stub):
    wanted = health_pb2.HealthCheckResponse
    for service, status in ((SERVICE, wanted.SERVING), ("asleep", wanted.NOT_SERVING)):
        answer = stub.health.Check(health_pb2.HealthCheckRequest(service=service), timeout=60)
        equal(service, answer.status, status)
    code, _ = status_of(lambda: stub.health.Check(
        health_pb2.HealthCheckRequest(service="unknown"), timeout=60))
    equal("an unknown service", code, grpc.StatusCode.NOT_FOUND)


@case("a watch of health, whose answers have no end")
def watch_health(stub):
    watch = stub.health.Watch(health_pb2.HealthCheckRequest(service=SERVICE), timeout=60)
    equal("status", next(watch).status, health_pb2.HealthCheckResponse.SERVING)
    watch.cancel()


@case("a unary call")
def call_unary(stub):
    equal("answer", stub.unary(b"hello", timeout=60), b"hello")


@case("an empty message")
def call_empty(stub):
    equal("answer", stub.unary(b"", timeout=60), b"")


@case("a stream of answers")
def call_server_stream(stub):
    equal("answers", list(stub.server_stream(b"10", timeout=60)), [b"%d" % n for n in range(10)])


@case("a stream of no answers")
def call_server_stream_of_none(stub):
    equal("answers", list(stub.server_stream(b"0", timeout=60)), [])


@case("a stream of requests")
def call_client_stream(stub):
    equal("answer", stub.client_stream((b"x" * n for n in range(10)), timeout=60), b"10 45")


@case("streams both ways, by turns")
def call_both(stub):
    turn = threading.Semaphore(1)

    def requests():
        for number in range(20):
            turn.acquire()
            yield b"%d" % number

    for number, answer in enumerate(stub.both(requests(), timeout=60)):
        equal("answer", answer, b"%d" % number)
        turn.release()
    equal("last", number, 19)


@case("metadata both ways, binary too")
def call_with_metadata(stub):
    binary = bytes(range(256))
    given = (("x-text", "a, b;c=d"), ("x-many", "1"), ("x-many", "2"), ("x-data-bin", binary),
             ("x-empty-bin", b""))
    answer, call = stub.unary.with_call(b"m", metadata=given, timeout=60)
    heads, ends = list(call.initial_metadata()), list(call.trailing_metadata())
    for each in (*given, ("x-peer", "server")):
        if tuple(each) not in [tuple(head) for head in heads]:
            raise AssertionError(f"{each[0]} is not in {heads}")
    for each in (("x-trailer", "end"), ("x-trailer-bin", binary)):
        if each not in [tuple(end) for end in ends]:
            raise AssertionError(f"{each[0]} is not in {ends}")


@case("an error without a message: trailers only")
def call_fail(stub):
    equal("status", status_of(lambda: stub.fail(b"", timeout=60)),
          (grpc.StatusCode.FAILED_PRECONDITION, "not äll is well: 100%\n"))


@case("an error behind messages")
def call_fail_late(stub):
    got = []
    status = status_of(lambda: got.extend(iter_into(got, stub.fail_late(b"", timeout=60))))
    equal("messages", got, [b"one", b"two"])
    equal("status", status, (grpc.StatusCode.DATA_LOSS, "the rest is gone"))


def iter_into(got, answers):
    for answer in answers:
        got.append(answer)
    return []


@case("a method that is not there")
def call_unknown(stub):
    equal("status", status_of(lambda: stub.unknown(b"", timeout=60))[0],
          grpc.StatusCode.UNIMPLEMENTED)


@case("a deadline, and the server hears of its end")
def call_past_deadline(stub):
    call = stub.hang.future(b"", timeout=2)
    equal("begun", stub.count_begun(b"", timeout=60), b"yes")
    equal("status", call.code(), grpc.StatusCode.DEADLINE_EXCEEDED)
    equal("called off", stub.count_called_off(b"", timeout=60), b"yes")


@case("a call that the client calls off before an answer")
def call_off(stub):
    call = stub.hang.future(b"", timeout=60)
    equal("begun", stub.count_begun(b"", timeout=60), b"yes")
    call.cancel()
    equal("status", call.code(), grpc.StatusCode.CANCELLED)
    equal("called off", stub.count_called_off(b"", timeout=60), b"yes")


@case("a call that the client calls off amid its answers")
def call_off_amid(stub):
    call = stub.hang_streaming(b"", timeout=60)
    equal("first", next(call), b"first")
    call.cancel()
    equal("called off", stub.count_called_off(b"", timeout=60), b"yes")


@case("a stream of requests that the client calls off")
def call_off_requests(stub):
    never = threading.Event()

    def requests():
        yield b"one"
        never.wait(60)

    call = stub.both(requests(), timeout=60)
    equal("first", next(call), b"one")
    call.cancel()
    equal("status", call.code(), grpc.StatusCode.CANCELLED)
    never.set()
    equal("next call", stub.unary(b"on", timeout=60), b"on")


@case("a large message each way")
def call_large(stub):
    message = bytes(range(256)) * (LARGE // 256)
    equal("length and bytes", stub.unary(message, timeout=60) == message, True)


@case("large messages in a stream each way, beside each other")
def call_large_both(stub):
    message = bytes(range(256)) * (1 << 12)
    answers = list(stub.both((message for _ in range(12)), timeout=60))
    equal("count", len(answers), 12)
    equal("bytes", all(answer == message for answer in answers), True)


@case("many small messages each way")
def call_many(stub):
    wanted = [b"%d" % number for number in range(MANY)]
    equal("answers", list(stub.both(iter(wanted), timeout=60)), wanted)


@case("many small messages down")
def call_many_down(stub):
    answers = list(stub.server_stream(b"%d" % MANY, timeout=60))
    equal("answers", answers, [b"%d" % number for number in range(MANY)])


@case("many small messages up")
def call_many_up(stub):
    equal("answer", stub.client_stream((b"xyz" for _ in range(MANY)), timeout=60),
          b"%d %d" % (MANY, 3 * MANY))


@case("fifty calls at once on one connection")
def call_at_once(stub):
    calls = [stub.unary.future(b"%d" % n, timeout=60) for n in range(50)]
    equal("answers", [call.result() for call in calls], [b"%d" % n for n in range(50)])


@case("a reader that pauses, and calls beside it")
def call_beside_a_pause(stub):
    message = b"x" * (1 << 16)
    paused = stub.both((message for _ in range(200)), timeout=60)
    next(paused)
    for number in range(20):
        equal("beside", stub.unary(b"%d" % number, timeout=60), b"%d" % number)
    equal("the rest", sum(1 for _ in paused), 199)


def open_channel(port, roots, name):
    options = [*UNLIMITED, ("grpc.default_authority", name)]
    if roots == "-":
        return grpc.insecure_channel(f"127.0.0.1:{port}", options)
    with open(roots, "rb") as file:
        credentials = grpc.ssl_channel_credentials(file.read())
    return grpc.secure_channel(f"127.0.0.1:{port}", credentials,
                               [*options, ("grpc.ssl_target_name_override", name)])


def call(port, roots, name):
    wrong = []
    with open_channel(port, roots, name) as channel:
        stub = Stub(channel)
        for claim, function in CASES:
            start = time.monotonic()
            try:
                function(stub)
            except Exception as error:
                said = (f"{error.code()}: {error.details()}" if isinstance(error, grpc.RpcError)
                        else f"{type(error).__name__}: {error}")
                wrong.append({"claim": claim, "section": "gRPC", "what": [said]})
            if "--times" in sys.argv:
                print(f"{time.monotonic() - start:6.2f} s  {claim}", file=sys.stderr)
    print(json.dumps({"rows": len(CASES), "wrong": wrong}))


def wait(port, roots, name):
    """One call that is in flight while others do something to the edge."""
    with open_channel(port, roots, name) as channel:
        answers = Stub(channel).drip(b"30", timeout=60)
        count = 0
        for _ in answers:
            count += 1
            if count == 1:
                print("begun", flush=True)
        print(json.dumps({"came": count, "code": answers.code().name}))


if __name__ == "__main__":
    {"serve": serve, "call": call, "wait": wait}[sys.argv[1]](
        *(argument for argument in sys.argv[2:] if not argument.startswith("--")))
