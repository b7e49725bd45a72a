// SPDX-License-Identifier: Apache-2.0
import TLS
import Testing

@Suite struct RenewalIdentifierTests {
    // RFC 9773 §4.1 and appendix A.
    @Test func `a certificate is named as in the standard`() throws {
        let pem = """
            -----BEGIN CERTIFICATE-----
            MIIBQzCB66ADAgECAgUAh2VDITAKBggqhkjOPQQDAjAVMRMwEQYDVQQDEwpFeGFt
            cGxlIENBMCIYDzAwMDEwMTAxMDAwMDAwWhgPMDAwMTAxMDEwMDAwMDBaMBYxFDAS
            BgNVBAMTC2V4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeBZu
            7cbpAYNXZLbbh8rNIzuOoqOOtmxA1v7cRm//AwyMwWxyHz4zfwmBhcSrf47NUAFf
            qzLQ2PPQxdTXREYEnKMjMCEwHwYDVR0jBBgwFoAUaYhba4dGQEHhs3uEe6CuLN4B
            yNQwCgYIKoZIzj0EAwIDRwAwRAIge09+S5TZAlw5tgtiVvuERV6cT4mfutXIlwTb
            +FYN/8oCIClDsqBklhB9KAelFiYt9+6FDj3z4KGVelYM5MdsO3pK
            -----END CERTIFICATE-----
            """
        let certificate = try Certificate(pem: Array(pem.utf8))
        #expect(hexadecimal(certificate.serialNumber) == "0087654321")
        #expect(certificate.serialHex == "87654321")
        #expect(certificate.renewalIdentifier == "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE")
    }

    @Test func `a certificate without an authority's key identifier has no name`() throws {
        let authority = try TestAuthority().authority
        #expect(authority.certificate.renewalIdentifier == nil)
    }
}
