// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// A lock on a file that one process holds; the kernel lets go of it when the process ends.
package struct FileLock: ~Copyable, Sendable {
    private let descriptor: CInt

    /// Why the lock was not had.
    package enum Failure: Error, Sendable {
        /// Somebody else holds it; their process id when they left one.
        case held(by: String?)
        case system(SystemError)
    }

    /// Takes the lock on the file `name` of `directory`, which is created, without waiting.
    package init(_ name: String, in directory: borrowing Directory) throws(Failure) {
        let file = "\(directory.path)/\(name)"
        let descriptor = openat(directory.descriptor, name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(.last("open \(file)")) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let holder = Self.holder(descriptor)
            close(descriptor)
            guard code == EWOULDBLOCK else {
                throw .system(SystemError(code: code, operation: "lock \(file)"))
            }
            throw .held(by: holder)
        }
        // Only for people who look at the file: the lock itself is what counts.
        let identity = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = write(descriptor, identity, identity.count) }
        self.descriptor = descriptor
    }

    deinit {
        // A child between its fork and its exec has a copy of the descriptor, which would keep the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func holder(_ descriptor: CInt) -> String? {
        var text = [UInt8](repeating: 0, count: 20)
        let count = read(descriptor, &text, text.count)
        guard count > 0 else { return nil }
        let digits = text[..<count].prefix { (0x30...0x39).contains($0) }
        return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
    }
}
