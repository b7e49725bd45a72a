// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// Why a file's contents were not read.
package enum FileReadError: Error, Sendable {
    /// It is larger than the reader wants; the limit in bytes.
    case tooLarge(path: String, limit: Int)
    /// It is a directory, a pipe or a device.
    case notAFile(path: String)
    case system(SystemError)
}

extension Directory {
    /// The contents of the file `name`, nil when there is none. Symbolic links are followed.
    package func contents(
        of name: String, limit: Int
    ) throws(FileReadError) -> [UInt8]? {
        let file = "\(path)/\(name)"
        // O_NONBLOCK: a pipe of that name must not hold the caller until somebody writes to it.
        let descriptor = openat(self.descriptor, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            guard errno != ENOENT else { return nil }
            throw .system(.last("open \(file)"))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(.last("look at \(file)")) }
        guard FileStatus(status).kind == .file else { throw .notAFile(path: file) }
        guard status.st_size <= limit else { throw .tooLarge(path: file, limit: limit) }
        return try readAll(descriptor, file: file, expected: Int(status.st_size), limit: limit)
    }

    /// Reads to the end, also when the file grows meanwhile.
    private func readAll(
        _ descriptor: CInt, file: String, expected: Int, limit: Int
    ) throws(FileReadError) -> [UInt8] {
        // One more than there should be: a read that does not fill it has met the end.
        var contents = try read(descriptor, file: file, count: expected + 1)
        guard contents.count > expected else { return contents }
        while true {
            let more = try read(descriptor, file: file, count: 65_536)
            if more.isEmpty { return contents }
            contents += more
            guard contents.count <= limit else { throw .tooLarge(path: file, limit: limit) }
        }
    }

    /// Reads once, `count` bytes at most.
    private func read(
        _ descriptor: CInt, file: String, count: Int
    ) throws(FileReadError) -> [UInt8] {
        var code: CInt = 0
        let contents = [UInt8](unsafeUninitializedCapacity: count) { room, used in
            var read = Glibc.read(descriptor, room.baseAddress, count)
            while read < 0, errno == EINTR {
                read = Glibc.read(descriptor, room.baseAddress, count)
            }
            if read < 0 { code = errno }
            used = max(read, 0)
        }
        guard code == 0 else {
            throw .system(SystemError(code: code, operation: "read \(file)"))
        }
        return contents
    }

    /// Creates the file `name` with `mode`, and lets its contents begin their way to the disk:
    /// `synchronize(_:)` waits for them, sooner when several files were created before.
    ///
    /// A file of that name must not exist. After an error it may be there, in part.
    package func create(
        _ name: String, mode: FileMode, contents: [UInt8]
    ) throws(SystemError) {
        let file = "\(path)/\(name)"
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = openat(self.descriptor, name, flags, mode.rawValue)
        guard descriptor >= 0 else { throw .last("create \(file)") }
        defer { close(descriptor) }
        var written = 0
        while written < contents.count {
            let count = contents.withUnsafeBytes { bytes in
                Glibc.write(
                    descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            }
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                throw .last("write \(file)")
            }
            written += count
        }
        // Where the file system cannot, the wait is longer, that is all.
        _ = sync_file_range(descriptor, 0, 0, UInt32(SYNC_FILE_RANGE_WRITE))
    }

    /// Returns when the contents of the file `name` are on the disk.
    package func synchronize(_ name: String) throws(SystemError) {
        let file = "\(path)/\(name)"
        let descriptor = openat(self.descriptor, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .last("open \(file)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last("fsync \(file)") }
    }
}
