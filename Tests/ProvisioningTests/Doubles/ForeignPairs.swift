// SPDX-License-Identifier: Apache-2.0
@testable import Provisioning

/// Pairs for `a.example`, valid until 2099, that our own CA would not make.
enum ForeignPairs {
    static func upload(
        _ certificate: String, _ key: String, issuers: String? = nil
    ) -> VersionUpload {
        var upload = VersionUpload(certificate: certificate + "\n")
        upload.privateKey = key + "\n"
        upload.issuers = issuers
        return upload
    }

    /// Signed by itself, on the curve secp256k1.
    static let koblitz = """
        -----BEGIN CERTIFICATE-----
        MIIBQDCB56ADAgECAhRp0OyCX9HIBuTOvD2oUP4+RLDROzAKBggqhkjOPQQDAjAU
        MRIwEAYDVQQDDAlhLmV4YW1wbGUwIBcNMDAwMTAxMDAwMDAwWhgPMjA5OTAxMDEw
        MDAwMDBaMBQxEjAQBgNVBAMMCWEuZXhhbXBsZTBWMBAGByqGSM49AgEGBSuBBAAK
        A0IABKk9aQo7+VOTm+9jxTwyCAfvSaJlNUaIT08mEK3UXq1AQj6iksNBJmlBlv6t
        jg5wl1vj8nD1ZtM9OIzfLmwDVWKjGDAWMBQGA1UdEQQNMAuCCWEuZXhhbXBsZTAK
        BggqhkjOPQQDAgNIADBFAiEApjRTFjLGx9zZyJPKrxq2H64ipQnmCwGbqtYcx6W6
        H3UCIGBdz6cJzO4QdC4piJ1Hsv8SASt9IxjssYCiBE5xCFa+
        -----END CERTIFICATE-----
        """

    /// Its key.
    static let koblitzKey = """
        -----BEGIN PRIVATE KEY-----
        MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgpYjc50ZBbrzB23lFyqMG
        HnollpkbjMVbrwwYxI9vnIChRANCAASpPWkKO/lTk5vvY8U8MggH70miZTVGiE9P
        JhCt1F6tQEI+opLDQSZpQZb+rY4OcJdb4/Jw9WbTPTiM3y5sA1Vi
        -----END PRIVATE KEY-----
        """

    /// Signed by itself, for clients of TLS alone.
    static let client = """
        -----BEGIN CERTIFICATE-----
        MIIBWDCB/6ADAgECAhRwL209aWk6rxYmpGeNMTi34fyagjAKBggqhkjOPQQDAjAU
        MRIwEAYDVQQDDAlhLmV4YW1wbGUwIBcNMDAwMTAxMDAwMDAwWhgPMjA5OTAxMDEw
        MDAwMDBaMBQxEjAQBgNVBAMMCWEuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49
        AwEHA0IABAoOPMSSIWLmDn1gm9k4CexZMHCIUDFSBWPTgPENZnOFQ1qiNZGfxVxV
        o6sMYqsF8UJfp9lpEBnBdOxaTGP/NuejLTArMBQGA1UdEQQNMAuCCWEuZXhhbXBs
        ZTATBgNVHSUEDDAKBggrBgEFBQcDAjAKBggqhkjOPQQDAgNIADBFAiBOZXVIQCIz
        yrpQXWMJY5aFuUSyjfjA+Nc0WcqOeh6VYQIhALRUQ9ZdStsdKnhGr+fLBor4Qx1x
        vvcJ1mEOJS7iCheW
        -----END CERTIFICATE-----
        """

