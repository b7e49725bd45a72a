// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// How a release is built, beyond what the package manager has words for.
///
/// - The dynamic checks for exclusive access are left to debug builds, with which every test runs: a proxied
///   request takes 0.945 of the CPU time without its hundred of them.
/// - Swift's runtime and library are linked into the program: calls do not go by way of tables, and a machine
///   needs libssl and no Swift to run it.
let release: [SwiftSetting] = [
    .unsafeFlags(
        ["-enforce-exclusivity=unchecked", "-static-stdlib"], .when(configuration: .release))
]

/// Every target of ours is compiled alike: Swift 6, no warning survives, access is spelled out.
let common: [SwiftSetting] =
    release + [
        .swiftLanguageMode(.v6),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]

/// The rooms above `TLS` and `Networking`: an unsafe construct is a warning there, and so an error.
let safe: [SwiftSetting] = common + [.strictMemorySafety()]

/// A room, its tests, and the rooms below that it may see.
func room(
    _ name: String, _ dependencies: [Target.Dependency], unsafe: Bool = false,
    tests: [Target.Dependency] = [], testData: [String] = []
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, swiftSettings: unsafe ? common : safe),
        .testTarget(
            name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies + tests,
            exclude: testData, swiftSettings: common),
    ]
}

/// The driver of the fuzz targets gets its `main` from libFuzzer: only `Tests/Fuzz/run` asks for it.
let fuzzing: [Target] =
    Context.environment["NAMEPLATE_FUZZ"] == nil
    ? []
    : [
        .executableTarget(
            name: "Fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Driver",
            swiftSettings: common + [.unsafeFlags(["-parse-as-library"])])
    ]

let package = Package(
    name: "nameplate",
    targets: [
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
    ]
        + room("Networking", ["CLinux"], unsafe: true)
        + room("TLS", ["COpenSSL"], unsafe: true)
        + room(
            "HTTP", ["Networking", "TLS"], tests: ["TestSupport"], testData: ["HPACK/Peers"])
        + room("DNS", ["Networking", "TLS"])
        + room("Storage", ["Networking"])
        + room("ACME", ["HTTP", "Networking", "TLS"], tests: ["ScriptedCA", "TestSupport"])
        + room("Registry", ["Networking", "Storage", "TLS"], tests: ["TestSupport"])
        + room(
            "Provisioning",
            ["ACME", "DNS", "HTTP", "Networking", "Registry", "Storage", "TLS"],
            tests: ["ScriptedCA", "TestSupport"])
        + room(
            "Management",
            ["ACME", "HTTP", "Networking", "Provisioning", "Registry", "Storage", "TLS"],
            tests: ["DNS", "ScriptedCA", "TestSupport"])
        + room("Proxy", ["HTTP", "Networking", "TLS"])
        + room("Bench", ["HTTP", "Networking", "TLS"], tests: ["TestSupport"])
        + [
            .executableTarget(
                name: "nameplate",
                dependencies: [
                    "ACME", "Bench", "DNS", "HTTP", "Management", "Networking", "Provisioning",
                    "Proxy", "Registry", "Storage", "TLS",
                ],
                swiftSettings: safe,
                linkerSettings: [
                    .unsafeFlags(["-static-stdlib"], .when(configuration: .release))
                ]),
            .target(
                name: "ScriptedCA", dependencies: ["ACME", "HTTP", "TLS"], path: "Tests/ScriptedCA",
                swiftSettings: common),
            .testTarget(
                name: "nameplateTests",
                dependencies: [
                    "nameplate", "Bench", "HTTP", "Management", "Networking", "Provisioning",
                    "Proxy", "Registry", "TestSupport", "TLS",
                ],
                swiftSettings: common),
            .target(
                name: "TestSupport", dependencies: ["CLinux"], path: "Tests/Support",
                swiftSettings: common),
            .testTarget(
                name: "ScenarioTests", dependencies: ["TestSupport"], exclude: ["Clients"],
                swiftSettings: common),
            .target(
                name: "FuzzTargets", dependencies: ["DNS", "HTTP", "Management", "Networking"],
                path: "Tests/Fuzz/Targets", swiftSettings: common),
            .testTarget(
                name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"],
                path: "Tests/Fuzz/Tests", swiftSettings: common),
        ]
        + fuzzing
)
