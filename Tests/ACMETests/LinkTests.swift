// SPDX-License-Identifier: Apache-2.0
@testable import ACME
import Testing

@Suite struct LinkTests {
    static let table: [([String], [String])] = [
        ([], []),
        ([#"<https://ca/1>;rel="alternate""#], ["https://ca/1"]),
        ([#"<https://ca/dir>;rel="index""#, #"<https://ca/1>;rel="alternate""#], ["https://ca/1"]),
        (
            [#"<https://ca/1>; rel=alternate, <https://ca/2>; REL = "Alternate""#],
            ["https://ca/1", "https://ca/2"]
        ),
        ([#"<https://ca/a,b>;title="x, <y>";rel="up alternate""#], ["https://ca/a,b"]),
        (
            [
                "<https://ca/1>", "https://ca/2;rel=alternate", "><;rel=alternate",
                "<>;rel=alternate",
            ], []
        ),
        (["<ftp://ca/1>;rel=alternate", "</relative>;rel=alternate"], []),
    ]

    @Test(arguments: table)
    func `alternate chains are found among the links`(fields: [String], expected: [String]) {
        #expect(Link.targets("alternate", in: fields).map(\.text) == expected)
    }
}
