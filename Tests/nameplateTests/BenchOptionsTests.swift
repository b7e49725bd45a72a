// SPDX-License-Identifier: Apache-2.0
import Bench
import Testing

@testable import nameplate

@Suite struct BenchOptionsTests {
    private static let local = BenchOptions.Target("127.0.0.1:8443")!

    /// The options of `127.0.0.1:8443` but for what `change` says.
    private static func options(_ change: (inout BenchOptions) -> Void) -> BenchOptions {
        var options = BenchOptions(targets: [local])
        change(&options)
        return options
    }

    private static func plan(_ change: (inout LoadPlan) -> Void) -> BenchOptions {
        options { change(&$0.plan) }
    }

    @Test(arguments: [
        ("", plan { _ in }),
        ("--sni a.test", plan { $0.names = ["a.test"] }),
        ("--sni A.test --sni=b.test", plan { $0.names = ["a.test", "b.test"] }),
        ("--sni=", plan { $0.names = [""] }),
        (
            "--sni a.test --sni-order random",
            plan { ($0.names, $0.nameOrder) = (["a.test"], .random) }
        ),
        ("--sni-order sequential", plan { _ in }),
        ("--connections 1", plan { $0.connections = 1 }),
        ("--duration 500ms", plan { $0.extent = .duration(.milliseconds(500)) }),
        ("--count 1000", plan { $0.extent = .count(1000) }),
        ("--rate 0.5", plan { $0.rate = 0.5 }),
        ("--tls 1.2", plan { $0.version = .tls12 }),
        ("--tls=1.3", plan { $0.version = .tls13 }),
        ("--groups X25519:P-256", plan { $0.groups = "X25519:P-256" }),
        ("--ciphers TLS_AES_128_GCM_SHA256", plan { $0.ciphers = "TLS_AES_128_GCM_SHA256" }),
        ("--sigalgs rsa_pss_rsae_sha256", plan { $0.signatureAlgorithms = "rsa_pss_rsae_sha256" }),
        ("--resume", plan { $0.resumedShare = 1 }),
        ("--resume 0.25", plan { $0.resumedShare = 0.25 }),
        ("--resume=50%", plan { $0.resumedShare = 0.5 }),
        ("--resume --threads 2", plan { ($0.resumedShare, $0.threads) = (1, 2) }),
        ("--request /a?b=c", plan { $0.work = .request(path: "/a?b=c") }),
        ("--keep-alive", plan { $0.work = .keepAlive(path: "/") }),
        ("--keep-alive /x", plan { $0.work = .keepAlive(path: "/x") }),
        ("--keep-alive --h1", plan { $0.work = .keepAlive(path: "/") }),
        ("--refused", plan { $0.work = .refusal }),
        ("--threads 8", plan { $0.threads = 8 }),
        ("--warmup 0s --patience 2s", plan { ($0.warmup, $0.patience) = (.zero, .seconds(2)) }),
        ("--pid 77", options { $0.targets[0].pid = 77 }),
        ("--rounds 3", options { $0.rounds = 3 }),
        ("--json", options { $0.format = .json }),
        ("--html report.html", options { $0.htmlFile = "report.html" }),
        (
            "--vs [::1]:9443",
            options { ($0.rounds, $0.targets) = (5, [local, BenchOptions.Target("[::1]:9443")!]) }
        ),
        (
            "--vs-pid 9 --pid 8 --rounds 7 --vs localhost:1",
            options {
                $0.rounds = 7
                $0.targets.append(BenchOptions.Target("localhost:1")!)
                ($0.targets[0].pid, $0.targets[1].pid) = (8, 9)
            }
        ),
    ])
    func `options say what is measured`(words: String, options: BenchOptions) throws {
        let words = words.split(separator: " ").map(String.init)
        #expect(try BenchOptions(["127.0.0.1:8443"] + words) == options)
        #expect(try BenchOptions(words + ["127.0.0.1:8443"]) == options)
    }

