// SPDX-License-Identifier: Apache-2.0
import Networking
import TLS

/// One provision of one name, and the handshakes that wait for it: they share its certificate and
/// its error.
///
/// On the control loop.
final class Flight {
    typealias Outcome = Result<StoredCertificate, ProvisioningFailure>

    private struct Passenger {
        let hold: Hold
        let continuation: CheckedContinuation<Outcome, Never>
        let timer: Timer
    }

    let name: ServerName
    /// Ordered by the management; it lands when what comes of it is installed.
    let isManaged: Bool
    /// Of the steps that it has made so far; nil until it is past storage.
    var times: StepTimes?
    var isReportedLate = false
    private let loop: EventLoop
    private var landed: Outcome?
    private var passengers: [ObjectIdentifier: Passenger] = [:]
    private var onlookers: [CheckedContinuation<Outcome, Never>] = []
    /// Those who left on their way to board.
    private var noShows: Set<ObjectIdentifier> = []

    init(_ name: ServerName, isManaged: Bool = false, on loop: EventLoop) {
        self.name = name
        self.isManaged = isManaged
        self.loop = loop
    }

    /// Waits until the flight lands, the hold's deadline passes or `leave` is called.
    func outcome(for hold: Hold) async -> Outcome {
        await withCheckedContinuation { continuation in
            // The runtime may queue this step behind the flight's own: a name that is refused from
            // memory lands first.
            if let landed { return continuation.resume(returning: landed) }
            if noShows.remove(ObjectIdentifier(hold)) != nil {
                return continuation.resume(returning: .failure(.abandoned))
            }
            let patience = Instant.now.duration(to: hold.deadline)
            let timer = loop.schedule(after: max(patience, .zero)) { [weak self] in
                self?.leave(hold, with: .tooSlow)
            }
            passengers[ObjectIdentifier(hold)] = Passenger(
                hold: hold, continuation: continuation, timer: timer)
        }
    }

    /// Waits until the flight lands, however long that takes.
    func landing() async -> Outcome {
        await withCheckedContinuation { continuation in
            if let landed {
                continuation.resume(returning: landed)
            } else {
                onlookers.append(continuation)
            }
        }
    }

    func leave(_ hold: Hold, with failure: ProvisioningFailure) {
        guard let passenger = passengers.removeValue(forKey: ObjectIdentifier(hold)) else {
            noShows.insert(ObjectIdentifier(hold))
            return
        }
        passenger.timer.cancel()
        passenger.continuation.resume(returning: .failure(failure))
    }

    /// The first landing counts.
    func land(_ outcome: Outcome) {
        guard landed == nil else { return }
        landed = outcome
        for onlooker in onlookers { onlooker.resume(returning: outcome) }
        onlookers = []
        let arrived = passengers.values
        passengers = [:]
        for passenger in arrived {
            passenger.timer.cancel()
            passenger.continuation.resume(returning: outcome)
        }
    }
}
