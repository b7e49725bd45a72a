# SPDX-License-Identifier: Apache-2.0
"""A parser of HTTP/1.1 that takes what the grammar of RFC 9112 and RFC 9110 has, and nothing else.

It is the judge of what a proxy writes: written from the RFCs' ABNF by regular expressions, so that
it shares no idea, and no mistake, with the parser under test. What two readers could take in two
ways is `Refused`, with the reason.
"""
import re

TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
# RFC 3986's path and query, and the bytes that the URL Standard lets stand in them as they are.
PATH = rb"(?:/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/\[\]^`{|}]|%[0-9A-Fa-f]{2})*)"
QUERY = rb"(?:\?[\x21-\x7e]*)"
HOST = rb"(?:[A-Za-z0-9\-._~!$&'()*+;=]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?"
ABSOLUTE = rb"https?://" + HOST + PATH + rb"?" + QUERY + rb"?"
TARGET = rb"(?:" + PATH + QUERY + rb"?|" + ABSOLUTE + rb"|\*|" + HOST + rb")"
REQUEST_LINE = re.compile(rb"(" + TOKEN + rb") (" + TARGET + rb") HTTP/1\.([01])")
STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9][0-9]) ([\t \x21-\x7e\x80-\xff]*)")
FIELD = re.compile(rb"(" + TOKEN + rb"):[ \t]*((?:[\x21-\x7e\x80-\xff](?:[\t \x21-\x7e\x80-\xff]*"
                   rb"[\x21-\x7e\x80-\xff])?)?)[ \t]*")
QUOTED = rb'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"'
EXTENSION = (rb"(?:[ \t]*;[ \t]*" + TOKEN + rb"(?:[ \t]*=[ \t]*(?:" + TOKEN + rb"|" + QUOTED
             + rb"))?)*")
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})" + EXTENSION)
# RFC 9110 §6.5.1: framing, routing and what decides how content is taken.
NOT_IN_TRAILERS = {b"content-length", b"transfer-encoding", b"host", b"connection", b"trailer",
                   b"te", b"upgrade", b"content-type", b"content-encoding", b"content-range",
                   b"authorization", b"cookie", b"set-cookie", b"cache-control", b"expect"}
FOR_ONE_HOP = {b"keep-alive", b"proxy-connection", b"http2-settings", b"proxy-authorization"}


class Refused(Exception):
    """What no strict parser takes."""


class Incomplete(Exception):
    """So far so good, and more has to come."""


class Message:
    def __init__(self, line, fields):
        self.line, self.fields = line, fields
        self.body, self.trailers = b"", []

    def values(self, name):
        return [value for each, value in self.fields if each.lower() == name]

    def tokens(self, name):
        return [token.strip(b" \t").lower() for value in self.values(name)
                for token in value.split(b",") if token.strip(b" \t")]

    def names(self):
        return {name.lower() for name, _ in self.fields}


class Input:
    """Bytes that are taken from the front."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def line(self):
        end = self.data.find(b"\r\n", self.at)
        if end < 0:
            raise Incomplete
        line = self.data[self.at:end]
        if set(line) & set(b"\r\n\0"):
            raise Refused(f"a control byte in the line {line[:60]!r}")
        self.at = end + 2
        return line

    def take(self, count):
        if len(self.data) - self.at < count:
            raise Incomplete
        self.at += count
        return self.data[self.at - count:self.at]


def read_fields(source):
    fields = []
    while (line := source.line()):
        if not (match := FIELD.fullmatch(line)):
            raise Refused(f"the field line {line[:60]!r}")
        fields.append((match[1], match[2]))
    return fields


def read_length(message):
    """The one length of a message; None where it has none."""
    lengths = message.values(b"content-length")
    if len(lengths) > 1:
        raise Refused("more than one Content-Length")
    if lengths and not re.fullmatch(rb"[0-9]{1,18}", lengths[0]):
        raise Refused(f"Content-Length: {lengths[0][:40]!r}")
    return int(lengths[0]) if lengths else None


def read_codings(message, minor):
    """Whether the message is chunked."""
    codings = message.values(b"transfer-encoding")
    if not codings:
        return False
    if [coding.lower() for coding in codings] != [b"chunked"]:
        raise Refused(f"Transfer-Encoding: {b', '.join(codings)[:40]!r}")
    if minor == b"0":
        raise Refused("Transfer-Encoding in HTTP/1.0")
    if message.values(b"content-length"):
        raise Refused("Content-Length beside Transfer-Encoding")
    return True


def read_chunks(source, message):
    while True:
        line = source.line()
        if not (match := CHUNK.fullmatch(line)):
            raise Refused(f"the chunk size {line[:40]!r}")
        if (size := int(match[1], 16)) == 0:
            break
        message.body += source.take(size)
        if source.take(2) != b"\r\n":
            raise Refused("no CRLF behind a chunk")
    message.trailers = read_fields(source)
    for name, _ in message.trailers:
        if name.lower() in NOT_IN_TRAILERS:
            raise Refused(f"{name!r} among the trailers")


def read_request(source):
    """The next request; `message.line` is its method, target and minor version."""
    line = source.line()
    if not (match := REQUEST_LINE.fullmatch(line)):
        raise Refused(f"the request line {line[:60]!r}")
    message = Message(match.groups(), read_fields(source))
    hosts = message.values(b"host")
    if len(hosts) > 1 or (not hosts and match[3] == b"1"):
        raise Refused(f"{len(hosts)} Host fields")
    if hosts and not re.fullmatch(HOST, hosts[0]):
        raise Refused(f"Host: {hosts[0][:40]!r}")
    if nominated := {b"host", b"content-length", b"transfer-encoding"} & set(
            message.tokens(b"connection")):
        raise Refused(f"Connection nominates {nominated}")
    if meant := FOR_ONE_HOP & message.names():
        raise Refused(f"{meant} was for another hop")
    if b"h2c" in message.tokens(b"upgrade"):
        raise Refused("an upgrade to h2c, behind which requests hide")
    length = read_length(message)
    if read_codings(message, match[3]):
        read_chunks(source, message)
    elif length:
        message.body = source.take(length)
    return message


def read_response(source, method, ended):
    """The next response, interim ones too; `message.line` is minor version, status and reason."""
    line = source.line()
    if not (match := STATUS_LINE.fullmatch(line)):
        raise Refused(f"the status line {line[:60]!r}")
    message = Message(match.groups(), read_fields(source))
    message.status = status = int(match[2])
    length, chunked = read_length(message), read_codings(message, match[1])
    if status < 200 or status == 204 or status == 304 or method == "HEAD":
        return message
    if chunked:
        read_chunks(source, message)
    elif length is not None:
        message.body = source.take(length)
    elif ended:
        message.body = source.take(len(source.data) - source.at)
    else:
        raise Incomplete
    return message