    /// Its key.
    static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgH1yDeQLEdz3px2u1
        Y3S0H13CBGeuK4bn95k6yZAvPeihRANCAAQKDjzEkiFi5g59YJvZOAnsWTBwiFAx
        UgVj04DxDWZzhUNaojWRn8VcVaOrDGKrBfFCX6fZaRAZwXTsWkxj/zbn
        -----END PRIVATE KEY-----
        """

    /// Signed by `noAuthority`.
    static let astray = """
        -----BEGIN CERTIFICATE-----
        MIIBRjCB7aADAgECAhQwrNLf89uOGx4g+nY7CNQgFPTmpzAKBggqhkjOPQQDAjAX
        MRUwEwYDVQQDDAxObyBBdXRob3JpdHkwIBcNMDAwMTAxMDAwMDAwWhgPMjA5OTAx
        MDEwMDAwMDBaMBQxEjAQBgNVBAMMCWEuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABO1o17Mv4O3KLaUFjBRTFr+x+iT83fQ6nsl4MOVXqHQWIKZfbwVv
        UMGMohqKFdhaQNQgmxy4hHhwKA+s6kfZqTWjGDAWMBQGA1UdEQQNMAuCCWEuZXhh
        bXBsZTAKBggqhkjOPQQDAgNIADBFAiEA4UVF2Jjh59ncSSCXYbCVysCKIMhYOtMJ
        SOuLa2WDrokCIHlYf9zsNovRhlKxiN/jJaPli5D4nvexbkFJGHdKzp0E
        -----END CERTIFICATE-----
        """

    /// Its key.
    static let astrayKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAv5Z0mQucm4WYAvX
        ZivxshHItxpHbw68A/V1EwHZ0yWhRANCAATtaNezL+Dtyi2lBYwUUxa/sfok/N30
        Op7JeDDlV6h0FiCmX28Fb1DBjKIaihXYWkDUIJscuIR4cCgPrOpH2ak1
        -----END PRIVATE KEY-----
        """

    /// No authority: it has no basic constraints.
    static let noAuthority = """
        -----BEGIN CERTIFICATE-----
        MIIBLjCB1qADAgECAhRsWBu6ZhBsL25fu4h4Av3iedwpDTAKBggqhkjOPQQDAjAX
        MRUwEwYDVQQDDAxObyBBdXRob3JpdHkwIBcNMDAwMTAxMDAwMDAwWhgPMjA5OTAx
        MDEwMDAwMDBaMBcxFTATBgNVBAMMDE5vIEF1dGhvcml0eTBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABI7qAYGRnhd63SX7A9LzT8Z2HkLMrqE98HFTMn9P+RuT//Le
        RyqFhNSYi7rgTQV9Zn90CxxlrJRUpRs7Nyq8hAcwCgYIKoZIzj0EAwIDRwAwRAIg
        MMtHrkMX9uBLCLB581GUckw9SOdVNrFJS60bqEvv+3QCIAxsCy8mBN3OJjPBYu/Y
        rupVAOI0KbsUcH4mP+9MIxMa
        -----END CERTIFICATE-----
        """

    /// Signed by the key of `root`, and of `crossRoot`.
    static let crossed = """
        -----BEGIN CERTIFICATE-----
        MIIBPzCB56ADAgECAhRaL9ICmvOzILPOzCibdgJ7gRonjDAKBggqhkjOPQQDAjAR
        MQ8wDQYDVQQDDAZSb290IDEwIBcNMDAwMTAxMDAwMDAwWhgPMjA5OTAxMDEwMDAw
        MDBaMBQxEjAQBgNVBAMMCWEuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEH
        A0IABH4Dxv94WG1LANamXLwG3d981x+20jQwn3kTXN0fNXJkd2MeXjH8EPxPwao1
        h6EMPkkhBZaEiDaCzw9e4g4gx1CjGDAWMBQGA1UdEQQNMAuCCWEuZXhhbXBsZTAK
        BggqhkjOPQQDAgNHADBEAiAGRX0a3ztlr+j6fh0seNtMnMA7cSqAHNcnQ1vmAqjP
        TwIgUG6uorWOIc7FVN0NNTX9xqArX3VXJMCnRAs25Ph4ZK4=
        -----END CERTIFICATE-----
        """

