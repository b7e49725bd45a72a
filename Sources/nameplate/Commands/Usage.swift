// SPDX-License-Identifier: Apache-2.0

/// What `nameplate help` prints: examples first.
enum Usage {
    static let commands = [
        "bench", "certificates", "check", "demo", "diagnose", "domains", "events", "help", "run",
        "version",
    ]

    static let text = """
        Nameplate terminates TLS for domains that your customers bring.

          $ nameplate demo
          See the whole thing on this machine: a new domain, its first visit, its certificate.

          $ nameplate check --config conf/nameplate.json5
          Find every mistake in a configuration.

          $ nameplate run --config conf/nameplate.json5
          Be the edge, in the foreground. SIGTERM drains and ends, SIGHUP reads the configuration again.

          $ nameplate diagnose shop.example.com
          Say whether a domain may have a certificate here, and which DNS record is missing.

          $ nameplate bench handshake 127.0.0.1:443 --sni shop.example.com --pid 4711
          Measure a TLS server: handshakes a second, how long they take, and its CPU time for each.

          $ nameplate domains add shop.example.com
          Look after the domains and certificates of a running Nameplate, over its management API.

        usage: nameplate run [--config FILE]
               nameplate check [--config FILE]
               nameplate demo [--once]
               nameplate diagnose DOMAIN [--config FILE] [--json]
               nameplate domains|certificates|events ACTION … [--json]
               nameplate bench handshake HOST:PORT [OPTION…]
               nameplate bench floor [OPTION…]
               nameplate version
               nameplate help

        FILE is conf/nameplate.json5 unless given; that file explains every key.
        `nameplate domains --help` has the actions; so have certificates and events.
        Exit status: 0 done, 1 not done (one sentence on standard error), 2 wrong usage,
        3 the management API cannot be reached or cannot answer now, 4 events have left its log unread.
        """
}
