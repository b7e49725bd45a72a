// SPDX-License-Identifier: Apache-2.0
package import Storage
import TLS

/// Which part of a list is wanted.
package struct PageRequest: Hashable, Sendable {
    /// `Page.next` of the page before; nil: from the beginning.
    package var after: String?
    /// At most so many.
    package var limit: Int
    package var order: RecordRange.Order

    package static var limitDefault: Int { 50 }
    package static var limitMax: Int { 500 }

    package init(
        after: String? = nil, limit: Int = PageRequest.limitDefault,
        order: RecordRange.Order = .ascending
    ) {
        self.after = after
        self.limit = min(max(limit, 1), Self.limitMax)
        self.order = order
    }

    /// Whether `text` may have been a `Page.next`: for whoever takes one from a client. A list that is
    /// asked to begin after anything else is at its end.
    package static func isCursor(_ text: String) -> Bool {
        text.utf8.count <= 1024 && Base64URL.decode(text) != nil
    }
}

/// A part of a list. It may have fewer elements than were asked for, or none, and a `next` all the same:
/// one request looks at a bounded number of records.
package struct Page<Element: Sendable>: Sendable {
    package var elements: [Element]
    /// Where the next page begins; nil: this is the last one. Opaque, and good for as long as the store.
    package var next: String?

    package init(elements: [Element], next: String?) {
        self.elements = elements
        self.next = next
    }
}

/// A part of a list whose pages have numbers, as some dialects have them.
package struct NumberedPage<Element: Sendable>: Sendable {
    package var elements: [Element]
    /// Of all pages together; `Registry.numberedMax` stands for that and more, where no filter is.
    package var total: Int

    package init(elements: [Element], total: Int) {
        self.elements = elements
        self.total = total
    }
}
