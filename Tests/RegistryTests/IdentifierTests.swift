// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import Testing

struct IdentifierTests {
    @Test func `an identifier says its kind and its number`() throws {
        #expect(DomainNumber(12)?.identifier == "dom_12")
        #expect(CertificateNumber(identifier: "crt_2147483647")?.value == 2_147_483_647)
        #expect(EventNumber(identifier: "evt_1")?.value == 1)
    }

    @Test(arguments: [
        "", "dom_", "dom_0", "dom_01", "dom_-1", "dom_+1", "dom_1 ", "dom_x", "crt_1", "12",
        "dom_2147483648", "dom_99999999999999999999", "DOM_1", "dom_١",
    ])
    func `what is no identifier of a domain is read as none`(_ text: String) {
        #expect(DomainNumber(identifier: text) == nil)
    }

    @Test func `a snapshot has the native names, identifiers and dates`() throws {
        var domain = Domain(
            number: try #require(DomainNumber(12)), account: "main",
            name: try Ledger.name("shop.example.com"), source: .api,
            at: Date(timeIntervalSince1970: 1_900_000_000.9))
        domain.certificate = CertificateNumber(13)
        domain.applicationURLs = ["http://10.0.0.1"]
        #expect(
            domain.snapshot == [
                "id": "dom_12", "name": "shop.example.com", "state": "registered", "source": "api",
                "application_urls": ["http://10.0.0.1"], "certificate_id": "crt_13",
                "client_reference": nil, "generation": 1, "created_at": "2030-03-17T17:46:40Z",
                "updated_at": "2030-03-17T17:46:40Z",
            ])
    }
}
