// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

extension PresentedSecret {
    /// What an `Authorization` field presents (RFC 7617, RFC 6750); nil for other schemes.
    package init?(authorization value: String) {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let scheme = parts.first?.lowercased() else { return nil }
        let rest = parts[1].drop { $0 == " " }
        switch scheme {
        case "bearer": self = .secret(String(rest))
        case "basic":
            guard let data = Data(base64Encoded: String(rest)),
                let text = String(validating: data, as: UTF8.self),
                let colon = text.firstIndex(of: ":")
            else { return nil }
            self = .pair(
                id: String(text[..<colon]), secret: String(text[text.index(after: colon)...]))
        default: return nil
        }
    }
}

extension ManagementRequest {
    /// What its `Authorization` field presents, as Basic or Bearer.
    package var authorization: PresentedSecret? {
        field("Authorization").flatMap { PresentedSecret(authorization: $0) }
    }
}
