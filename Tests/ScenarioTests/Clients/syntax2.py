# SPDX-License-Identifier: Apache-2.0
"""Requests of HTTP/2, what a proxy in front of an HTTP/1.1 origin must make of each, and the
section that says so: RFC 9113 on messages, with what is publicly known of smuggling by translation.
"""
import dataclasses

NAME = b"app.customer.test"
CRLF = b"\r\nX-Injected: yes"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: app.customer.test\r\n\r\n"


@dataclasses.dataclass
class Row:
    """`parts` are DATA's payloads, or lists: trailers. The last part ends the stream.

    What is refused is reset with PROTOCOL_ERROR or answered by `status`, and the connection goes
    on. "part": the head is sound, and the origin may have heard it; "early": as a whole request.
    """
    claim: str
    section: str
    fields: list
    parts: list
    status: int = 200
    reaches: str = "whole"
    target: bytes = None
    body: bytes = None
    trailers: list = None
    has: tuple = ()
    gone: tuple = ()


ROWS = []


def head(*fields, method=b"GET", scheme=b"https", authority=NAME, path=b"/"):
    pseudo = [(b":method", method), (b":scheme", scheme), (b":authority", authority),
              (b":path", path)]
    return [(name, value) for name, value in pseudo if value is not None] + list(fields)


def post(*fields):
    return head(*fields, method=b"POST")


def passes(claim, section, fields, *parts, **heard):
    ROWS.append(Row(claim, section, fields, list(parts), **heard))


def refused(claim, section, fields, *parts, status=400):
    ROWS.append(Row(claim, section, fields, list(parts), status, "nothing"))


def broken(claim, section, fields, *parts):
    ROWS.append(Row(claim, section, fields, list(parts), 400, "part"))


def early(claim, section, fields, *parts):
    """By its head it is whole, and on its way when the fault is seen."""
    ROWS.append(Row(claim, section, fields, list(parts), 400, "early"))


# What passes

passes("a plain request", "9113 §8.3.1", head(path=b"/a?b=c"), target=b"/a?b=c", body=b"",
       has=((b"host", NAME),))
passes("a body of unknown length", "9113 §8.1", post(), b"hello", b" world", body=b"hello world")
passes("a body of known length", "9113 §8.1.1", post((b"content-length", b"5")), b"hello",
       body=b"hello")
passes("a length of 0", "9113 §8.1.1", post((b"content-length", b"0")), body=b"")
passes("an empty body in an empty frame", "9113 §6.1", post(), b"", body=b"")
passes("empty frames in a body", "9113 §6.1", post(), b"", b"hello", b"", b"", body=b"hello")
passes("a body like a last chunk", "9112 §7.1", post(), b"0\r\n\r\n" + SMUGGLED,
       body=b"0\r\n\r\n" + SMUGGLED)
passes("a body like a request", "9112 §6.2", post((b"content-length", b"%d" % len(SMUGGLED))),
       SMUGGLED, body=SMUGGLED)
passes("trailers", "9113 §8.1", post(), b"hello", [(b"x-sum", b"5")], body=b"hello",
       trailers=[(b"x-sum", b"5")])
passes("trailers without a body", "9113 §8.1", post(), [(b"x-sum", b"0")], body=b"")
for name in (b"content-length", b"host", b"trailer", b"authorization", b"cookie", b"content-type",
             b"x-forwarded-for", b"expect"):
    passes(f"{name.decode()} comes too late", "9110 §6.5.1", post(), b"hello",
           [(name, b"5"), (b"x-sum", b"5")], body=b"hello", trailers=[(b"x-sum", b"5")])
passes("cookies in crumbs", "9113 §8.2.3", head((b"cookie", b"a=1"), (b"x", b"y"),
       (b"cookie", b"b=2")), has=((b"cookie", b"a=1; b=2"),))
passes("te: trailers", "9113 §8.2.2", head((b"te", b"trailers")))
passes("a host for an authority", "9113 §8.3.1", head((b"host", NAME), authority=None),
       has=((b"host", NAME),))
passes("a host that equals the authority", "9113 §8.3.1", head((b"host", NAME)))
passes("an authority with a port", "9113 §8.3.1", head(authority=NAME + b":443"))
passes("OPTIONS *", "9113 §8.3.1", head(method=b"OPTIONS", path=b"*"), target=b"*")
passes("an empty value", "9113 §8.2.1", head((b"x", b"")))
passes("bytes above ASCII in a value", "9110 §5.5", head((b"x", b"\xe4\xff\x80")))
passes("spaces within a value", "9110 §5.5", head((b"x", b"a  b\tc")))
passes("a priority", "9218 §5", head((b"priority", b"u=1, i")))

# Pseudo-header fields

