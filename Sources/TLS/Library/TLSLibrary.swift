// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// The libssl that this process runs with, which may be newer than the one it was built against.
package enum TLSLibrary {
    /// Its name, version and date: `OpenSSL 3.0.22 3 Jun 2026`.
    package static var version: String {
        String(cString: OpenSSL_version(OPENSSL_VERSION))
    }
}
