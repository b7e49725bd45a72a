// SPDX-License-Identifier: Apache-2.0
import TLS

extension Site {
    /// Without its revisions and publications, which are lists of their own.
    package var snapshot: JSONValue {
        snapshot([
            "name": .string(name),
            "hosts": JSONValue(hosts.map(\.text)),
            "application_urls": JSONValue(applicationURLs),
            "linked_version_id": JSONValue(linkedVersion),
            "published_version_id": JSONValue(publishedVersion),
            "is_published": .bool(isPublished),
            "client_reference": JSONValue(clientReference),
        ])
    }
}

extension Site.Revision {
    package var snapshot: JSONValue {
        [
            "number": .integer(number), "hosts": JSONValue(hosts.map(\.text)),
            "document": document, "description": JSONValue(description),
            "created_at": JSONValue(createdAt),
        ]
    }
}

extension Site.Publication {
    package var snapshot: JSONValue {
        [
            "number": .integer(number), "revision": revision.map { .integer($0) } ?? .null,
            "version_id": JSONValue(version), "is_active": .bool(isActive),
            "state": .string(state.rawValue), "detail": JSONValue(detail), "at": JSONValue(at),
        ]
    }
}