    /// Its key.
    static let crossedKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3GZyw7d9m4bK1Q72
        SswsRiw4z2ONYUXxDs3eZCWqaiahRANCAAR+A8b/eFhtSwDWply8Bt3ffNcfttI0
        MJ95E1zdHzVyZHdjHl4x/BD8T8GqNYehDD5JIQWWhIg2gs8PXuIOIMdQ
        -----END PRIVATE KEY-----
        """

    /// Signed by itself.
    static let root = """
        -----BEGIN CERTIFICATE-----
        MIIBODCB36ADAgECAhQ8vtuioJFm4j7GS+HmlxLkZWVm6DAKBggqhkjOPQQDAjAR
        MQ8wDQYDVQQDDAZSb290IDEwIBcNMDAwMTAxMDAwMDAwWhgPMjA5OTAxMDEwMDAw
        MDBaMBExDzANBgNVBAMMBlJvb3QgMTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA
        BNT11HFk30S/Jzmey1nXjTno+/g0IiAb4VyQNYYlYmHC0EE5XnPFAUOBqwgh3d5q
        lkDzlYmZjCovPLD24K+wyrajEzARMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0E
        AwIDSAAwRQIhAOWu5HmYEwgZFBZdKYAeKgV+6T9ccNe7xls0oaPHjX2bAiBnNRfJ
        DvwBk6ODJ49zCo3IpzZThTTH+yPJWRWqHShQHg==
        -----END CERTIFICATE-----
        """

    /// The key of `root`, signed by `otherRoot`.
    static let crossRoot = """
        -----BEGIN CERTIFICATE-----
        MIIBODCB36ADAgECAhQ7EO9cU8ZizwHAc4qb1Oy0i4p4VjAKBggqhkjOPQQDAjAR
        MQ8wDQYDVQQDDAZSb290IDIwIBcNMDAwMTAxMDAwMDAwWhgPMjA5OTAxMDEwMDAw
        MDBaMBExDzANBgNVBAMMBlJvb3QgMTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA
        BNT11HFk30S/Jzmey1nXjTno+/g0IiAb4VyQNYYlYmHC0EE5XnPFAUOBqwgh3d5q
        lkDzlYmZjCovPLD24K+wyrajEzARMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0E
        AwIDSAAwRQIhAMw518FyhHtMmIvVYE91kUXZjJjvKaWDc2XwXmtZTqd6AiBBtMwg
        4toGVvAtz6qwR+rXY6CvR4RhCc57g8tkop2iJw==
        -----END CERTIFICATE-----
        """

    /// Signed by itself.
    static let otherRoot = """
        -----BEGIN CERTIFICATE-----
        MIIBODCB36ADAgECAhRYXGmLxv+vJbOODigBKmwPuCWhmzAKBggqhkjOPQQDAjAR
        MQ8wDQYDVQQDDAZSb290IDIwIBcNMDAwMTAxMDAwMDAwWhgPMjA5OTAxMDEwMDAw
        MDBaMBExDzANBgNVBAMMBlJvb3QgMjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA
        BDxyGD4bLXHIGmdg1SBXH6sY67URxQP4i3Nugu/7vjaCKWn/fVJOCRTcUwnHM0Ov
        n1PnUFRYF1Lr9+RCcVrrtFSjEzARMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0E
        AwIDSAAwRQIhALA/bNQNJtvVXZC5mGhNVk617QyMgfdW83VP950egoD6AiA3rdqp
        GIQLmSpfSVaZ7vu16adp+Z8uFb4OsGdjVEHefA==
        -----END CERTIFICATE-----
        """

    /// A key under a passphrase.
    static let encryptedKey = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIH0MF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBDx7iWUMbVm5Pk+P++a
        OSjQAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQ+AeX2lhYgKSAPEiJ
        3ZACqASBkGUoVLjhzGAvJLiJUt7LSQzWmxl53Wwo+U7EaxY11FEA46oyJIdyc0IV
        QAnXUQShnNfsTFQ/ZWbzsUBpYWQOG2MIy2P8bWeBWxxMNub7sOjsEUsr60lAlS09
        PPmjXzzG5XChNfcXHbGZcbYGx91+C8vE6YdFRYWKnjR4OIPHIA9Uo88gSPt416R3
        huNnaee8vg==
        -----END ENCRYPTED PRIVATE KEY-----
        """
}
