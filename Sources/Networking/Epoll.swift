// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// What the kernel reported of one descriptor.
struct Readiness: OptionSet {
    let rawValue: UInt32

    static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The peer will send no more.
    static let readHangup = Readiness(rawValue: EPOLLRDHUP.rawValue)
    static let hangup = Readiness(rawValue: EPOLLHUP.rawValue)
    static let error = Readiness(rawValue: EPOLLERR.rawValue)
    static let edgeTriggered = Readiness(rawValue: EPOLLET.rawValue)
}

/// What a loop calls when one of its descriptors is ready.
protocol EpollHandler: AnyObject {
    func ready(_ readiness: Readiness)
}

/// One epoll set and the handlers behind its descriptors; used by its loop's thread only.
struct Epoll: ~Copyable {
    private let descriptor: CInt
    private let events: UnsafeMutablePointer<epoll_event>
    private var slots: [Slot] = []

    /// Events taken from the kernel in one call.
    private static let batch: CInt = 256

    /// A handler and which registration of the descriptor's number it is.
    ///
    /// The kernel may still report a descriptor that was closed earlier in the same batch, and its
    /// number may already belong to a new socket: an event counts only for its own registration.
    private struct Slot {
        var generation: UInt32 = 0
        var handler: (any EpollHandler)?
    }

    init() throws(SystemError) {
        descriptor = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError.last("create an epoll set") }
        events = .allocate(capacity: Int(Self.batch))
    }

    deinit {
        close(descriptor)
        events.deallocate()
    }

    mutating func add(
        _ target: CInt, for readiness: Readiness, handler: any EpollHandler
    ) throws(SystemError) {
        let index = Int(target)
        while slots.count <= index { slots.append(Slot()) }
        slots[index].generation &+= 1
        slots[index].handler = handler
        guard control(EPOLL_CTL_ADD, target, readiness) == 0 else {
            slots[index].handler = nil
            throw SystemError.last("watch a descriptor")
        }
    }

    /// Changes what is reported of a descriptor that was added.
    func modify(_ target: CInt, for readiness: Readiness) {
        _ = control(EPOLL_CTL_MOD, target, readiness)
    }

    /// Forgets a descriptor that is about to be closed; closing takes it out of the kernel's set.
    mutating func remove(_ target: CInt) {
        guard slots.indices.contains(Int(target)) else { return }
        slots[Int(target)].handler = nil
    }

    /// Waits up to `milliseconds` (-1: without end) and answers how many events came.
    func wait(milliseconds: CInt) -> Int {
        let count = epoll_wait(descriptor, events, Self.batch, milliseconds)
        // EBADF, EFAULT and EINVAL can only come from a bug of ours; EINTR is a turn without events.
        precondition(count >= 0 || errno == EINTR, "epoll_wait: \(errno)")
        return Int(max(count, 0))
    }

    /// The handler and readiness of the event at `index`, unless its registration is gone.
    func event(at index: Int) -> (handler: any EpollHandler, readiness: Readiness)? {
        let event = events[index]
        let target = Int(event.data.u64 & 0xffff_ffff)
        guard slots[target].generation == UInt32(event.data.u64 >> 32),
            let handler = slots[target].handler
        else { return nil }
        return (handler, Readiness(rawValue: event.events))
    }

    private func control(_ operation: CInt, _ target: CInt, _ readiness: Readiness) -> CInt {
        var event = epoll_event()
        event.events = readiness.rawValue
        event.data.u64 = UInt64(slots[Int(target)].generation) << 32 | UInt64(UInt32(target))
        return epoll_ctl(descriptor, operation, target, &event)
    }
}
