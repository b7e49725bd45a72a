// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Registry
import TLS
import Testing

@testable import Management

@Suite struct AccessTests {
    private let key = [UInt8](repeating: 7, count: 32)
    private let peer = IPAddress("192.0.2.1")!
    private let moment = Moments()
    private let one = [PresentedSecret.pair(id: "a", secret: "one")]
    private let loop: EventLoop

    init() throws {
        loop = try EventLoop(name: "access")
    }

    private func client(
        _ id: String, _ scopes: Set<ManagementClient.Scope> = [.read]
    ) -> ManagementClient {
        ManagementClient(applicationID: id, account: "main", scopes: scopes)
    }

    private func control(_ clients: [(String, String)]) -> AccessControl {
        AccessControl(
            clients.map { ClientCredential(client: client($0.0), secret: $0.1) }, tokenKey: key,
            on: loop, now: { [moment] in moment.now }, date: { [moment] in moment.date })
    }

    @Test func `a client is known by its id and secret, or by its secret alone`() async {
        let access = control([("a", "one"), ("b", "two")])
        #expect(
            await access.authenticate([.pair(id: "b", secret: "two")], from: peer)
                == .client(client("b")))
        #expect(
            await access.authenticate([.secret("one")], from: peer) == .client(client("a")))
        for wrong: PresentedSecret in [
            .pair(id: "a", secret: "two"), .pair(id: "c", secret: "one"), .secret("three"),
            .secret(""), .pair(id: "", secret: ""),
        ] {
            #expect(await access.authenticate([wrong], from: peer) == .unknown)
        }
    }

    @Test func `a configured hash stands for its secret`() async {
        let credential = ClientCredential(
            client: client("a"), secretHash: Digest.sha256(Array("one".utf8)))
        let access = AccessControl([credential], tokenKey: key, on: loop)
        #expect(
            await access.authenticate([.pair(id: "a", secret: "one")], from: peer)
                == .client(client("a")))
    }

    @Test func `a token is its client's until it ends`() async throws {
        let access = control([("a", "one")])
        let token = try #require(
            await access.issueToken(to: one, lifetime: .seconds(3600)))
        #expect(token.split(separator: ".").count == 3)
        #expect(await access.authenticate([.secret(token)], from: peer) == .client(client("a")))
        #expect(
            await access.authenticate([.pair(id: "a", secret: token)], from: peer)
                == .client(client("a")))
        #expect(await access.authenticate([.pair(id: "b", secret: token)], from: peer) == .unknown)
        moment.pass(.seconds(3600))
        #expect(await access.authenticate([.secret(token)], from: peer) == .unknown)
    }

    @Test func `a token gets no other token`() async throws {
        let access = control([("a", "one")])
        let token = try #require(
            await access.issueToken(to: one, lifetime: .seconds(3600)))
        for presented: PresentedSecret in [.secret(token), .pair(id: "a", secret: token)] {
            #expect(await access.issueToken(to: [presented], lifetime: .seconds(3600)) == nil)
        }
        #expect(await access.issueToken(to: [], lifetime: .seconds(3600)) == nil)
    }

    @Test func `a token that was changed, or signed by others, is none`() async throws {
        let access = control([("a", "one")])
        let token = try #require(
            await access.issueToken(to: one, lifetime: .seconds(3600)))
        var parts = token.split(separator: ".").map(String.init)
        let claims = Base64URL.encode(
            Array(#"{"sub":"a","exp":99999999999,"cnf":"x"}"#.utf8))
        #expect(
            await access.authenticate([.secret("\(parts[0]).\(claims).\(parts[2])")], from: peer)
                == .unknown)
        parts[0] = Base64URL.encode(Array(#"{"alg":"none"}"#.utf8))
        #expect(
            await access.authenticate([.secret("\(parts[0]).\(parts[1]).")], from: peer)
                == .unknown)
        let foreign = AccessControl(
            [ClientCredential(client: client("a"), secret: "one")],
            tokenKey: [UInt8](repeating: 8, count: 32), on: loop)
        #expect(await foreign.authenticate([.secret(token)], from: peer) == .unknown)
    }

    @Test func `a client whose secret was changed takes its tokens along`() async throws {
        let access = control([("a", "one")])
        let token = try #require(
            await access.issueToken(to: one, lifetime: .seconds(3600)))
        await access.adopt([ClientCredential(client: client("a"), secret: "other")])
        #expect(await access.authenticate([.secret(token)], from: peer) == .unknown)
        #expect(await access.authenticate([.secret("one")], from: peer) == .unknown)
        await access.adopt([])
        #expect(await access.issueToken(to: one, lifetime: .seconds(60)) == nil)
    }

    private func told(
        _ clients: [(String, String)]
    ) -> (access: AccessControl, told: Told) {
        let told = Told()
        let access = AccessControl(
            clients.map { ClientCredential(client: client($0.0), secret: $0.1) }, tokenKey: key,
            on: loop, now: { [moment] in moment.now },
            lockedOut: { await told.add($0, $1, $2) })
        return (access, told)
    }

    @Test func `a client that keeps failing is shut out there, with its right secret too`() async {
        let (access, told) = told([("a", "one"), ("b", "two")])
        let right = [PresentedSecret.pair(id: "a", secret: "one")]
        for _ in 1...10 {
            #expect(
                await access.authenticate([.pair(id: "a", secret: "?")], from: peer) == .unknown)
        }
        #expect(await access.authenticate(right, from: peer) == .lockedOut(seconds: 301))
        // As a wrong one is.
        #expect(await access.authenticate([.secret("one")], from: peer) == .unknown)
        #expect(await told.all == ["192.0.2.1 a request-1"])
        #expect(
            await access.authenticate(right, from: IPAddress("192.0.2.9")!) == .client(client("a")))
        for presented in [PresentedSecret.pair(id: "b", secret: "two"), .secret("two")] {
            #expect(await access.authenticate([presented], from: peer) == .client(client("b")))
        }
        moment.pass(.seconds(301))
        #expect(await access.authenticate(right, from: peer) == .client(client("a")))
    }

    @Test func `a wrong secret that keeps coming shuts out no client that has the right one`() async
    {
        let (access, _) = told([("a", "one")])
        let wrong: [PresentedSecret] = [.secret("?"), .pair(id: "c", secret: "?")]
        for presented in wrong {
            for _ in 1...200 { _ = await access.authenticate([presented], from: peer) }
            #expect(
                await access.authenticate([presented], from: peer) == .lockedOut(seconds: 301))
        }
        for presented in [PresentedSecret.secret("one"), .pair(id: "a", secret: "one")] {
            #expect(await access.authenticate([presented], from: peer) == .client(client("a")))
        }
    }

    @Test func `an address that guesses is shut out for everybody, right secrets or not`() async {
        let (access, told) = told([("a", "one"), ("b", "two")])
        for guess in 1...25 {
            // Each of a request's four counts.
            _ = await access.authenticate(
                (1...4).map { .secret("\(guess).\($0)") }, from: peer)
        }
        #expect(await access.authenticate([.secret("one")], from: peer) == .lockedOut(seconds: 301))
        #expect(await told.all.last == "192.0.2.1 - request-1")
        moment.pass(.seconds(301))
        #expect(await access.authenticate([.secret("one")], from: peer) == .client(client("a")))
    }

    @Test func `a token counts though its client is shut out`() async throws {
        let (access, _) = told([("a", "one")])
        let token = try #require(await access.issueToken(to: one, lifetime: .seconds(3600)))
        for _ in 1...11 {
            _ = await access.authenticate([.pair(id: "a", secret: "?")], from: peer)
        }
        #expect(await access.authenticate([.secret(token)], from: peer) == .client(client("a")))
        #expect(await access.authenticate(one, from: peer) == .lockedOut(seconds: 301))
    }

    @Test func `a guess counts though a right secret stands behind it`() async {
        let access = control([("a", "one"), ("b", "two")])
        for guess in 0..<LockOut.Configuration().guessesMax {
            #expect(
                await access.authenticate(
                    [.secret("guess \(guess)"), .secret("two")], from: peer)
                    == .client(client("b")))
        }
        let decision = await access.authenticate([.secret("one")], from: peer)
        guard case .lockedOut = decision else {
            Issue.record("\(decision)")
            return
        }
    }

    @Test func `tokens whose time is over are no guesses`() async throws {
        let access = control([("a", "one")])
        var tokens: [String] = []
        for lifetime in 1...LockOut.Configuration().guessesMax {
            tokens.append(
                try #require(await access.issueToken(to: one, lifetime: .seconds(lifetime))))
        }
        moment.pass(.seconds(3600))
        for token in Set(tokens) {
            #expect(await access.authenticate([.secret(token)], from: peer) == .unknown)
        }
        #expect(await access.authenticate([.secret("one")], from: peer) == .client(client("a")))
    }

    @Test func `who presents nothing has not failed`() async {
        let access = control([("a", "one")])
        for _ in 1...20 { #expect(await access.authenticate([], from: peer) == .unknown) }
        #expect(await access.authenticate([.secret("one")], from: peer) == .client(client("a")))
    }

    @Test(arguments: [
        ("Basic YTpvbmU6eA==", PresentedSecret.pair(id: "a", secret: "one:x")),
        ("basic  YTo=", .pair(id: "a", secret: "")),
        ("Bearer x.y", .secret("x.y")), ("BEARER t", .secret("t")),
        ("Basic ???", nil), ("Basic YQ==", nil), ("Digest x", nil), ("Bearer", nil), ("", nil),
    ])
    func `an Authorization field presents by Basic or Bearer`(
        text: String, secret: PresentedSecret?
    ) {
        #expect(PresentedSecret(authorization: text) == secret)
    }

    private actor Told {
        var all: [String] = []
        func add(_ address: IPAddress, _ client: ManagementClient?, _ requestID: String) {
            all.append("\(address) \(client?.applicationID ?? "-") \(requestID)")
        }
    }
}

extension AccessControl {
    fileprivate func authenticate(
        _ presented: [PresentedSecret], from address: IPAddress
    ) async -> AccessDecision {
        await authenticate(presented, from: address, requestID: "request-1")
    }
}
