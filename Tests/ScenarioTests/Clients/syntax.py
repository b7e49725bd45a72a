# SPDX-License-Identifier: Apache-2.0
"""Requests, what a proxy must make of each, and the section that says so: RFC 9112 and RFC 9110 on
syntax, with what is publicly known of request smuggling, row by row.

Each row is sent on a connection of its own with a second request right behind it.
"""
import dataclasses

NAME = "app.customer.test"
HOST = b"Host: " + NAME.encode() + b"\r\n"
# Lies in bodies, for whoever takes a body's end for earlier than it is.
SMUGGLED = b"GET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n"
BEHIND = b"GET /behind HTTP/1.1\r\n" + HOST + b"\r\n"


@dataclasses.dataclass
class Row:
    """`status` of the answer; from 400 on the connection is closed and what is behind is not read.

    `reaches` says what the origin hears: "whole" messages, a "part" that is never whole, "nothing",
    or only what is "behind": a request that is sound and not for this server. Of one that passes,
    `target`, `body` and `trailers` must arrive so; None: not asked.
    """
    claim: str
    section: str
    data: bytes
    status: int = 200
    reaches: str = "whole"
    target: bytes = None
    body: bytes = None
    trailers: list = None
    gone: tuple = ()


ROWS = []


def passes(claim, section, data, **heard):
    ROWS.append(Row(claim, section, data, **heard))


def refused(claim, section, data, status=400):
    ROWS.append(Row(claim, section, data, status, "nothing"))


def broken(claim, section, data, status=400):
    """Its head is sound and may be on its way when the fault in its body is seen."""
    ROWS.append(Row(claim, section, data, status, "part"))


def misdirected(claim, section, data):
    ROWS.append(Row(claim, section, data, 421, "behind"))


def get(line=b"GET / HTTP/1.1", *fields, host=HOST):
    return line + b"\r\n" + host + b"".join(field + b"\r\n" for field in fields) + b"\r\n"


def post(*fields, body=b""):
    return get(b"POST / HTTP/1.1", *fields) + body


def chunked(body):
    return post(b"Transfer-Encoding: chunked", body=body)


# The request line

passes("a plain request", "9112 §3", get(), target=b"/", body=b"")
passes("an empty line before it", "9112 §2.2", b"\r\n" + get(), target=b"/")
passes("two empty lines before it", "9112 §2.2", b"\r\n\r\n" + get())
refused("many empty lines before it", "9112 §2.2", b"\r\n" * 8 + get())
refused("an empty line of a bare LF", "9112 §2.2", b"\n" + get())
refused("an empty line of a bare CR", "9112 §2.2", b"\r" + get())
for name, line, status in (
    ("a space before the method", b" GET / HTTP/1.1", 400),
    ("two spaces behind the method", b"GET  / HTTP/1.1", 400),
    ("two spaces behind the target", b"GET /  HTTP/1.1", 400),
    ("a space behind the version", b"GET / HTTP/1.1 ", 400),
    ("a tab for a space", b"GET\t/ HTTP/1.1", 400),
    ("a vertical tab for a space", b"GET\x0b/ HTTP/1.1", 400),
    ("a form feed for a space", b"GET /\x0cHTTP/1.1", 400),
    ("no method", b" / HTTP/1.1", 400),
    ("no target", b"GET HTTP/1.1", 400),
    ("an empty target", b"GET  HTTP/1.1", 400),
    ("a space in the target", b"GET /a b HTTP/1.1", 400),
    ("a second version in the target", b"GET / HTTP/1.1 HTTP/1.1", 400),
    ("a method with parentheses", b"GE(T) / HTTP/1.1", 400),
    ("a method with a colon", b"GET: / HTTP/1.1", 400),
    ("a method of 100 bytes", b"M" * 100 + b" / HTTP/1.1", 501),
    ("HTTP/0.9's line", b"GET /", 400),
    ("HTTP/0.9", b"GET / HTTP/0.9", 505),
    ("HTTP/2.0", b"GET / HTTP/2.0", 505),
    ("HTTP/3.0", b"GET / HTTP/3.0", 505),
    ("HTTP/9.9", b"GET / HTTP/9.9", 505),
    ("no minor version", b"GET / HTTP/1", 400),
    ("two digits of minor version", b"GET / HTTP/1.10", 400),
    ("a zero before the version", b"GET / HTTP/01.1", 400),
    ("a sign before the version", b"GET / HTTP/+1.1", 400),
    ("letters behind the version", b"GET / HTTP/1.1x", 400),
    ("the version in lower case", b"GET / http/1.1", 400),
    ("another protocol", b"GET / HTTQ/1.1", 400),
    ("a slash missing", b"GET / HTTP1.1", 400),
    ("a comma for the point", b"GET / HTTP/1,1", 400),
    ("a version before the target", b"GET HTTP/1.1 /", 400),
):
    refused(name, "9112 §3", get(line), status)