for name in (b":method", b":scheme", b":path"):
    refused(f"no {name.decode()}", "9113 §8.3.1", [f for f in head() if f[0] != name])
    refused(f"{name.decode()} twice", "9113 §8.3", head() + [f for f in head() if f[0] == name])
    refused(f"{name.decode()} of nothing", "9113 §8.3.1",
            [(n, b"" if n == name else v) for n, v in head()])
for name in (b":method", b":scheme", b":authority", b":path"):
    field = dict(head())[name]
    refused(f"{name.decode()} twice, in front", "9113 §8.3", [(name, field)] + head())
    refused(f"{name.decode()} behind a field", "9113 §8.3",
            [f for f in head() if f[0] != name] + [(b"x", b"y"), (name, field)])
    refused(f"CRLF in {name.decode()}", "9113 §8.2.1",
            [(n, v + CRLF if n == name else v) for n, v in head()])
    refused(f"a request in {name.decode()}", "9113 §8.2.1",
            [(n, v + b" HTTP/1.1\r\nHost: b\r\n\r\n" + SMUGGLED if n == name else v)
             for n, v in head()])
    refused(f"LF in {name.decode()}", "9113 §8.2.1",
            [(n, v + b"\nx: y" if n == name else v) for n, v in head()])
    refused(f"NUL in {name.decode()}", "9113 §8.2.1",
            [(n, v + b"\0" if n == name else v) for n, v in head()])
    refused(f"a space behind {name.decode()}", "9113 §8.2.1",
            [(n, v + b" " if n == name else v) for n, v in head()])
    refused(f"a space before {name.decode()}", "9113 §8.2.1",
            [(n, b" " + v if n == name else v) for n, v in head()])
refused("neither authority nor host", "9113 §8.3.1", head(authority=None))
refused("an empty authority", "9113 §8.3.1", head(authority=b""))
refused("an unknown pseudo-header field", "9113 §8.3", [(b":own", b"x")] + head())
refused("a response's pseudo-header field", "9113 §8.3", [(b":status", b"200")] + head())
refused("a protocol without CONNECT", "8441 §4", [(b":protocol", b"websocket")] + head())
refused("a name of only a colon", "9113 §8.3", [(b":", b"x")] + head())
for claim, path in (("no slash", b"a"), ("a space", b"/a b"), ("a fragment", b"/a#b"),
                    ("an absolute URL", b"http://app.customer.test/"), ("a star", b"*"),
                    ("a version", b"/ HTTP/1.1"), ("a tab", b"/a\tb"), ("DEL", b"/\x7f"),
                    ("a byte above ASCII", b"/\xe4"), ("a backslash", b"/a\\b"),
                    ("half an encoded byte", b"/%4")):
    refused(f"a path with {claim}", "9113 §8.3.1", head(path=path))
for claim, method in (("a space", b"GET /x"), ("a version", b"GET / HTTP/1.1"),
                      ("a colon", b"GE:T"),
                      ("a byte above ASCII", b"G\xcbT"), ("parentheses", b"GE(T)")):
    refused(f"a method with {claim}", "9110 §9.1", head(method=method))
for claim, authority in (("user information", b"u@" + NAME), ("a path", NAME + b"/x"),
                         ("a query", NAME + b"?x"), ("a fragment", NAME + b"#x"),
                         ("a space", NAME + b" b"), ("a comma", NAME + b",b"),
                         ("a port of letters", NAME + b":x"),
                         ("a port too large", NAME + b":65536"),
                         ("a backslash", NAME + b"\\b"), ("an open bracket", b"[::1"),
                         ("a byte above ASCII", b"\xe4.test")):
    refused(f"an authority with {claim}", "9113 §8.3.1", head(authority=authority))
for claim, scheme in (("a space", b"ht tp"), ("a colon", b"https:"),
                      ("a URL", b"https://evil.test"),
                      ("a digit first", b"1https")):
    refused(f"a scheme with {claim}", "3986 §3.1", head(scheme=scheme))
refused("a host that differs from the authority", "9113 §8.3.1", head((b"host", b"evil.test")))
refused("two hosts", "9113 §8.3.1", head((b"host", NAME), (b"host", b"evil.test"), authority=None))
refused("another tenant's authority", "9110 §15.5.20", head(authority=b"evil.test"), status=421)
refused("another tenant's host", "9110 §15.5.20", head((b"host", b"evil.test"), authority=None),
        status=421)

# Fields

for claim, name in (
    ("a capital", b"X"), ("a capital within", b"content-Length"), ("nothing", b""),
    ("a space", b"x y"),
    ("a space behind", b"x "), ("a space before", b" x"), ("a colon within", b"x:y"),
    ("a colon behind", b"x:"), ("CRLF", b"x" + CRLF), ("LF", b"x\ny"), ("CR", b"x\ry"),
    ("NUL", b"x\0"),
    ("a tab", b"x\t"), ("DEL", b"x\x7f"), ("a byte above ASCII", b"x\xe4"), ("a bracket", b"[x]"),
    ("a length behind a line", b"x: y\r\ncontent-length"), ("a quote", b'"x"'),
):
    refused(f"a name with {claim}", "9113 §8.2.1", head((name, b"v")))
