// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import TLS

// RFC 6066 §3.
@Suite struct ServerNameIndicationTests {
    @Test func `one host name is a name`() {
        #expect(read(list(entry("Shop.example"))) == .name(ServerName("shop.example")!))
    }

    @Test func `no extension is absence`() {
        #expect(ServerNameIndication(extensionData: nil) == .absent)
    }

    @Test(arguments: ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "1.2.3.4.5"])
    func `the text of an address is no name`(text: String) {
        #expect(read(list(entry(text))) == .ipAddress)
    }

    @Test(arguments: ["", "localhost", "a b.example", "a\0.example", "ü.example", "[::1]"])
    func `what is no host name is invalid`(text: String) {
        #expect(read(list(entry(text))) == .invalid)
    }

    @Test func `two entries are invalid`() {
        #expect(read(list(entry("a.example") + entry("b.example"))) == .invalid)
        #expect(read(list(entry("a.example") + entry("a.example"))) == .invalid)
        #expect(read(list(entry("a.example") + entry("x", type: 1))) == .invalid)
    }

    @Test func `an entry of another type is invalid`() {
        #expect(read(list(entry("a.example", type: 1))) == .invalid)
    }

    @Test func `lengths have to fit`() {
        let whole = list(entry("a.example"))
        for count in 0..<whole.count { #expect(read(Array(whole.prefix(count))) == .invalid) }
        #expect(read(whole + [0]) == .invalid)
        for index in [0, 1, 3, 4] {
            var changed = whole
            changed[index] ^= 1
            #expect(read(changed) == .invalid)
        }
    }

    private func read(_ data: [UInt8]) -> ServerNameIndication {
        data.withUnsafeBufferPointer { ServerNameIndication(extensionData: $0) }
    }

    private func list(_ entries: [UInt8]) -> [UInt8] {
        [UInt8(entries.count >> 8), UInt8(entries.count & 0xff)] + entries
    }

    private func entry(_ name: String, type: UInt8 = 0) -> [UInt8] {
        [type, 0, UInt8(name.utf8.count)] + name.utf8
    }
}