passes("HTTP/1.2 is read as 1.1", "9110 §2.5", get(b"GET /v HTTP/1.2"), target=b"/v")
passes("a method of one's own", "9110 §9.1", get(b"X-OWN!#$%&'*+-.^_`|~ /m HTTP/1.1"))
passes("a method in lower case is another method", "9110 §9.1", get(b"get / HTTP/1.1"))
refused("HTTP/2's preface", "9113 §3.4", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505)
refused("a request line that ends in LF", "9112 §2.2", b"GET / HTTP/1.1\n" + HOST + b"\r\n")
refused("a request line that ends in CR", "9112 §2.2", b"GET / HTTP/1.1\r" + HOST + b"\r\n")
refused("a request line that ends in CR CR LF", "9112 §2.2",
        b"GET / HTTP/1.1\r\r\n" + HOST + b"\r\n")
refused("a request line past every bound", "9112 §3", get(b"GET /" + b"a" * 70000), 414)

# Targets

for name, target in (
    ("a path and a query", b"/a/b;c=d?e=f&g=%20"),
    ("two slashes", b"//a//b"),
    ("dot segments, which are the origin's to resolve", b"/a/../b/./c"),
    ("an encoded slash", b"/a%2fb%2F"),
    ("an encoded NUL, the origin's to judge", b"/a%00b"),
    ("encoded CRLF, the origin's to judge", b"/a%0d%0aX:%20y"),
    ("a question mark in the query", b"/?a?b"),
    ("what browsers leave in queries", b"/?a=[b]{c}|d^e`"),
):
    passes(name, "9112 §3.2.1", get(b"GET " + target + b" HTTP/1.1"), target=target)
for name, target in (
    ("a fragment", b"/a#b"), ("a fragment behind the query", b"/a?b#c"),
    ("half an encoded byte", b"/%4"), ("an encoded byte without digits", b"/%zz"),
    ("a backslash", b"/a\\b"), ("a quote", b'/a"b'), ("an angle bracket", b"/<a>"),
    ("a byte above ASCII", b"/\xe4"), ("an overlong encoding", b"/\xc0\xaf"),
    ("NUL", b"/a\0b"), ("DEL", b"/a\x7fb"), ("a tab", b"/a\tb"), ("ESC", b"/\x1b[0m"),
    ("no leading slash", b"a/b"), ("only a query", b"?a"), ("a star that is not alone", b"*/a"),
    ("another scheme", b"ftp://app.customer.test/"), ("a scheme without host", b"http:///a"),
    ("a scheme without slashes", b"http:app.customer.test/"), ("a file", b"file:///etc/passwd"),
    ("user information", b"http://u:p@app.customer.test/"), ("an authority", b"app.customer.test"),
    ("an authority with a port", b"app.customer.test:443"),
    ("an absolute target with a space", b"http://app.customer.test /"),
    ("an absolute target with an empty port's letter", b"http://app.customer.test:x/"),
    ("an absolute target with two ports", b"http://app.customer.test:80:80/"),
):
    refused(name, "9112 §3.2", get(b"GET " + target + b" HTTP/1.1"))
passes("an absolute target", "9112 §3.2.2", get(b"GET http://app.customer.test/p?q HTTP/1.1"))
passes("an absolute https target", "9112 §3.2.2",
       get(b"GET https://app.customer.test/p?q HTTP/1.1"))
for name, target in (("another host", b"http://other.customer.test/"),
                     ("another port", b"http://app.customer.test:81/"),
                     ("a host that begins alike", b"http://app.customer.test.evil.test/")):
    refused(f"an absolute target with {name} than Host", "9112 §3.2.2",
            get(b"GET " + target + b" HTTP/1.1"))
refused("an absolute target without Host", "9112 §3.2",
        get(b"GET http://app.customer.test/ HTTP/1.1", host=b""))
