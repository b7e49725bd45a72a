// SPDX-License-Identifier: Apache-2.0

/// Which part of a list is wanted.
package struct PageRequest: Hashable, Sendable {
    /// `Page.next` of the page before; nil: from the beginning.
    package var after: String?
    /// At most so many.
    package var limit: Int

    package static var limitDefault: Int { 50 }
    package static var limitMax: Int { 500 }

    package init(after: String? = nil, limit: Int = PageRequest.limitDefault) {
        self.after = after
        self.limit = min(max(limit, 1), Self.limitMax)
    }
}

/// A part of a list.
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
    /// Of all pages together.
    package var total: Int

    package init(elements: [Element], total: Int) {
        self.elements = elements
        self.total = total
    }
}