    @Test(arguments: [
        ("", "bench handshake wants a HOST:PORT after it"),
        ("localhost", "\"localhost\" is no HOST:PORT, as in 127.0.0.1:8443"),
        ("a:0", "\"a:0\" is no HOST:PORT, as in 127.0.0.1:8443"),
        ("a:65536", "\"a:65536\" is no HOST:PORT, as in 127.0.0.1:8443"),
        ("::1:443", "\"::1:443\" is no HOST:PORT, as in 127.0.0.1:8443"),
        ("https://a:1", "\"https://a:1\" is no HOST:PORT, as in 127.0.0.1:8443"),
        ("a:1 b:2", "bench handshake does not know \"b:2\"; a second target comes after --vs"),
        ("a:1 --sin x", "bench handshake does not know \"--sin\"; did you mean \"--sni\"?"),
        ("a:1 -k", "bench handshake does not know \"-k\""),
        ("a:1 --connections", "--connections wants a number after it"),
        ("a:1 --connections 0", "--connections wants a number from 1 to 100000, found \"0\""),
        ("a:1 --threads many", "--threads wants a number from 1 to 64, found \"many\""),
        ("a:1 --count 1e3", "--count wants a number from 1 to 1000000000, found \"1e3\""),
        ("a:1 --duration", "--duration wants a duration, as in \"10s\", after it"),
        (
            "a:1 --duration 10",
            "--duration wants a duration from 1ms to 1d with a unit, as in \"10s\", found \"10\""
        ),
        (
            "a:1 --warmup -1s",
            "--warmup wants a duration from 0s to 1h with a unit, as in \"10s\", found \"-1s\""
        ),
        ("a:1 --duration 1s --count 5", "--duration and --count do not go together"),
        (
            "a:1 --rate fast",
            "--rate wants operations a second, from 0.001 to 10000000, found \"fast\""
        ),
        (
            "a:1 --rate nan",
            "--rate wants operations a second, from 0.001 to 10000000, found \"nan\""
        ),
        ("a:1 --tls 1.1", "--tls wants \"1.2\" or \"1.3\", found \"1.1\""),
        ("a:1 --resume=2", "--resume wants a share from 0 to 1 or in percent, found \"2\""),
        (
            "a:1 --resume 1.5",
            "bench handshake does not know \"1.5\"; a second target comes after --vs"
        ),
        (
            "a:1 --request index",
            "--request wants a path that begins with \"/\" and has no blanks, found \"index\""
        ),
        ("a:1 --request / --keep-alive", "--request and --keep-alive do not go together"),
        ("a:1 --refused --resume", "--refused and --resume do not go together"),
        ("a:1 --sni a_b.test --sni -x..y", "--sni wants a host name, found \"-x..y\""),
        ("a:1 --sni a --sni-file b", "--sni and --sni-file do not go together"),
        ("a:1 --sni-file /nonexistent", "--sni-file: cannot read /nonexistent"),
        (
            "a:1 --sni-order backwards",
            "--sni-order wants \"random\" or \"sequential\", found \"backwards\""
        ),
        ("a:1 --groups=", "--groups wants names with colons between them, found \"\""),
        ("a:1 --pid nginx", "--pid wants a number from 1 to 4194304, found \"nginx\""),
        ("a:1 --vs-pid 4", "--vs-pid makes sense with --vs only"),
        ("a:1 --vs b", "--vs wants a HOST:PORT, as in 127.0.0.1:8443, found \"b\""),
        ("a:1 --json=yes", "--json takes no value"),
        ("a:1 --rate 1 --rate 2", "--rate is given twice"),
        (
            "a:1 --keep-alive --h2",
            "--h2 is not to be had: this version speaks HTTP/1.1 and no HTTP/2"
        ),
    ])
    func `a wrong option is one sentence`(words: String, sentence: String) {
        #expect(throws: UsageError(sentence: sentence)) {
            try BenchOptions(words.split(separator: " ").map(String.init))
        }
    }

    @Test(arguments: [
        ("127.0.0.1:1", "127.0.0.1", "127.0.0.1:1"), ("[::1]:443", "::1", "[::1]:443"),
        ("Shop.Example.com:8443", "shop.example.com", "shop.example.com:8443"),
        ("my_host:1", "my_host", "my_host:1"),
    ])
    func `a target has a host and a port`(text: String, host: String, told: String) throws {
        let target = try #require(BenchOptions.Target(text))
        #expect(target.host == host && target.text == told)
    }

    @Test func `a file has a name on each line`() throws {
        let text = "a.test\n\n  B.test  \r\n# c.test\nlocalhost\n"
        #expect(try BenchOptions.names(in: text, of: "x") == ["a.test", "b.test", "localhost"])
        #expect(throws: UsageError(sentence: "x:2: \"b..test\" is no host name")) {
            try BenchOptions.names(in: "a.test\nb..test", of: "x")
        }
    }

    @Test(arguments: [
        (["floor"], BenchInvocation.floor(FloorOptions())),
        (["handshake", "127.0.0.1:8443"], .handshake(BenchOptions(targets: [local]))),
        (["--help"], .help), (["help"], .help), (["handshake", "--help"], .help),
        (["floor", "-h"], .help),
    ])
    func `bench measures handshakes or the floor`(
        words: [String], invocation: BenchInvocation
    ) throws {
        #expect(try BenchInvocation(words[...]) == invocation)
    }

    @Test func `the floor has options of its own`() throws {
        let options = try FloorOptions(["--threads", "2", "--count", "10", "--rounds=3", "--json"])
        #expect(options.plan.threads == 2 && options.plan.rounds == 3 && options.format == .json)
        #expect(options.plan.extent == .count(10))
        #expect(try FloorOptions(["--duration", "1s"]).plan.extent == .duration(.seconds(1)))
    }

    @Test(arguments: [
        ([], "bench wants to know what: handshake or floor"),
        (["hanshake"], "bench does not know \"hanshake\"; did you mean \"handshake\"?"),
        (["floor", "x"], "bench floor does not know \"x\""),
        (["floor", "--pid", "1"], "bench floor does not know \"--pid\""),
        (
            ["floor", "--count", "1", "--duration", "1s"],
            "--duration and --count do not go together"
        ),
    ])
    func `wrong usage comes with the right one`(words: [String], sentence: String) {
        #expect(throws: UsageError(sentence: sentence, usage: BenchUsage.summary)) {
            try BenchInvocation(words[...])
        }
    }
}
