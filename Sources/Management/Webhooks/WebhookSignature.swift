// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
import TLS

/// `Nameplate-Signature: t=1795290914,v1=5f0c…`: lets a receiver know that a message is ours and how old
/// it is.
package enum WebhookSignature {
    package static var fieldName: String { "Nameplate-Signature" }

    /// HMAC-SHA256 under the webhook's secret, of the time in seconds, a dot and the body.
    package static func field(_ body: [UInt8], secret: String, at now: Date) -> String {
        let time = Int(now.timeIntervalSince1970)
        let digest = Digest.hmacSHA256(key: Array(secret.utf8), Array("\(time).".utf8) + body)
        return "t=\(time),v1=\(Digest.hexadecimal(digest))"
    }
}
