// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Storage

/// A root of its own for one test, removed at its end.
final class StoreDirectory {
    let path: String
    let loop: EventLoop

    init() throws {
        path = NSTemporaryDirectory() + "nameplate-store-\(UInt64.random(in: .min ... .max))"
        loop = try EventLoop(name: "storage")
    }

    deinit {
        loop.shutdown()
        try? FileManager.default.removeItem(atPath: path)
    }

    func open() throws -> FileStore {
        try FileStore(root: path, on: loop)
    }

    /// Writes a file as an operator would, with the directories above it.
    func put(_ text: String, at file: String) throws {
        let url = URL(fileURLWithPath: "\(path)/\(file)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func text(of file: String) -> String? {
        FileManager.default.contents(atPath: "\(path)/\(file)").map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    func names(in directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(directory)").sorted()
    }

    func mode(of file: String) throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(file)")
        return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }
}

func pair(_ tag: String) -> [StoredFile] {
    [
        StoredFile("chain.pem", Array("chain \(tag)".utf8)),
        StoredFile("key.pem", Array("key \(tag)".utf8), .secret),
        StoredFile("certificate.json", Array("metadata \(tag)".utf8)),
    ]
}
