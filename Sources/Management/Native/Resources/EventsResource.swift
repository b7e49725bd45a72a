// SPDX-License-Identifier: Apache-2.0
import Networking
import Provisioning
import Registry

/// `/events`: the log of all that has happened; `/queues`: the same, one by one.
enum EventsResource {
    static let routes = [
        Route(
            verb: .get, path: "/events", name: "listEvents",
            summary: "The account's events, oldest first.", scope: .read,
            query: [
                .init(
                    "after", Schema.id(of: Event.self),
                    "Only events after this one. Where some of those have left the log, the answer "
                        + "is 410."),
                QueryParameters.limit,
                .init("types", kinds, "Only these types, with commas between."),
                .init(
                    "subject", Schema.oneOf(Event.Subject.Kind.self),
                    "Only events about such an object."),
                .init(
                    "request_id", Schema.reference("ShortText"), "Only what this request caused."),
                .init(
                    "wait", Schema.integer(0...waitMax),
                    "Where there is none: so many seconds until there is one."),
            ],
            answer: .page(of: "Event", "A page of events."), problems: [.eventsGone],
            handle: list),
        Route(
            verb: .get, path: "/events/{event}", name: "getEvent", summary: "One event.",
            scope: .read, answer: .object("Event", "The event."), handle: get),
        Route(
            verb: .get, path: "/queues/{queue}/head", name: "getHeadOfQueue",
            summary: "The oldest event that was not confirmed in this queue, which need not be "
                + "made before.", scope: .read,
            query: [.init("types", kinds, "Only these types, with commas between.")],
            answer: .object("QueueHead", "The head of the queue."), handle: head),
        Route(
            verb: .post, path: "/queues/{queue}/ack", name: "confirmHeadOfQueue",
            summary: "Confirms the head of a queue: the next event is its head.", scope: .write,
            query: [.init("types", kinds, "As the head was asked for.")],
            body: "Confirmation", answer: .nothing("It is confirmed."), handle: confirm),
    ]

    /// Seconds that a request may wait for an event.
    static let waitMax = 20

    private static func list(_ call: NativeCall) async throws -> ManagementResponse {
        var filter = EventFilter()
        filter.kinds = Set(try call.values("types", of: Event.Kind.self))
        filter.subject = try call.value("subject", of: Event.Subject.Kind.self)
        filter.requestID = try call.shortText("request_id")
        let after = try call.id("after", of: Event.self)
        let limit =
            try call.integer("limit", in: 1...PageRequest.limitMax) ?? PageRequest.limitDefault
        let wait = try call.integer("wait", in: 0...waitMax) ?? 0
        let end = Instant.now + .seconds(wait)
        while true {
            // Before the look, so that nothing is missed between the two.
            let appeared = call.services.registry.eventsDidAppear()
            let page = try await call.lifecycle.events(
                filter, after: after, limit: limit, for: call.caller)
            if let after { try await requireNoneGone(after, call) }
            let left = Instant.now.duration(to: end)
            let isOver = left <= .zero || call.request.drain.isGiven
            if !page.elements.isEmpty || page.next != nil || isOver {
                let next = page.next.flatMap { Int($0) }.flatMap { EventNumber($0) }
                return call.list(page.elements.map(\.snapshot), next: next?.identifier)
            }
            await call.request.drain.wait(
                orFor: appeared, within: left, on: call.services.loop)
            try await call.requireClientStands()
        }
    }

    /// Throws where events behind `after` have left the log.
    private static func requireNoneGone(_ after: EventNumber, _ call: NativeCall) async throws {
        guard let gone = try await call.lifecycle.lastGoneEvent(for: call.caller), gone > after
        else { return }
        var problem = ProblemDocument(
            .eventsGone,
            "Events after \(after.identifier), through \(gone.identifier), have left the log.",
            field: "after")
        problem.extensions["resume_after"] = JSONValue(gone)
        throw problem
    }

    private static func get(_ call: NativeCall) async throws -> ManagementResponse {
        let number = try call.number("event", of: Event.self)
        guard let event = try await call.lifecycle.event(number, for: call.caller) else {
            throw ProblemDocument(.notFound, "There is no such event, or no more.")
        }
        return .json(200, event.snapshot)
    }

    private static func head(_ call: NativeCall) async throws -> ManagementResponse {
        let head = try await call.lifecycle.queueHead(
            try queue(call), kinds: Set(try call.values("types", of: Event.Kind.self)),
            for: call.caller)
        return .json(
            200,
            [
                "event": head.event.map(\.snapshot) ?? .null,
                "waiting": .integer(head.waiting),
                "lost_through": JSONValue(head.lostThrough),
            ])
    }

    private static func confirm(_ call: NativeCall) async throws -> ManagementResponse {
        let queue = try queue(call)
        var fields = try call.fields()
        let id = try fields.string("event_id")
        guard let event = EventNumber(identifier: id) else {
            throw fields.invalid("event_id", "expected an id such as evt_12")
        }
        try fields.finish()
        try await call.lifecycle.confirm(
            event, in: queue, kinds: Set(try call.values("types", of: Event.Kind.self)),
            by: call.caller)
        return .empty(204)
    }

    private static func queue(_ call: NativeCall) throws(ProblemDocument) -> QueueName {
        guard let queue = QueueName(call.parameters["queue"] ?? "") else {
            throw ProblemDocument(
                .notFound,
                "Queues have names of 1 to \(QueueName.bytesMax) letters, digits, - and _.")
        }
        return queue
    }

    private static let kinds: JSONValue = {
        let all = Event.Kind.allCases.map {
            $0.rawValue.split(separator: ".").joined(separator: "\\.")
        }.joined(separator: "|")
        return Schema.text(max: JSONFields.textMax, pattern: "^(\(all))(,(\(all)))*$")
    }()

    static let schemas: [String: JSONValue] = [
        "Event": Schema.object([
            "id": Schema.id(of: Event.self),
            "type": Schema.oneOf(Event.Kind.self),
            "subject": Schema.object([
                "type": Schema.oneOf(Event.Subject.Kind.self),
                "id": Schema.nullable(Schema.text()), "name": Schema.text(),
            ]),
            "cause": Schema.oneOf(Event.Cause.self), "actor": Schema.text(),
            "request_id": Schema.text(), "at": Schema.time,
            "data": Schema.described(
                Schema.any, "The object as it was then, or what else there is to tell."),
        ]),
        "QueueHead": Schema.object([
            "event": Schema.nullable(Schema.reference("Event")),
            "waiting": Schema.integer(0...Registry.waitingCountMax),
            "lost_through": Schema.described(
                Schema.nullable(Schema.id(of: Event.self)),
                "Events through this one have left the log before all were confirmed here; null "
                    + "as soon as one behind it is confirmed, and where none was lost."),
        ]),
        "Confirmation": Schema.object(["event_id": Schema.id(of: Event.self)]),
    ]
}
