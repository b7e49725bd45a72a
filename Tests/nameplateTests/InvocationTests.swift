// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import nameplate

@Suite struct InvocationTests {
    @Test(arguments: [
        (["run"], Invocation.run(file: "conf/nameplate.json5")),
        (["run", "--config", "x.json5"], .run(file: "x.json5")),
        (["check", "--config=x.json5"], .check(file: "x.json5")),
        (["demo"], .demo(.untilInterrupted)), (["demo", "--once"], .demo(.once)),
        (
            ["diagnose", "shop.test"],
            .diagnose(domain: "shop.test", file: "conf/nameplate.json5", .text)
        ),
        (
            ["diagnose", "--json", "--config", "x", "shop.test"],
            .diagnose(domain: "shop.test", file: "x", .json)
        ),
        (["version"], .version), (["--version"], .version), (["help"], .help),
        (["run", "--help"], .help), (["-h"], .help),
    ])
    func `a command line says what it asks for`(words: [String], invocation: Invocation) throws {
        #expect(try Invocation(words) == invocation)
    }

    @Test(arguments: [
        ([], "no command was given"),
        (["rnu"], "there is no command \"rnu\"; did you mean \"run\"?"),
        (["frobnicate"], "there is no command \"frobnicate\""),
        (["run", "--config"], "--config wants the path of a file after it"),
        (["run", "now"], "run does not know \"now\""),
        (["demo", "--twice"], "demo does not know \"--twice\""),
        (["diagnose"], "diagnose wants a DOMAIN after it"),
        (["diagnose", "a.test", "b.test"], "diagnose does not know \"b.test\""),
        (["version", "--config", "x"], "version does not know \"--config\""),
    ])
    func `a wrong command line is one sentence`(words: [String], sentence: String) {
        #expect(throws: UsageError(sentence: sentence)) { try Invocation(words) }
    }
}
