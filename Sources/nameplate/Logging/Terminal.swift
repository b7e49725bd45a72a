// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What we know about the terminal at the other end.
enum Terminal {
    static var isStandardErrorOne: Bool { isatty(STDERR_FILENO) == 1 }
    static var isStandardOutputOne: Bool { isatty(STDOUT_FILENO) == 1 }
}
