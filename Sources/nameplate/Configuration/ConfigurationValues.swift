// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

import HTTP
import Networking
import TLS

extension Bool: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> Bool? {
        guard case .boolean(let value) = cursor.value.kind else {
            cursor.expected("true or false")
            return nil
        }
        return value
    }
}

extension Int: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> Int? {
        guard case .integer(let value) = cursor.value.kind else {
            cursor.expected("a whole number")
            return nil
        }
        return value
    }
}

extension Double: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> Double? {
        switch cursor.value.kind {
        case .integer(let value): return Double(value)
        case .number(let value): return value
        default:
            cursor.expected("a number")
            return nil
        }
    }
}

extension String: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> String? {
        guard case .string(let value) = cursor.value.kind, !value.isEmpty else {
            cursor.expected("a text in quotes")
            return nil
        }
        return value
    }
}

extension Array: ConfigurationValue where Element: ConfigurationValue {
    /// The elements that could be read; the others are reported, each with its own key path.
    static func read(_ cursor: ConfigurationCursor) -> [Element]? {
        cursor.elements(of: "values")?.compactMap(Element.read)
    }
}

extension Duration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> Duration? {
        guard case .string(let text) = cursor.value.kind, let value = DurationText.parse(text)
        else {
            cursor.expected("a duration such as \"250ms\", \"10s\" or \"12h\"")
            return nil
        }
        return value
    }
}

extension SocketAddress: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> SocketAddress? {
        guard case .string(let text) = cursor.value.kind, let value = SocketAddress(text) else {
            cursor.expected("an address and port such as \"0.0.0.0:443\"")
            return nil
        }
        return value
    }
}

extension ServerName: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> ServerName? {
        guard case .string(let text) = cursor.value.kind, let value = ServerName(text) else {
            cursor.expected("a host name such as \"domains.saascompany.com\"")
            return nil
        }
        return value
    }
}

extension HTTPURL: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> HTTPURL? {
        guard case .string(let text) = cursor.value.kind, let value = HTTPURL(text) else {
            cursor.expected("a URL such as \"http://127.0.0.1:9000\" or \"https://app.internal\"")
            return nil
        }
        return value
    }
}

extension ConfigurationValue where Self: RawRepresentable<String> & CaseIterable {
    /// One of the cases, by its raw value.
    static func read(_ cursor: ConfigurationCursor) -> Self? {
        guard case .string(let text) = cursor.value.kind, let value = Self(rawValue: text) else {
            let names = allCases.map { "\"\($0.rawValue)\"" }
            cursor.expected("one of \(names.joined(separator: ", "))")
            return nil
        }
        return value
    }
}
