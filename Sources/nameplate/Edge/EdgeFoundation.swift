// SPDX-License-Identifier: Apache-2.0
import DNS
import FoundationEssentials
import HTTP
import Networking
import Provisioning
import Storage
import TLS

/// What everything else stands on, and what never changes while the edge lives: its loops and its
/// storage.
struct EdgeFoundation: Sendable {
    /// For all that carries no traffic and never blocks.
    let control: EventLoop
    /// For what blocks: files.
    let storage: EventLoop
    /// For long computations: keys, and what clients bring to be verified. Storage has first visits and
    /// commits waiting for it.
    let computing: EventLoop
    /// For traffic.
    let data: [EventLoop]
    /// For the management API; nil where none is configured.
    let management: EventLoop?
    /// For the challenge zone, which anybody may ask; nil where we do not answer for one.
    let zone: EventLoop?
    let store: FileStore
    /// What is known of domains and certificates.
    let records: RecordFiles
    /// Where keys are made, which takes too long for the other loops.
    let keys: LeafKeys
    /// What requests get that may come back.
    let loopMark = LoopMark()

    /// Starts the threads, and opens the storage, which no other process may have open.
    init(_ configuration: Configuration, log: Log) async throws(EdgeError) {
        let wanted = configuration.listen.loops
        let count = wanted > 0 ? wanted : ProcessInfo.processInfo.activeProcessorCount
        do throws(SystemError) {
            control = try EventLoop(name: "control")
            storage = try EventLoop(name: "storage")
            computing = try EventLoop(name: "computing")
            var data: [EventLoop] = []
            for index in 0..<count { data.append(try EventLoop(name: "data-\(index)")) }
            self.data = data
            management =
                try configuration.management == nil ? nil : EventLoop(name: "management")
            let answersZone = configuration.challengeZone != nil && configuration.dns.update == nil
            zone = try answersZone ? EventLoop(name: "zone") : nil
        } catch {
            throw EdgeError("cannot \(error)")
        }
        let root = configuration.storage.file
        let opened = await storage.run { [storage] in
            Result { () throws(StorageError) in
                let store = try FileStore(root: root, on: storage)
                let records = try RecordFiles(directory: "\(root)/records", on: storage) {
                    log.error(
                        "storage failed",
                        ["doing": .text("putting records in order"), "why": .text("\($0)")])
                }
                return (store, records)
            }
        }
        do { (store, records) = try opened.get() } catch { throw EdgeError(opening: root, error) }
        keys = LeafKeys(on: computing)
    }

    /// Ends the threads. What still runs on them is dropped.
    func shutdown() {
        for loop in data + [management, zone, control, computing, storage].compactMap(\.self) {
            loop.shutdown()
        }
    }
}

extension Configuration {
    /// Who is asked about names: the configured resolvers, or the system's.
    var resolverServers: [SocketAddress] {
        dns.resolvers.isEmpty ? ResolverFile().servers : dns.resolvers
    }

    /// Resolves names for `loop`'s own purposes.
    func resolver(on loop: EventLoop) -> Resolver {
        Resolver(servers: resolverServers, on: loop)
    }

    /// Finds the addresses of the application and of CAs.
    func hostLookup(with resolver: Resolver) -> HostResolver {
        HostResolver(resolver: resolver, hosts: HostsFile(path: "/etc/hosts"))
    }
}
