// SPDX-License-Identifier: Apache-2.0
import Glibc
import Networking
import Storage

/// Why the edge could not start, or not take over another configuration: a sentence for the
/// operator, with what to do about it where we know.
struct EdgeError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// A listener could not be had.
    init(listening error: SystemError) {
        let advice =
            switch error.code {
            case EADDRINUSE: "; another program listens there"
            case EACCES:
                "; ports below 1024 want CAP_NET_BIND_SERVICE, as conf/nameplate.service gives it"
            case EADDRNOTAVAIL: "; no interface of this machine has that address"
            default: ""
            }
        self.init("cannot \(error)\(advice)")
    }

    /// The storage could not be opened.
    init(opening root: String, _ error: StorageError) {
        self.init("cannot open the storage \(JSON5Value.quoted(root)): \(error)")
    }
}
