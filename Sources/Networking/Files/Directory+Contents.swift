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
        var contents: [UInt8] = []
        contents.reserveCapacity(expected)
        var chunk = [UInt8](repeating: 0, count: min(max(expected, 512), 65_536))
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return contents }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .system(.last("read \(file)"))
            }
            contents.append(contentsOf: chunk[..<count])
            guard contents.count <= limit else { throw .tooLarge(path: file, limit: limit) }
        }
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
