// SPDX-License-Identifier: Apache-2.0
import Proxy
import Testing

@Suite struct OriginCheckTests {
    @Test(arguments: [
        // The verdict after each result: g good, b bad.
        ("g", "g"), ("b", "b"), ("gb", "gg"), ("gbb", "ggg"), ("gbbb", "gggb"),
        ("gbbgbb", "gggggg"), ("gbbbg", "gggbb"), ("gbbbgg", "gggbbg"), ("gbbbgbgg", "gggbbbbg"),
        ("bg", "bb"), ("bgg", "bbg"),
    ])
    func `the first result decides, then so many of the contrary in a row`(
        results: String, verdicts: String
    ) {
        var check = OriginCheck(unhealthyAfter: 3, healthyAfter: 2)
        var before: Bool?
        let seen = results.map { result in
            let isNew = check.saw(result == "g")
            #expect(isNew == (check.isHealthy != before))
            before = check.isHealthy
            return check.isHealthy == true ? "g" : "b"
        }
        #expect(seen.joined() == verdicts)
    }
}
