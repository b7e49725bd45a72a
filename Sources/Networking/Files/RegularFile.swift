// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// An open file that is read and written at places of the caller's choice.
///
/// Every call blocks. Errors name the full path.
package struct RegularFile: ~Copyable, Sendable {
    /// What it was opened as, for error messages.
    package let path: String
    private let descriptor: CInt

    /// Creates the file `name`, which must not exist.
    package init(
        creating name: String, mode: FileMode, in directory: borrowing Directory
    ) throws(SystemError) {
        let path = "\(directory.path)/\(name)"
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = openat(directory.descriptor, name, flags, mode.rawValue)
        guard descriptor >= 0 else { throw .last("create \(path)") }
        self.path = path
        self.descriptor = descriptor
    }

    /// Opens the file `name`.
    package init(opening name: String, in directory: borrowing Directory) throws(SystemError) {
        let path = "\(directory.path)/\(name)"
        let descriptor = openat(directory.descriptor, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open \(path)") }
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Its size in bytes.
    package func size() throws(SystemError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last("look at \(path)") }
        return Int(status.st_size)
    }

    /// `count` bytes from `offset` on; fewer where the file ends.
    package func read(_ count: Int, at offset: Int) throws(SystemError) -> [UInt8] {
        var code: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { room, used in
            while used < count {
                let got = pread(
                    descriptor, room.baseAddress.map { $0 + used }, count - used, offset + used)
                if got < 0, errno == EINTR { continue }
                if got < 0 { code = errno }
                guard got > 0 else { return }
                used += got
            }
        }
        guard code == 0 else { throw SystemError(code: code, operation: "read \(path)") }
        return bytes
    }

    /// Puts `bytes` at `offset`. After an error a part of them may be there.
    package func write(_ bytes: [UInt8], at offset: Int) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                pwrite(
                    descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written,
                    offset + written)
            }
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                throw .last("write \(path)")
            }
            written += count
        }
    }

    /// Lets what was written begin its way to the disk, so that `synchronize` waits less.
    package func beginWriteback() {
        _ = sync_file_range(descriptor, 0, 0, UInt32(SYNC_FILE_RANGE_WRITE))
    }

    /// Drops what is behind the first `size` bytes.
    package func truncate(to size: Int) throws(SystemError) {
        guard ftruncate(descriptor, size) != 0 else { return }
        throw .last("truncate \(path)")
    }

    /// Returns when its contents, and so much as is needed to find them, are on the disk.
    package func synchronize() throws(SystemError) {
        guard fdatasync(descriptor) != 0 else { return }
        throw .last("fdatasync \(path)")
    }
}
