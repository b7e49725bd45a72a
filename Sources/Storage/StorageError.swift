// SPDX-License-Identifier: Apache-2.0
import Glibc
package import Networking

/// What went wrong in storage. Says the path, what was being done, and the system's answer.
package enum StorageError: Error, Sendable, CustomStringConvertible {
    /// Another process writes to this root; its process id when known. The operator's to resolve.
    case inUse(root: String, by: String?)
    /// The root's file system cannot exchange two directories in one step. The operator's choice.
    case cannotExchange(root: String, SystemError)
    /// A directory stands among the files of a key, where replacing would lose it.
    case holdsDirectory(path: String)
    /// A file is not one, or larger than anything that belongs there; limit in bytes.
    case notAFile(path: String)
    case tooLarge(path: String, limit: Int)
    /// The contents are not what was written there. The operator's: restore from a copy.
    case damaged(path: String, _ what: String)
    /// More commits wait for the disk than there is room for, or one has too many writes.
    case tooMuch(path: String, _ what: String)
    /// The store was closed.
    case closed(path: String)
    /// The operating system refused: a full disk, permissions, a broken device.
    case system(SystemError)

    /// Whether making room would help: the disk or the quota is full.
    package var isOutOfSpace: Bool {
        guard case .system(let error) = self else { return false }
        return [ENOSPC, EDQUOT, EFBIG].contains(error.code)
    }

    package var description: String {
        switch self {
        case .inUse(let root, let holder?):
            "\(root) is in use by another nameplate, process \(holder)"
        case .inUse(let root, nil):
            "\(root) is in use by another nameplate"
        case .cannotExchange(let root, let error):
            "\(root) is on a file system that cannot replace a directory in one step (\(error))"
        case .holdsDirectory(let path):
            "\(path) is a directory among certificate files: move it elsewhere"
        case .notAFile(let path):
            "\(path) is not a regular file"
        case .tooLarge(let path, let limit):
            "\(path) is larger than \(limit) bytes"
        case .damaged(let path, let what):
            "\(path) is damaged: \(what)"
        case .tooMuch(let path, let what):
            "\(path): \(what)"
        case .closed(let path):
            "\(path) is closed"
        case .system(let error):
            error.description
        }
    }
}
