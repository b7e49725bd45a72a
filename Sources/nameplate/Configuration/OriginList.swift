// SPDX-License-Identifier: Apache-2.0
import Proxy

/// `application_url`: one URL, or several that share the requests.
struct OriginList: ConfigurationValue {
    let urls: [OriginURL]

    static func read(_ cursor: ConfigurationCursor) -> OriginList? {
        guard case .array = cursor.value.kind else {
            return OriginURL.read(cursor).map { OriginList(urls: [$0]) }
        }
        let places = cursor.elements(of: "URLs") ?? []
        guard (1...OriginSet.limit).contains(places.count) else {
            cursor.problem("expected 1 to \(OriginSet.limit) URLs, found \(places.count)")
            return nil
        }
        var urls: [OriginURL] = []
        for place in places {
            guard let url = OriginURL.read(place) else { continue }
            if urls.contains(url) { place.problem("expected each URL once, found \(url) again") }
            urls.append(url)
        }
        return OriginList(urls: urls)
    }
}

extension OriginURL: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> OriginURL? {
        guard case .string(let text) = cursor.value.kind, let url = OriginURL(text) else {
            cursor.expected(
                "an http, https or h2c URL without a path or query, such as "
                    + "\"http://127.0.0.1:9000\"")
            return nil
        }
        return url
    }
}
