import Testing

/// The floors of the house: arrows point down only, and each C library has one importer.
@Suite struct ArrowTests {
    /// What each target may import of ours and of the outside world. Foundation, Glibc and Synchronization
    /// are free, except where a pure target must not touch the system.
    private static let allowed: [String: Set<String>] = [
        "Tiling": ["Crypto"],
        "Scheduling": ["Tiling"],
        "Forests": ["Crypto", "SwiftProtobuf", "CForestKernel"],
        "Storage": ["Tiling"],
        "Products": ["Tiling", "Yams"],
        "Ledger": ["Tiling", "Storage", "GRDB"],
        "Messaging": ["Tiling", "CZeroMQ", "SwiftProtobuf"],
        "Rasters": ["Tiling", "CGDAL", "CNetCDF"],
        "Terrain": ["Tiling", "Storage", "Rasters"],
        "Covariates": ["Tiling", "Storage", "Rasters"],
        "Stations": ["Tiling", "Storage", "Rasters", "Covariates", "Forests"],
        "Execution": ["Tiling", "Storage", "Messaging", "Logging"],
        "Coordinator": ["Tiling", "Storage", "Scheduling", "Ledger", "Messaging", "Logging"],
        "Worker": ["Terrain", "Tiling", "Storage", "Execution", "Covariates", "Forests", "Rasters"],
        "Merger": ["Tiling", "Storage", "Execution", "Rasters"],
    ]
    private static let free: Set<String> = ["Foundation", "Glibc", "Synchronization", "Dispatch"]

    @Test func arrowsPointDown() {
        var found: [String] = []
        for file in SourceFile.all where !file.isTest && file.target != "tilth" {
            guard let allowed = Self.allowed[file.target] else {
                found.append(
                    "\(file.path): target \(file.target) has no floor: add it to ArrowTests and the README")
                continue
            }
            for (line, module) in file.imports where !allowed.contains(module) && !Self.free.contains(module)
            {
                found.append("\(file.path):\(line): \(file.target) must not import \(module)")
            }
        }
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test func theSchedulerTouchesNothing() {
        let found = SourceFile.all.filter { !$0.isTest && $0.target == "Scheduling" }.flatMap { file in
            file.imports.filter { Self.free.contains($0.module) }.map {
                "\(file.path):\($0.line): \($0.module)"
            }
        }
        #expect(found.isEmpty, "the scheduler has no clock, file or socket\n\(found.joined(separator: "\n"))")
    }

    @Test func onlyTheCommandReadsEnvironmentAndArguments() {
        let found = SourceFile.all.filter { !$0.isTest && $0.target != "tilth" }.flatMap { file in
            file.lines.enumerated().filter {
                $0.element.contains("ProcessInfo.processInfo.environment")
                    || $0.element.contains("CommandLine.")
                    || $0.element.contains("getenv(")
            }.map { "\(file.path):\($0.offset + 1)" }
        }
        #expect(found.isEmpty, "pass a Settings value instead\n\(found.joined(separator: "\n"))")
    }
}
