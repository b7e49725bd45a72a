// SPDX-License-Identifier: Apache-2.0
import DNS

/// DNS messages.
enum DNSFuzz {
    static func run(_ input: [UInt8]) {
        guard let message = try? Message(input) else { return }
        let written = message.bytes
        // Names that were shared in part may take more room; then nobody would send it.
        guard written.count <= Message.maxLength else { return }
        guard let again = try? Message(written) else {
            preconditionFailure("a message that was read cannot be written")
        }
        precondition(again == message, "a message changes on its way")
    }
}