passes("OPTIONS *", "9112 §3.2.4", get(b"OPTIONS * HTTP/1.1"), target=b"*")
refused("GET *", "9112 §3.2.4", get(b"GET * HTTP/1.1"))

# Host

for name, host in (
    ("no Host", b""), ("Host twice", HOST * 2), ("two Hosts", HOST + b"Host: other.test\r\n"),
    ("two Hosts in other cases", HOST + b"hOST: other.test\r\n"), ("an empty Host", b"Host:\r\n"),
    ("Host of a space", b"Host: \t \r\n"), ("a list", b"Host: app.customer.test, b.test\r\n"),
    ("two names", b"Host: app.customer.test b.test\r\n"),
    ("a path", b"Host: app.customer.test/\r\n"),
    ("user information", b"Host: u@app.customer.test\r\n"),
    ("a URL", b"Host: http://app.customer.test\r\n"), ("a query", b"Host: app.customer.test?x\r\n"),
    ("a fragment", b"Host: app.customer.test#x\r\n"),
    ("a port of letters", HOST[:-2] + b":http\r\n"),
    ("a port with a sign", HOST[:-2] + b":+443\r\n"), ("a negative port", HOST[:-2] + b":-1\r\n"),
    ("a port of 65536", HOST[:-2] + b":65536\r\n"), ("two ports", HOST[:-2] + b":443:443\r\n"),
    ("a port of a space", HOST[:-2] + b": 443\r\n"), ("only a port", b"Host: :443\r\n"),
    ("a backslash", HOST[:-2] + b"\\evil.test\r\n"), ("an encoded byte", b"Host: %61pp.test\r\n"),
    ("NUL", HOST[:-2] + b"\0\r\n"), ("a byte above ASCII", b"Host: \xe4.customer.test\r\n"),
    ("an open bracket", b"Host: [::1\r\n"), ("a zone", b"Host: [fe80::1%25lo]\r\n"),
    ("IPv6 without brackets", b"Host: ::1\r\n"), ("a folded Host", b"Host:\r\n " + HOST[6:]),
    ("a space before the colon", b"Host : " + HOST[6:]), ("a space before the name", b" " + HOST),
):
    refused(f"Host: {name}", "9112 §3.2", get(host=host))
passes("Host with a port", "9110 §7.2", get(host=HOST[:-2] + b":443\r\n"))
passes("Host in capitals", "9110 §4.2.3", get(host=b"Host: APP.Customer.TEST\r\n"))
misdirected("Host that the certificate is not for", "9110 §15.5.20",
            get(host=b"Host: evil.test\r\n"))

# Field lines

for name, lines in (
    ("a space before the colon", b"X : v"), ("a tab before the colon", b"X\t: v"),
    ("no name", b": v"), ("no colon", b"X"), ("only a colon", b":"),
    ("a space in the name", b"X Y: v"),
    ("a folded line", b"X: a\r\n b"), ("a line folded with a tab", b"X: a\r\n\tb"),
    ("a fold of nothing", b"X: a\r\n "), ("a fold that hides a field", b"X: a\r\n Host: b"),
    ("a line that ends in LF", b"X: a\nY: b"), ("a line that ends in CR", b"X: a\rY: b"),
    ("a line that ends in CR CR LF", b"X: a\r\r\nY: b"), ("LF LF inside the head", b"X: a\n\nY: b"),
    ("an empty line of LF", b"X: a\r\n\nGET /smuggled HTTP/1.1"),
    ("an empty line of CR", b"X: a\r\n\rY: b"), ("NUL in a value", b"X: a\0b"),
    ("NUL behind a value", b"X: a\0"), ("a vertical tab before a value", b"X:\x0ba"),
    ("a form feed", b"X: a\x0cb"), ("DEL", b"X: \x7f"), ("backspace", b"X: a\x08b"),
    ("a byte above ASCII in a name", b"X\xe4: v"),
    ("a soft hyphen in a name", b"Content\xadLength: 5"),
    ("brackets in a name", b"[X]: v"), ("a quote in a name", b'"X": v'),
    ("a slash in a name", b"X/Y: v"),
    ("a comma in a name", b"X,Y: v"), ("an @ in a name", b"@X: v"),
    ("a pseudo-header field", b":path: /other"),
):
    refused(name, "9112 §5", get(b"GET / HTTP/1.1", lines))