for claim, value in (
    ("CRLF", b"v" + CRLF), ("a request", b"v\r\n\r\n" + SMUGGLED), ("LF", b"v\nx: y"),
    ("CR", b"v\rx: y"),
    ("NUL", b"v\0"), ("a space before", b" v"), ("a space behind", b"v "), ("a tab before", b"\tv"),
    ("a tab behind", b"v\t"), ("only a space", b" "), ("DEL", b"\x7f"), ("ESC", b"\x1b[0m"),
    ("a vertical tab", b"v\x0bw"),
):
    refused(f"a value with {claim}", "9113 §8.2.1", head((b"x", value)))
for name, value in ((b"connection", b"close"), (b"connection", b"x"), (b"keep-alive", b"5"),
                    (b"proxy-connection", b"close"), (b"transfer-encoding", b"chunked"),
                    (b"transfer-encoding", b"identity"), (b"upgrade", b"h2c"),
                    (b"upgrade", b"websocket"), (b"te", b"gzip"), (b"te", b"trailers, gzip")):
    refused(f"{name.decode()}: {value.decode()}", "9113 §8.2.2", post((name, value)),
            b"0\r\n\r\n" + SMUGGLED)

# Lengths

for claim, value in (("a sign", b"+5"), ("a minus", b"-5"), ("hexadecimal", b"0x5"),
                     ("a list", b"5, 5"),
                     ("a list of others", b"5, 6"), ("nothing", b""), ("words", b"five"),
                     ("over 64 bits", b"18446744073709551621"), ("a fraction", b"5.0")):
    refused(f"a length with {claim}", "9110 §8.6", post((b"content-length", value)), b"hello")
refused("two lengths that differ", "9110 §8.6",
        post((b"content-length", b"5"), (b"content-length", b"6")), b"hello")
refused("a length and no body", "9113 §8.1.1", post((b"content-length", b"5")))
broken("a length too long", "9113 §8.1.1", post((b"content-length", b"50")), b"hello")
broken("a length too short", "9113 §8.1.1", post((b"content-length", b"2")), b"hello")
early("a length of 0 and a body", "9113 §8.1.1", post((b"content-length", b"0")), SMUGGLED)
broken("a length too short, in a second frame", "9113 §8.1.1", post((b"content-length", b"5")),
       b"hello", SMUGGLED)
broken("a length too long, and trailers", "9113 §8.1.1", post((b"content-length", b"50")),
       b"hello", [(b"x", b"y")])

# Trailers

for claim, field in (("a pseudo-header field", (b":path", b"/x")), ("a capital", (b"X", b"y")),
                     ("CRLF", (b"x", b"y" + CRLF)), ("a connection field", (b"connection", b"x")),
                     ("transfer-encoding", (b"transfer-encoding", b"chunked")),
                     ("a name of nothing", (b"", b"x")), ("NUL", (b"x", b"\0"))):
    broken(f"trailers with {claim}", "9113 §8.1", post(), b"hello", [field])

# CONNECT

refused("CONNECT with a path", "9113 §8.5", head(method=b"CONNECT"))
refused("CONNECT without an authority", "9113 §8.5", [(b":method", b"CONNECT")])
refused("an extended CONNECT without a path", "8441 §4",
        head((b":protocol", b"websocket"), method=b"CONNECT", path=None))

TCHAR = set(b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")
VCHAR = set(range(0x21, 0x7f))


def swept():
    """A row for each byte where the grammar has only some."""
    for byte in range(256):
        octet = bytes([byte])
        for where, fields, allowed in (
            ("in a name", head((b"x" + octet + b"y", b"v")), TCHAR),
            ("in a value", head((b"x", b"a" + octet + b"b")),
             VCHAR | set(range(0x80, 0x100)) | set(b"\t ")),
            ("behind a value", head((b"x", b"a" + octet)), VCHAR | set(range(0x80, 0x100))),
            ("in a path", head(path=b"/a" + octet + b"b"), VCHAR - set(b'#%"<>\\')),
            ("in a query", head(path=b"/?a" + octet + b"b"), VCHAR - set(b'#"<>')),
            ("in a method", head(method=b"GE" + octet), TCHAR | set(range(0x41, 0x5b))),
        ):
            row = Row(f"byte {byte:#04x} {where}", "9113 §8.2.1", fields, [])
            if byte not in allowed:
                row.status, row.reaches = 400, "nothing"
            yield row
