// SPDX-License-Identifier: Apache-2.0

/// What `nameplate bench --help` prints: examples first.
enum BenchUsage {
    static let summary = """
        usage: nameplate bench handshake HOST:PORT [OPTION…]
               nameplate bench floor [OPTION…]
        `nameplate bench --help` shows the options.
        """

    static let text = """
        Nameplate bench measures TLS servers.

          $ nameplate bench handshake 127.0.0.1:8443 --sni shop.example.com --pid 4711
          Full handshakes for ten seconds: rate, latency, errors, the server's CPU time for each.

          $ nameplate bench handshake 127.0.0.1:8443 --vs 127.0.0.1:9443 --pid 4711 --vs-pid 4712
          Two servers by turns, five rounds each: medians, and their ratio with its spread.

          $ nameplate bench handshake 127.0.0.1:8443 --rate 500 --html report.html
          500 a second whether or not the server keeps up; latency counts from the intended start.

          $ nameplate bench floor
          What one core can do with this libssl in process, without sockets: the limit for servers.

        usage: nameplate bench handshake HOST:PORT [OPTION…]

        what for      --sni NAME             ask for this name, again for more; "" sends none [HOST]
                      --sni-file FILE        ask for these names, one a line
                      --sni-order ORDER      pick them sequential or random [sequential]
        how much      --connections N        at once [64]
                      --duration TIME        measure for so long, as in 500ms, 10s, 2m [10s]
                      --count N              measure so many operations instead
                      --rate R               begin so many a second, whatever comes of them
                      --warmup TIME          load before that, not counted [1s]
                      --patience TIME        silence after which an operation has failed [10s]
                      --threads N            of the client [1]
        which         --tls 1.2|1.3          offer this version alone
                      --groups LIST          offer these, as in X25519:P-256
                      --ciphers LIST         offer these, of TLS 1.2 and 1.3
                      --sigalgs LIST         offer these, as in ecdsa_secp256r1_sha256
                      --resume [SHARE]       come back with a ticket, all or this share, as in 0.5
        what else     --request PATH         one request on each connection
                      --keep-alive [PATH]    requests on kept connections, no handshakes between
                      --h1                   in HTTP/1.1, the only one there is yet
                      --refused              handshakes that the server is to refuse: an unknown name
        compare       --pid PID              of the server: its CPU time, all threads and children
                      --vs HOST:PORT         another server, by turns
                      --vs-pid PID           its process
                      --rounds N             measurements of each [5 with --vs, otherwise 1]
        result        --json                 for programs, on standard output
                      --html FILE            a page with latency and rate drawn

        usage: nameplate bench floor [--threads N] [--count N | --duration TIME] [--rounds N] [--json]

        Ctrl-C ends a measurement and prints what there is so far.
        Exit status: 0 done, 1 nothing succeeded, 2 wrong usage.
        """
}
