// SPDX-License-Identifier: Apache-2.0

/// The SOA record of a zone (RFC 1035 §3.3.13). Times are in seconds.
package struct StartOfAuthority: Hashable, Sendable {
    package var primaryServer: DNSName
    package var mailbox: DNSName
    package var serial: UInt32
    package var refresh: UInt32
    package var retry: UInt32
    package var expire: UInt32
    /// How long "there is none" may be believed (RFC 2308 §4).
    package var minimum: UInt32

    package init(
        primaryServer: DNSName, mailbox: DNSName, serial: UInt32 = 1, refresh: UInt32 = 3600,
        retry: UInt32 = 600, expire: UInt32 = 86400, minimum: UInt32
    ) {
        self.primaryServer = primaryServer
        self.mailbox = mailbox
        self.serial = serial
        self.refresh = refresh
        self.retry = retry
        self.expire = expire
        self.minimum = minimum
    }

    init(from reader: inout WireReader) throws(MessageError) {
        primaryServer = try reader.readName()
        mailbox = try reader.readName()
        serial = try reader.readUInt32()
        refresh = try reader.readUInt32()
        retry = try reader.readUInt32()
        expire = try reader.readUInt32()
        minimum = try reader.readUInt32()
    }

    func write(to writer: inout WireWriter) {
        writer.writeCompressed(primaryServer)
        writer.writeCompressed(mailbox)
        for value in [serial, refresh, retry, expire, minimum] {
            writer.write(value)
        }
    }
}
