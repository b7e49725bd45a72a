// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

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
        try Self.mount(at: path, kibibytes: kibibytes, 0)
    }

    func grow(kibibytes: Int) throws {
        try Self.mount(at: path, kibibytes: kibibytes, UInt(MS_REMOUNT))
    }

    func unmount() {
        umount2(path, CInt(MNT_DETACH))
        try? FileManager.default.removeItem(atPath: path)
    }

    private struct Failed: Error {}

    private static func mount(at path: String, kibibytes: Int, _ flags: UInt) throws {
        guard Glibc.mount("tmpfs", path, "tmpfs", flags, "size=\(kibibytes)k") == 0 else {
            throw Failed()
        }
    }
}
