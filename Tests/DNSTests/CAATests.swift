// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import DNS

@Suite struct CAATests {
    @Test(
        arguments: [
            ("ca.example", "ca.example", []),
            ("CA.Example", "ca.example", []),
            (" \tca.example ", "ca.example", []),
            ("ca.example;", "ca.example", []),
            ("ca.example; ", "ca.example", []),
            ("ca.example; account=230123", "ca.example", ["account=230123"]),
            ("ca.example;a=b ; C = d", "ca.example", ["a=b", "c=d"]),
            ("ca.example; a=", "ca.example", ["a="]),
            (
                "ca.example; u=https://ca.example/acct/1?x=y", "ca.example",
                ["u=https://ca.example/acct/1?x=y"]
            ),
            (";", nil, []), ("", nil, []), (" ; ", nil, []),
        ] as [(String, String?, [String])])
    func `a value names an issuer and its terms`(value: String, issuer: String?, terms: [String]) {
        let issuance = CAAIssuance(Array(value.utf8))
        #expect(issuance.issuer == issuer)
        #expect(issuance.parameters.map { "\($0.tag)=\($0.value)" } == terms)
    }

    @Test(arguments: [
        "ca example", "ca..example", "-ca.example", "ca.example; a", "ca.example; a=b;",
        "ca.example; a=b c", "ca.example; a_b=c", "ca.example; =c", "%%%%%", "ca.example; ;a=b",
    ])
    func `a value outside the grammar lets nobody issue`(value: String) {
        let issuance = CAAIssuance(Array(value.utf8))
        #expect(issuance.issuer == nil)
        #expect(issuance.parameters.isEmpty)
    }

    @Test func `bytes that are not ASCII let nobody issue`() {
        #expect(CAAIssuance([0xff, 0xfe]).issuer == nil)
    }

    @Test func `a record is written as in a zone file`() {
        let record = CertificationAuthorityAuthorization(flags: 128, tag: "issue", value: #"a"b\c"#)
        #expect(record.text == #"128 issue "a\"b\\c""#)
        #expect(record.isCritical)
    }
}
