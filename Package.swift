// swift-tools-version: 6.2
import PackageDescription

// Arrows point down only (README, "Architecture"). A target exists only if it is pure, is the only importer of one
// C library family, is science, or is a process.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")

func target(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "tilth",
    products: [.executable(name: "tilth", targets: ["tilth"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // command
        .executableTarget(
            name: "tilth",
            dependencies: [
                "Tiling", "Storage", "Products", "Forests", "Covariates", "Terrain", "Rasters", "Scheduling",
                "Ledger",
                "Messaging", "Execution", "Coordinator", "Worker", "Merger", "Stations", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        // process
        target("Coordinator", ["Tiling", "Storage", "Scheduling", "Ledger", "Messaging", logging]),
        target("Worker", ["Terrain", "Tiling", "Storage", "Execution", "Covariates", "Forests", "Rasters"]),
        target("Merger", ["Tiling", "Storage", "Execution", "Rasters"]),
        target("Execution", ["Tiling", "Storage", "Messaging", logging]),
        // science
        target("Covariates", ["Tiling", "Storage", "Rasters"]),
        target("Stations", ["Tiling", "Storage", "Rasters", "Covariates", "Forests"]),
        target("Terrain", ["Tiling", "Storage", "Rasters"]),
        // boundary: each is the only importer of what it stands for
        target("Rasters", ["Tiling", "CGDAL", "CNetCDF"]),
        target(
            "Messaging", ["Tiling", "CZeroMQ", protobuf], exclude: ["Wire/tilth.proto", "Wire/generate"]),
        target("Ledger", ["Tiling", .product(name: "GRDB", package: "GRDB.swift")]),
        target("Products", ["Tiling", .product(name: "Yams", package: "Yams")]),
        target("Storage", ["Tiling"]),
        // pure
        .target(name: "CForestKernel", cSettings: [.treatAllWarnings(as: .error)]),
        target(
            "Forests", [crypto, protobuf, "CForestKernel"],
            exclude: ["Onnx/onnx-subset.proto", "Onnx/generate"]),
        target("Scheduling", ["Tiling"]),
        target("Tiling", [crypto]),
        // C libraries
        .systemLibrary(name: "CGDAL", pkgConfig: "gdal", providers: [.apt(["libgdal-dev"])]),
        .systemLibrary(name: "CNetCDF", pkgConfig: "netcdf", providers: [.apt(["libnetcdf-dev"])]),
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        // tests, a target for each room, and what several of them need
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        tests("TilingTests", ["Tiling"]),
        tests("ForestsTests", ["TestSupport", "Forests"]),
        tests("SchedulingTests", ["TestSupport", "Scheduling", "Tiling"]),
        tests("StorageTests", ["Storage", "Tiling"]),
        tests("LedgerTests", ["Ledger", "Storage", "Tiling", .product(name: "GRDB", package: "GRDB.swift")]),
        tests("MessagingTests", ["Messaging", "Tiling"]),
        tests("ProductsTests", ["Products", "Tiling"]),
        tests("RastersTests", ["TestSupport", "Rasters", "Tiling"]),
        tests("TerrainTests", ["TestSupport", "Terrain", "Storage", "Rasters", "Tiling"]),
        tests(
            "StationsTests",
            ["TestSupport", "Stations", "Covariates", "Products", "Forests", "Storage", "Rasters", "Tiling"],
            exclude: ["Tables", "yanco_baseline.py"]),
        tests("CovariatesTests", ["TestSupport", "Covariates", "Storage", "Rasters", "Tiling"]),
        tests("StyleTests", []),
        tests(
            "EndToEndTests",
            [
                "TestSupport", "tilth", "Tiling", "Forests", "Rasters", "Stations", "Storage", "Execution",
                "Merger", "Worker",
            ],
            exclude: ["readers.py", "yanco_pixels.py", "onnxruntime_leaves.py"]),
    ],
    swiftLanguageModes: [.v6]
)
