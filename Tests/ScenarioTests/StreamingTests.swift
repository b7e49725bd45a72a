// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// Bodies pass through; they do not pile up.
    @Suite(.serialized) struct Streaming {
        private static let size = Scenarios.isLong ? 1 << 30 : 256 << 20
        private static let allowanceKilobytes = 32 * 1024

        @Test func `a large upload costs no memory`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let file = lab.path("upload")
                _ = try await lab.run("truncate", ["-s", "\(Self.size)", file])
                let sum = try await lab.run("sha256sum", [file])
                #expect(try await front.client.visit(Front.name).status == 200)
                let before = front.edge.program.residentKilobytes
                let answer = try await front.curl("/echo", ["-T", file])
                let growth = front.edge.program.residentPeakKilobytes - before
                #expect(answer.output.contains("\"length\": \(Self.size)"), "\(answer)")
                #expect(answer.output.contains(sum.output.prefix(64)))
                #expect(growth < Self.allowanceKilobytes)
                print("upload of \(Self.size >> 20) MiB: \(growth) KiB more resident memory")
            }
        }

        @Test func `a large download costs no memory`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                #expect(try await front.client.visit(Front.name).status == 200)
                let before = front.edge.program.residentKilobytes
                let answer = try await front.curl(
                    "/down?bytes=\(Self.size)", ["-o", "/dev/null", "-w", "%{size_download}"])
                let growth = front.edge.program.residentPeakKilobytes - before
                #expect(answer.output == "\(Self.size)", "\(answer)")
                #expect(growth < Self.allowanceKilobytes)
                print("download of \(Self.size >> 20) MiB: \(growth) KiB more resident memory")
            }
        }

        @Test func `a slow reader slows the origin and nothing else`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                #expect(try await front.client.visit(Front.name).status == 200)
                let before = front.edge.program.residentKilobytes
                let sign = lab.path("reading")
                let reader = try await front.client.start(
                    "slow",
                    [
                        "names": [.string(Front.name)], "bytes": JSON(Self.size),
                        "sign": .string(sign),
                    ])
                try await eventually("the reader has begun") {
                    FileManager.default.fileExists(atPath: sign)
                }
                var sent = -1
                try await eventually("the origin stands still") {
                    let last = sent
                    try await Task.sleep(for: .milliseconds(300))
                    sent = try await front.origin.seen()["sent"].int!
                    return sent == last
                }
                // What the kernel's socket buffers hold on both connections, at its defaults.
                #expect(sent < 128 << 20)
                #expect(try await front.origin.seen()["finished"] == 0)
                let growth = front.edge.program.residentPeakKilobytes - before
                #expect(growth < Self.allowanceKilobytes)
                #expect(try await front.client.visit(Front.name).status == 200)
                let report = try await reader.report()
                #expect(report["got"].int! > Self.size)
                print("slow reader: origin stopped after \(sent >> 10) KiB, \(growth) KiB resident")
            }
        }
    }
}
