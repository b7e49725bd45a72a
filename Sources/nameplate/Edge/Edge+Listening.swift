// SPDX-License-Identifier: Apache-2.0
import Networking
import Provisioning
import Proxy
import TLS

/// Where the edge listens: on every data loop at the same addresses.
extension Edge {
    /// Listens at these addresses too; answers them with the ports that the kernel chose. When one
    /// cannot be had, none is.
    func open(_ wanted: ListenAddresses) async throws(EdgeError) -> ListenAddresses {
        var wanted = wanted
        var opened: [LoopBound<EdgeLoop>] = []
        do throws(SystemError) {
            // Loops share an address by SO_REUSEPORT, and so would another nameplate: ask first.
            for address in wanted.https + wanted.http { try TCPListener.requireFree(address) }
            for edgeLoop in loops {
                // The first loop has the kernel choose a port where 0 is wanted; the others follow.
                let addresses = wanted
                wanted = try await edgeLoop.loop.run {
                    Result { () throws(SystemError) in try edgeLoop.value.open(addresses) }
                }.get()
                opened.append(edgeLoop)
            }
            return wanted
        } catch {
            for edgeLoop in opened {
                let addresses = wanted
                await edgeLoop.loop.run { edgeLoop.value.close(addresses) }
            }
            throw EdgeError(listening: error)
        }
    }

    /// Takes note of where it listens now. Redirects lead to the first address of https.
    func adopt(_ addresses: ListenAddresses) async {
        configuration.listen.https = addresses.https
        configuration.listen.http = addresses.http
        await restrictOrigins()
        guard let port = addresses.https.first?.port else { return }
        for edgeLoop in loops {
            await edgeLoop.loop.run { edgeLoop.value.redirect(to: port) }
        }
    }

    /// Has origins that clients of the management API set kept from where we listen now.
    func restrictOrigins() async {
        let targets = OriginTargets(configuration)
        await plane.lifecycle.restrictOrigins(to: targets)
        for edgeLoop in loops {
            await edgeLoop.loop.run { edgeLoop.value.restrictOrigins(to: targets) }
        }
    }

    /// Stops listening there; connections go on.
    func close(_ addresses: ListenAddresses) async {
        for edgeLoop in loops {
            await edgeLoop.loop.run { edgeLoop.value.close(addresses) }
        }
    }
}

extension [LoopBound<EdgeLoop>] {
    /// Sends the requests of these domains to origins of their own from now on; none: to the
    /// application. A text that is no origin's URL was never let into the registry.
    func setOrigins(_ origins: [CertificateName: [String]]) {
        let urls = origins.mapValues { $0.compactMap { OriginURL($0) } }
        for edgeLoop in self {
            edgeLoop.loop.execute { edgeLoop.value.setOrigins(urls) }
        }
    }
}
