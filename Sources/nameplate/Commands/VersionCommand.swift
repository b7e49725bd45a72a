// SPDX-License-Identifier: Apache-2.0
import TLS

/// `nameplate version`: what runs here.
enum VersionCommand {
    /// Of this program.
    static let version = "0.1.0"

    static func run() -> ExitStatus {
        Output.line("nameplate \(version)\nSwift \(swift)\n\(TLSLibrary.version)")
    }

    /// The compiler's version as far as conditions can tell it.
    private static var swift: String {
        #if swift(>=6.4)
        "6.4 or later"
        #elseif swift(>=6.3)
        "6.3"
        #elseif swift(>=6.2)
        "6.2"
        #else
        "6.1 or earlier"
        #endif
    }
}
