// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Testing

@testable import nameplate

@Suite struct LogLineTests {
    private let line = LogLine(
        time: Date(timeIntervalSince1970: 1_795_269_801.125), level: .warning,
        message: "renewal failed",
        fields: [
            ("name", .text("shop.example.com")), ("reason", .text("the CA said \"no\"")),
            ("attempt", .number(2)), ("after", .duration(.milliseconds(134))),
        ])

    @Test func `a person reads time, level, sentence and values`() {
        #expect(
            line.text
                == "14:03:21.125 warning renewal failed name=shop.example.com "
                + "reason=\"the CA said \\\"no\\\"\" attempt=2 after=134ms")
    }

    @Test func `a program reads an object`() throws {
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(line.json.utf8)) as? [String: Any])
        #expect(object["time"] as? String == "2026-11-21T14:03:21.125Z")
        #expect(object["level"] as? String == "warning")
        #expect(object["message"] as? String == "renewal failed")
        #expect(object["reason"] as? String == "the CA said \"no\"")
        #expect(object["attempt"] as? Int == 2)
        #expect(object["after_ms"] as? Double == 134)
    }

    @Test(arguments: ["a\nb", "\u{1B}[31m", "\r\nINFO forged", "\u{202E}x", "\u{7F}"])
    func `what comes from outside neither forges a line nor steers a terminal`(text: String) {
        let line = LogLine(
            time: Date(), level: .info, message: text, fields: [("name", .text(text))])
        for form in [line.text, line.json] {
            #expect(
                form.unicodeScalars.allSatisfy {
                    $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x202E
                })
        }
    }

    @Test(arguments: [
        (Duration.microseconds(840), "0.84"), (.microseconds(12_340), "12.3"),
        (.milliseconds(134), "134"), (.seconds(10), "10000"), (.zero, "0.00"),
        (.microseconds(9), "0.00"),
    ])
    func `milliseconds have three digits that mean something`(duration: Duration, text: String) {
        #expect(Milliseconds.text(duration) == text)
    }
}

@Suite struct LogTests {
    private let lines = WrittenLines()
    private let loop = try! EventLoop(name: "log")

    private func log(_ level: LogLevel = .info) -> Log {
        Log(.init(level: level, format: .text), on: loop) { [lines] in lines.add($0) }
    }

    @Test func `lines below the level are not written`() async {
        let log = log(.warning)
        log.info("no")
        log.warning("yes")
        log.error("too")
        await log.flush()
        loop.shutdown()
        #expect(lines.all.map { $0.split(separator: " ").last } == ["yes", "too"])
    }

    @Test func `a changed configuration counts from the next line on`() async {
        let log = log()
        log.apply(.init(level: .error, format: .json))
        log.info("no")
        log.error("yes")
        await log.flush()
        loop.shutdown()
        #expect(lines.all.count == 1 && lines.all[0].hasPrefix("{\"time\":"))
    }

    @Test func `beyond the bound lines are dropped and counted`() async {
        let log = log()
        let gate = DispatchSemaphore(value: 0)
        loop.execute { gate.wait() }
        for _ in 0..<Log.longestQueue + 7 { log.info("x") }
        gate.signal()
        await log.flush()
        loop.shutdown()
        #expect(lines.all.count == Log.longestQueue + 1)
        #expect(lines.all.first?.hasSuffix("log lines were dropped count=7") == true)
    }
}
