// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// Who may read and write a file that is created.
package enum FileMode: Sendable {
    /// 0644: what anyone may see, such as a certificate chain.
    case shared
    /// 0600: keys.
    case secret

    var rawValue: mode_t {
        switch self {
        case .shared: 0o644
        case .secret: 0o600
        }
    }
}

/// What a name in a directory stands for, and marks by which a change is noticed.
package struct FileStatus: Hashable, Sendable {
    package enum Kind: Sendable { case file, directory, link, other }

    package let kind: Kind
    /// In bytes.
    package let size: Int
    /// The file's identity on its file system.
    package let inode: UInt64
    /// When contents, mode or links changed last: nanoseconds since 1970. Unlike the time of
    /// modification it cannot be set, and moving a file sets it.
    package let changed: Int64

    init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .directory
        case S_IFLNK: kind = .link
        default: kind = .other
        }
        size = Int(status.st_size)
        inode = UInt64(status.st_ino)
        changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
    }
}
