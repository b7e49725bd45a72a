// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// An open directory, and the calls that work on names in it.
///
/// Every call blocks: for a loop of its own, never for one that carries traffic. Names are single
/// components, relative to the open directory, so that a path renamed meanwhile leads nowhere else.
/// Errors name the full path.
package struct Directory: ~Copyable, Sendable {
    /// What it was opened as, for error messages.
    package let path: String
    let descriptor: CInt

    /// Opens the directory `path`.
    package init(_ path: String) throws(SystemError) {
        try self.init(path: path, openedAt: AT_FDCWD, name: path)
    }

    private init(path: String, openedAt parent: CInt, name: String) throws(SystemError) {
        let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open \(path)") }
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        close(descriptor)
    }

    /// Creates `path` and the directories above it where they are missing, with mode 0700.
    package static func make(_ path: String) throws(SystemError) {
        var made = path.hasPrefix("/") ? "" : "."
        for component in path.split(separator: "/") {
            made += "/" + component
            guard mkdir(made, 0o700) != 0, errno != EEXIST else { continue }
            // A directory above that we may not write to is no trouble when the next one exists.
            let error = SystemError.last("create directory \(made)")
            guard access(made, F_OK) == 0 else { throw error }
        }
    }

    /// Opens the directory `name` in this one.
    package func directory(_ name: String) throws(SystemError) -> Directory {
        try Directory(path: "\(path)/\(name)", openedAt: descriptor, name: name)
    }

    /// Creates the directory `name` with mode 0700; one that exists is left as it is.
    package func makeDirectory(_ name: String) throws(SystemError) {
        guard mkdirat(descriptor, name, 0o700) != 0, errno != EEXIST else { return }
        throw .last("create directory \(path)/\(name)")
    }

    /// The names in it, in no order, without `.` and `..`.
    package func names() throws(SystemError) -> [String] {
        // fdopendir takes its descriptor over, and the position in the directory belongs to it.
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw .last("list \(path)") }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw .last("list \(path)") }
        return names
    }

    /// What `name` is, symbolic links followed; nil when there is nothing of that name.
    package func status(of name: String) throws(SystemError) -> FileStatus? {
        try status(of: name, flags: 0)
    }

    /// What `name` itself is: a symbolic link is one.
    package func linkStatus(of name: String) throws(SystemError) -> FileStatus? {
        try status(of: name, flags: AT_SYMLINK_NOFOLLOW)
    }

    private func status(of name: String, flags: CInt) throws(SystemError) -> FileStatus? {
        var status = stat()
        guard fstatat(descriptor, name, &status, flags) != 0 else { return FileStatus(status) }
        guard errno == ENOENT || errno == ENOTDIR else { throw .last("look at \(path)/\(name)") }
        return nil
    }

    /// Gives the file `name` a second name in `other` (a hard link).
    package func link(
        _ name: String, to other: borrowing Directory, as newName: String
    ) throws(SystemError) {
        guard linkat(descriptor, name, other.descriptor, newName, 0) != 0 else { return }
        throw .last("link \(path)/\(name) to \(other.path)/\(newName)")
    }

    /// Moves `name` to `other`, in one step; an existing file of that name is replaced.
    package func rename(
        _ name: String, to other: borrowing Directory, as newName: String
    ) throws(SystemError) {
        guard renameat(descriptor, name, other.descriptor, newName) != 0 else { return }
        throw .last("rename \(path)/\(name) to \(other.path)/\(newName)")
    }

    /// Lets `name` and `otherName` change places, in one step. Both must exist.
    package func exchange(
        _ name: String, with otherName: String, in other: borrowing Directory
    ) throws(SystemError) {
        guard exchange_names(descriptor, name, other.descriptor, otherName) != 0 else { return }
        throw .last("exchange \(path)/\(name) and \(other.path)/\(otherName)")
    }

    /// Removes the file or link `name`; nothing happens when there is none.
    package func remove(_ name: String) throws(SystemError) {
        guard unlinkat(descriptor, name, 0) != 0, errno != ENOENT else { return }
        throw .last("remove \(path)/\(name)")
    }

    /// Removes the directory `name` with all that is in it; nothing happens when there is none.
    package func removeTree(_ name: String) throws(SystemError) {
        guard try linkStatus(of: name)?.kind == .directory else { return try remove(name) }
        let tree = try directory(name)
        for entry in try tree.names() {
            try tree.removeTree(entry)
        }
        guard unlinkat(descriptor, name, AT_REMOVEDIR) != 0, errno != ENOENT else { return }
        throw .last("remove \(path)/\(name)")
    }

    /// Returns when the names in it are on the disk.
    package func synchronize() throws(SystemError) {
        guard fsync(descriptor) != 0 else { return }
        throw .last("fsync \(path)")
    }
}