refused("whitespace before the first field", "9112 §2.2", get(host=b" X: a\r\n" + HOST))
refused("a head past every bound", "9110 §5.4", get(b"GET / HTTP/1.1", b"X: " + b"a" * 70000), 431)
refused("a name past every bound", "9110 §5.4", get(b"GET / HTTP/1.1", b"X" * 70000 + b": v"), 431)
refused("fields past every bound", "9110 §5.4", get(b"GET / HTTP/1.1", *[b"X: v"] * 2000), 431)
for name, line in (
    ("no value", b"X:"), ("whitespace around a value", b"X: \t v \t "), ("no whitespace", b"X:v"),
    ("a colon in a value", b"X: a:b: c"), ("bytes above ASCII in a value", b"X: \xe4\xff\x80"),
    ("every token byte in a name", b"x!#$%&'*+-.^_`|~9Z: v"), ("a name of digits", b"42: v"),
    ("an open quote", b'X: "a'), ("a list of nothing", b"X: , ,"),
):
    passes(name, "9110 §5.5", get(b"GET /f HTTP/1.1", line), target=b"/f", body=b"")

# Lengths

for name, line in (
    ("no digits", b"Content-Length:"), ("a plus sign", b"Content-Length: +5"),
    ("a minus sign", b"Content-Length: -5"), ("minus zero", b"Content-Length: -0"),
    ("hexadecimal", b"Content-Length: 0x5"), ("a hex digit", b"Content-Length: a"),
    ("a fraction", b"Content-Length: 5.0"), ("an exponent", b"Content-Length: 5e0"),
    ("an underscore", b"Content-Length: 0_5"), ("a separator", b"Content-Length: 5,000"),
    ("a space within", b"Content-Length: 5 0"), ("a semicolon", b"Content-Length: 5;x"),
    ("quoted", b'Content-Length: "5"'), ("NUL behind it", b"Content-Length: 5\0"),
    ("a vertical tab before it", b"Content-Length: \x0b5"),
    ("a form feed behind it", b"Content-Length: 5\x0c"), ("a superscript", b"Content-Length: \xb2"),
    ("an Arabic digit", "Content-Length: ٥".encode()),
    ("over 63 bits", b"Content-Length: 9223372036854775808"),
    ("over 64 bits, 5 past it", b"Content-Length: 18446744073709551621"),
    ("over 32 bits and 64", b"Content-Length: 99999999999999999999999999"),
    ("a list of equals", b"Content-Length: 5, 5"), ("a list of others", b"Content-Length: 5, 6"),
    ("an empty member first", b"Content-Length: , 5"),
    ("an empty member last", b"Content-Length: 5,"),
    ("twice the same", b"Content-Length: 5\r\nContent-Length: 5"),
    ("two that differ", b"Content-Length: 5\r\nContent-Length: 0"),
    ("two that differ, in other cases", b"content-length: 0\r\nCONTENT-LENGTH: 5"),
    ("a second that is empty", b"Content-Length: 5\r\nContent-Length:"),
    ("a space before its colon", b"Content-Length : 5"), ("a folded one", b"Content-Length:\r\n 5"),
    ("one behind a bare CR", b"X: a\rContent-Length: 5"),
    ("one behind a bare LF", b"X: a\nContent-Length: 5"),
    ("one behind NUL", b"X: a\0\r\nContent-Length: 5"),
):
    refused(f"length: {name}", "9112 §6.3", post(line, body=b"hello"))
passes("a length", "9112 §6.2", post(b"Content-Length: 5", body=b"hello"), body=b"hello")
passes("a length of 0", "9112 §6.2", post(b"Content-Length: 0"), body=b"")
passes("leading zeros", "9110 §8.6", post(b"Content-Length: 0000005", body=b"hello"),
       body=b"hello")
passes("a length of GET", "9110 §9.3.1", get(b"GET / HTTP/1.1", b"Content-Length: 5") + b"hello",
       body=b"hello")
passes("a request inside a body", "9112 §6.2",
       post(b"Content-Length: %d" % len(SMUGGLED), body=SMUGGLED), body=SMUGGLED)
passes("no length is no body", "9112 §6.3", post(), body=b"")
passes("a name that only looks like it", "9110 §5.1", post(b"Content_Length: 5"), body=b"")

# Transfer codings: each alone, and beside a length that says otherwise.

