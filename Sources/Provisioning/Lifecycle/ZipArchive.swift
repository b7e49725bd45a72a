// SPDX-License-Identifier: Apache-2.0

/// A ZIP file of a few small entries, stored without compression (APPNOTE.TXT 6.3 §4.3).
struct ZipArchive {
    private var entries: [Entry] = []

    private struct Entry {
        let name: [UInt8]
        let bytes: [UInt8]
        let checksum: UInt32
    }

    /// `name`: ASCII, without folders.
    mutating func add(_ name: String, _ bytes: [UInt8]) {
        entries.append(
            Entry(name: Array(name.utf8), bytes: bytes, checksum: Self.checksum(bytes)))
    }

    var bytes: [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let offset = file.count
            file += Self.little(0x0403_4b50, 4) + common(entry)
            file += entry.name + entry.bytes
            // Made by 2.0 on a system without permissions.
            directory += Self.little(0x0201_4b50, 4) + Self.little(20, 2) + common(entry)
            // No comment, on the first disk, no attributes.
            directory += Self.little(0, 10) + Self.little(offset, 4) + entry.name
        }
        let end =
            Self.little(0x0605_4b50, 4) + Self.little(0, 4) + Self.little(entries.count, 2)
            + Self.little(entries.count, 2) + Self.little(directory.count, 4)
            + Self.little(file.count, 4) + Self.little(0, 2)
        return file + directory + end
    }

    /// What the local header and the directory have in common, from "version needed" on.
    private func common(_ entry: Entry) -> [UInt8] {
        // Version 2.0, no flags, stored, midnight of 1 January 1980: a download is the same each time.
        Self.little(20, 2) + Self.little(0, 4) + Self.little(0, 2) + Self.little(0x0021, 2)
            + Self.little(Int(entry.checksum), 4) + Self.little(entry.bytes.count, 4)
            + Self.little(entry.bytes.count, 4) + Self.little(entry.name.count, 2)
            + Self.little(0, 2)
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
    }

    /// CRC-32 (ITU-T V.42), bit by bit: these files have a few KiB.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xffff_ffff
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
