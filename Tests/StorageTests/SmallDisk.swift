// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A file system of a few blocks, to be filled.
struct SmallDisk {
    static var isPossible: Bool {
        guard geteuid() == 0 else { return false }
        let probe = NSTemporaryDirectory() + "nameplate-probe-\(UInt64.random(in: .min ... .max))"
        guard let disk = try? SmallDisk(at: probe, kibibytes: 16) else { return false }
        disk.unmount()
        return true
    }

    let path: String

    init(at path: String, kibibytes: Int) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        self.path = path
        try Self.run("mount", "-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", path)
    }

    func grow(kibibytes: Int) throws {
        try Self.run("mount", "-o", "remount,size=\(kibibytes)k", path)
    }

    func unmount() {
        try? Self.run("umount", "-l", path)
        try? FileManager.default.removeItem(atPath: path)
    }

    private struct Failed: Error {}

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
    }
}