for name, line, status in (
    ("a space before the colon", b"Transfer-Encoding : chunked", 400),
    ("a tab before the colon", b"Transfer-Encoding\t: chunked", 400),
    ("a space before the name", b" Transfer-Encoding: chunked", 400),
    ("a folded value", b"Transfer-Encoding:\r\n chunked", 400),
    ("a value folded with a tab", b"Transfer-Encoding:\r\n\tchunked", 400),
    ("a fold behind the value", b"Transfer-Encoding: chunked\r\n x", 400),
    ("a folded name", b"Transfer-Encoding\r\n : chunked", 400),
    ("behind a bare LF", b"X: a\nTransfer-Encoding: chunked", 400),
    ("behind a bare CR", b"X: a\rTransfer-Encoding: chunked", 400),
    ("behind CR CR LF", b"X: a\r\r\nTransfer-Encoding: chunked", 400),
    ("a vertical tab before the value", b"Transfer-Encoding:\x0bchunked", 400),
    ("a form feed before the value", b"Transfer-Encoding:\x0cchunked", 400),
    ("a vertical tab behind the value", b"Transfer-Encoding: chunked\x0b", 400),
    ("NUL behind the value", b"Transfer-Encoding: chunked\0", 400),
    ("NUL behind the name", b"Transfer-Encoding\0: chunked", 400),
    ("a bare CR before the value", b"Transfer-Encoding: \rchunked", 400),
    ("a bare CR behind the value", b"Transfer-Encoding: chunked\r", 400),
    ("a no-break space before the value", b"Transfer-Encoding: \xa0chunked", 400),
    ("a byte above ASCII behind the value", b"Transfer-Encoding: chunked\xff", 400),
    ("an x before it", b"Transfer-Encoding: xchunked", 400),
    ("an x behind it", b"Transfer-Encoding: chunkedx", 400),
    ("half of it", b"Transfer-Encoding: chunk", 400),
    ("two words", b"Transfer-Encoding: chunked x", 400),
    ("single quotes", b"Transfer-Encoding: 'chunked'", 400),
    ("quotes", b'Transfer-Encoding: "chunked"', 400),
    ("brackets", b"Transfer-Encoding: [chunked]", 400),
    ("a semicolon", b"Transfer-Encoding: chunked;", 400),
    ("a parameter", b"Transfer-Encoding: chunked;q=1", 400),
    ("a Kelvin sign for its k", "Transfer-Encoding: chun\u212aed".encode(), 400),
    ("twice", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400),
    ("twice in a list", b"Transfer-Encoding: chunked, chunked", 400),
    ("an unknown one behind it", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x", 400),
    ("identity behind it", b"Transfer-Encoding: chunked, identity", 400),
    ("identity before it", b"Transfer-Encoding: identity, chunked", 501),
    ("an unknown one before it", b"Transfer-Encoding: x\r\nTransfer-Encoding: chunked", 400),
    ("gzip before it", b"Transfer-Encoding: gzip, chunked", 501),
    ("gzip behind it", b"Transfer-Encoding: chunked, gzip", 400),
    ("identity", b"Transfer-Encoding: identity", 400),
    ("an empty value", b"Transfer-Encoding:", 400),
    ("an empty member before it", b"Transfer-Encoding: ,chunked", 400),
    ("an empty member behind it", b"Transfer-Encoding: chunked,", 400),
    ("an empty field before it", b"Transfer-Encoding:\r\nTransfer-Encoding: chunked", 400),
):
    refused(f"chunked: {name}", "9112 §6.1",
            post(line, body=b"5\r\nhello\r\n0\r\n\r\n"), status)
    refused(f"chunked and a length: {name}", "9112 §6.3",
            post(b"Content-Length: 4", line, body=b"0\r\n\r\n" + SMUGGLED), status)
for name, fields in (
    ("length first", (b"Content-Length: 6", b"Transfer-Encoding: chunked")),
    ("length last", (b"Transfer-Encoding: chunked", b"Content-Length: 6")),
    ("a length of 0", (b"Content-Length: 0", b"Transfer-Encoding: chunked")),
    ("around another field", (b"Content-Length: 6", b"X: y", b"Transfer-Encoding: chunked")),
):
    refused(f"both, {name}", "9112 §6.3", post(*fields, body=b"0\r\n\r\n" + SMUGGLED))
refused("chunked in HTTP/1.0", "9112 §6.1",
        get(b"POST / HTTP/1.0", b"Transfer-Encoding: chunked") + b"0\r\n\r\n" + SMUGGLED)
refused("chunked in HTTP/1.0 that keeps alive", "9112 §6.1",
        get(b"POST / HTTP/1.0", b"Connection: keep-alive", b"Transfer-Encoding: chunked")
        + b"0\r\n\r\n")
for name, line in (("in another case", b"tRANSFER-eNCODING: ChUnKeD"),
                   ("a tab before the value", b"Transfer-Encoding:\tchunked"),
                   ("whitespace behind the value", b"Transfer-Encoding: chunked \t ")):
    passes(f"chunked, {name}", "9112 §7", post(line, body=b"5\r\nhello\r\n0\r\n\r\n"),
           body=b"hello")
passes("a coding's name that only looks like it", "9110 §5.1", post(b"Transfer_Encoding: chunked"),
       body=b"")
passes("chunked GET", "9112 §6.1",
       get(b"GET / HTTP/1.1", b"Transfer-Encoding: chunked") + b"0\r\n\r\n", body=b"")

# Chunks

for name, body in (
    ("no digits", b"\r\nhello\r\n0\r\n\r\n"), ("a letter", b"g\r\nhello\r\n0\r\n\r\n"),
    ("a plus sign", b"+5\r\nhello\r\n0\r\n\r\n"), ("a minus sign", b"-5\r\nhello\r\n0\r\n\r\n"),
    ("a prefix", b"0x5\r\nhello\r\n0\r\n\r\n"), ("an underscore", b"0_5\r\nhello\r\n0\r\n\r\n"),
    ("a space before it", b" 5\r\nhello\r\n0\r\n\r\n"),
    ("a tab before it", b"\t5\r\nhello\r\n0\r\n\r\n"),
    ("a space behind it", b"5 \r\nhello\r\n0\r\n\r\n"),
    ("a tab behind it", b"5\t\r\nhello\r\n0\r\n\r\n"),
    ("a vertical tab behind it", b"5\x0b\r\nhello\r\n0\r\n\r\n"),
    ("NUL behind it", b"5\0\r\nhello\r\n0\r\n\r\n"), ("a comma", b"5,5\r\nhello\r\n0\r\n\r\n"),
    ("quoted", b'"5"\r\nhello\r\n0\r\n\r\n'), ("a fraction", b"5.0\r\nhello\r\n0\r\n\r\n"),
    ("17 digits", b"00000000000000005\r\nhello\r\n0\r\n\r\n"),
    ("over 63 bits", b"8000000000000005\r\nhello\r\n0\r\n\r\n"),
    ("over 64 bits", b"10000000000000005\r\nhello\r\n0\r\n\r\n"),
    ("a line that ends in LF", b"5\nhello\r\n0\r\n\r\n"),
    ("a line that ends in CR", b"5\rhello\r\n0\r\n\r\n"),
    ("a line that ends in CR CR LF", b"5\r\r\nhello\r\n0\r\n\r\n"),
    ("content that ends in LF", b"5\r\nhello\n0\r\n\r\n"),
    ("content that ends in CR", b"5\r\nhello\r0\r\n\r\n"),
    ("content without an end", b"5\r\nhello0\r\n\r\n"),
    ("content longer than its size", b"4\r\nhello\r\n0\r\n\r\n"),
    ("content shorter than its size", b"6\r\nhello\r\n0\r\n\r\n"),
    ("a last line that ends in LF", b"5\r\nhello\r\n0\n\r\n"),
    ("a last line of LF", b"5\r\nhello\r\n0\r\n\n"),
    ("a last line of CR", b"5\r\nhello\r\n0\r\n\rX"),
    ("a minus before the last", b"5\r\nhello\r\n-0\r\n\r\n"),
    ("an extension with a bare LF", b"5;a\nhello\r\n0\r\n\r\n"),
    ("an extension with a bare CR", b"5;a\rb\r\nhello\r\n0\r\n\r\n"),
    ("an extension with LF in its quotes", b'5;a="\nb"\r\nhello\r\n0\r\n\r\n'),
    ("an extension with NUL", b"5;a\0\r\nhello\r\n0\r\n\r\n"),
    ("an extension without a name", b"5;\r\nhello\r\n0\r\n\r\n"),
    ("an extension with an open quote", b'5;a="b\r\nhello\r\n0\r\n\r\n'),
    ("an extension past every bound", b"5;" + b"a" * 70000 + b"\r\nhello\r\n0\r\n\r\n"),
    ("a size past every bound", b"0" * 70000 + b"5\r\nhello\r\n0\r\n\r\n"),
    ("a trailer with a space before its colon", b"0\r\nX : y\r\n\r\n"),
    ("a folded trailer", b"0\r\nX: y\r\n z\r\n\r\n"),
    ("a trailer that ends in LF", b"0\r\nX: y\n\r\n"),
    ("a trailer without a colon", b"0\r\nX\r\n\r\n"),
    ("a trailer without a name", b"0\r\n: y\r\n\r\n"),
    ("NUL in a trailer", b"0\r\nX: \0\r\n\r\n"), ("a request for a trailer", b"0\r\n" + SMUGGLED),
):
    broken(f"chunk: {name}", "9112 §7.1", chunked(body))
broken("trailers past every bound", "9110 §6.5",
       chunked(b"0\r\n" + b"X: y\r\n" * 20000 + b"\r\n"), 431)
for name, body, read in (
    ("several", b"5\r\nhello\r\n00A\r\n0123456789\r\n0\r\n\r\n", b"hello0123456789"),
    ("a size in capitals", b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
    ("a size of 16 digits", b"0000000000000005\r\nhello\r\n0\r\n\r\n", b"hello"),
    ("many zeros at the end", b"5\r\nhello\r\n000\r\n\r\n", b"hello"),
    ("content that looks like an end", b"5\r\n0\r\n\r\n\r\n0\r\n\r\n", b"0\r\n\r\n"),
    ("content that looks like a request", b"%x\r\n" % len(SMUGGLED) + SMUGGLED + b"\r\n0\r\n\r\n",
     SMUGGLED),
    ("an extension", b'5;a;b=c;d="e;\\"f"\r\nhello\r\n0;g\r\n\r\n', b"hello"),
):
    passes(f"chunks: {name}", "9112 §7.1", chunked(body), body=read)
passes("a trailer", "9112 §7.1.2", chunked(b"0\r\nX-Sum: 5\r\n\r\n"), body=b"",
       trailers=[(b"X-Sum", b"5")])
for line in (b"Content-Length: 5", b"Transfer-Encoding: chunked", b"Host: evil.test", b"Trailer: x",
             b"Connection: close", b"Authorization: Basic x", b"Content-Type: x", b"Cookie: a",
             b"X-Forwarded-For: 192.0.2.1"):
    passes(f"{line.decode()} comes too late", "9110 §6.5.1",
           chunked(b"0\r\n" + line + b"\r\nX-Sum: 5\r\n\r\n"), trailers=[(b"X-Sum", b"5")])

# Connections, upgrades and expectations

for option in (b"Host", b"Content-Length", b"Transfer-Encoding"):
    passes(f"Connection names {option.decode()}", "9110 §7.6.1",
           post(b"Content-Length: 5", b"Connection: " + option, body=b"hello"), body=b"hello")
passes("Connection names chunked's field", "9110 §7.6.1",
       post(b"Transfer-Encoding: chunked", b"Connection: Transfer-Encoding",
            body=b"5\r\nhello\r\n0\r\n\r\n"), body=b"hello")
passes("Connection names others", "9110 §7.6.1",
       get(b"GET / HTTP/1.1", b"Connection: X-Hop, keep-alive", b"X-Hop: 1", b"Keep-Alive: 5"),
       gone=(b"x-hop", b"keep-alive"))
passes("what is for one hop", "9110 §7.6.1",
       get(b"GET / HTTP/1.1", b"Proxy-Connection: keep-alive", b"Keep-Alive: 5", b"TE: gzip",
           b"Proxy-Authorization: Basic x"),
       gone=(b"proxy-connection", b"keep-alive", b"te", b"proxy-authorization"))
passes("an upgrade to h2c", "9113 §3.1",
       get(b"GET / HTTP/1.1", b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c",
           b"HTTP2-Settings: AAMAAABkAAQAAP__"), gone=(b"upgrade", b"http2-settings"))
passes("an upgrade to h2c that Connection does not name", "9113 §3.1",
       get(b"GET / HTTP/1.1", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__"),
       gone=(b"upgrade", b"http2-settings"))
passes("an upgrade to h2c among others", "9113 §3.1",
       get(b"GET / HTTP/1.1", b"Connection: Upgrade", b"Upgrade: websocket, h2c"))
passes("an upgrade that Connection does not name", "9110 §7.8",
       get(b"GET / HTTP/1.1", b"Upgrade: websocket"), gone=(b"upgrade",))
passes("an expectation", "9110 §10.1.1",
       post(b"Expect: 100-continue", b"Content-Length: 5", body=b"hello"), body=b"hello")
passes("an expectation in another case", "9110 §10.1.1",
       post(b"Expect: 100-CONTINUE", b"Content-Length: 5", body=b"hello"), body=b"hello")
passes("an expectation without a body", "9110 §10.1.1", get(b"GET / HTTP/1.1",
       b"Expect: 100-continue"),
       body=b"")
passes("TRACE is passed to whom it was sent", "9110 §9.3.8", get(b"TRACE /t HTTP/1.1"),
       target=b"/t")
misdirected("CONNECT to elsewhere", "9110 §9.3.6",
            b"CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n")

# Each byte of all, where the grammar has only some: what is around it, and what may stand there.

TCHAR = set(b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
VCHAR = set(range(0x21, 0x7f))
TEXT = VCHAR | set(range(0x80, 0x100)) | set(b"\t ")
PATH = TCHAR - set(b"#%") | set(b"()/,:;=?@[]{}")
# Another digit makes another number, of bytes that do not come.
SIZES = ("before a length", "behind a length", "before a chunk size", "behind a chunk size")
HEXADECIMAL = set(b"123456789abcdefABCDEF")
SWEEPS = [
    ("in a method", "9110 §9.1", b"GE", b"T / HTTP/1.1\r\n" + HOST + b"\r\n", TCHAR),
    ("in a path", "9112 §3.2", b"GET /a", b"b HTTP/1.1\r\n" + HOST + b"\r\n", PATH),
    ("in a query", "3986 §3.4", b"GET /?a", b"b HTTP/1.1\r\n" + HOST + b"\r\n",
     VCHAR - set(b'#"<>')),
    ("in a name", "9110 §5.1", b"GET / HTTP/1.1\r\n" + HOST + b"X", b"Y: v\r\n\r\n",
     TCHAR | {0x3a}),
    ("before a colon", "9112 §5.1", b"GET / HTTP/1.1\r\n" + HOST + b"X", b": v\r\n\r\n",
     TCHAR | {0x3a}),
    ("before a name", "9112 §5", b"GET / HTTP/1.1\r\n" + HOST, b"X: v\r\n\r\n", TCHAR),
    ("in a value", "9110 §5.5", b"GET / HTTP/1.1\r\n" + HOST + b"X: a", b"b\r\n\r\n", TEXT),
    ("before a value", "9110 §5.5", b"GET / HTTP/1.1\r\n" + HOST + b"X:", b"b\r\n\r\n", TEXT),
    ("behind a value", "9110 §5.5", b"GET / HTTP/1.1\r\n" + HOST + b"X: a", b"\r\n\r\n", TEXT),
    ("before a length", "9110 §8.6", b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length:",
     b"0\r\n\r\n", set(b"\t 0")),
    ("behind a length", "9110 §8.6", b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 0",
     b"\r\n\r\n", set(b"\t 0")),
    ("before chunked", "9112 §6.1", b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding:",
     b"chunked\r\n\r\n0\r\n\r\n", set(b"\t ")),
    ("behind chunked", "9112 §6.1", b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked",
     b"\r\n\r\n0\r\n\r\n", set(b"\t ")),
    ("before a chunk size", "9112 §7.1", chunked(b""), b"0\r\n\r\n", set(b"0")),
    ("behind a chunk size", "9112 §7.1", chunked(b"0"), b"\r\n\r\n", set(b"0")),
    ("behind a chunk", "9112 §7.1", chunked(b"5\r\nhello"), b"\r\n0\r\n\r\n", set()),
    ("in a chunk extension", "9112 §7.1.1", chunked(b"5;a"), b"b\r\nhello\r\n0\r\n\r\n",
     TCHAR | set(b";=")),
]


def swept():
    """A row for each byte of each sweep; those that pass may be read as anything that is strict."""
    for where, section, before, behind, allowed in SWEEPS:
        for byte in range(256):
            row = Row(f"byte {byte:#04x} {where}", section, before + bytes([byte]) + behind)
            if byte in HEXADECIMAL and where in SIZES:
                continue
            if byte not in allowed:
                row.status = 400
                row.reaches = "part" if "chunk " in where or "a chunk" in where else "nothing"
            yield row
