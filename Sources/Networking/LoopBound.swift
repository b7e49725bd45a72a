// SPDX-License-Identifier: Apache-2.0

/// A value that belongs to one loop: it may be carried anywhere and touched only there.
///
/// Touching it from another thread traps, so the mistake shows in the first test that makes it.
/// The guarantee behind `@unchecked Sendable`: every access checks for the loop's own thread.
/// What it holds may be released elsewhere, so a value's `deinit` must not rely on the loop.
package struct LoopBound<Value>: @unchecked Sendable {
    package let loop: EventLoop
    private let stored: Value

    package init(_ value: Value, on loop: EventLoop) {
        self.loop = loop
        stored = value
    }

    /// The value; traps off its loop.
    package var value: Value {
        loop.preconditionCurrent()
        return stored
    }
}
