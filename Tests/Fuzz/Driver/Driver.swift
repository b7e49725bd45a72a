// SPDX-License-Identifier: Apache-2.0
import FuzzTargets
import Glibc

/// Which target the process feeds: `FUZZ_TARGET`, since libFuzzer has the arguments.
private let target: FuzzTarget = {
    guard let name = getenv("FUZZ_TARGET"), let target = FuzzTarget(rawValue: String(cString: name))
    else {
        print("FUZZ_TARGET=" + FuzzTarget.allCases.map(\.rawValue).joined(separator: "|"))
        exit(2)
    }
    return target
}()

/// What libFuzzer, whose program this is, calls with each input.
@c(LLVMFuzzerTestOneInput)
package func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
