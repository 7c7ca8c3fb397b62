import Foundation

/// The folder of real test inputs beside the repository; `TILTH_SHARED_DATA` may say where else it is.
enum SharedData {
    private static let root =
        ProcessInfo.processInfo.environment["TILTH_SHARED_DATA"]
        ?? URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/data").path

    /// The path of a file or folder in there; nil, with a loud line, when the whole folder is missing.
    static func path(_ relative: String, skipping test: String = #function) -> String? {
        guard FileManager.default.fileExists(atPath: root) else {
            print("SKIPPED: \(test): there is no folder \(root) (set TILTH_SHARED_DATA)")
            return nil
        }
        return "\(root)/\(relative)"
    }

    static func json<Facts: Decodable>(
        _ relative: String, as type: Facts.Type, skipping test: String = #function
    )
        throws -> Facts?
    {
        guard let path = path(relative, skipping: test) else { return nil }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(contentsOf: URL(filePath: path)))
    }
}

/// A fresh folder, gone with the value.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "tilth-rasters-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ name: String) -> String { url.appending(path: name).path }

    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: file(name)))
        return file(name)
    }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path).sorted()) ?? [] }
}

/// A program of the GDAL or netCDF tools; nil, with a loud line, where it is not installed.
struct Tool {
    let path: String

    init?(_ name: String, skipping test: String = #function) {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        guard
            let folder = folders.first(where: {
                FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
            })
        else {
            print("SKIPPED: \(test): \(name) is not installed")
            return nil
        }
        path = "\(folder)/\(name)"
    }

    /// Runs to the end and returns what it printed; throws when it fails.
    @discardableResult
    func run(_ arguments: String...) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: output, as: UTF8.self)
        guard process.terminationStatus == 0 else { throw ToolFailure(description: "\(path): \(text)") }
        return text
    }
}

struct ToolFailure: Error, CustomStringConvertible {
    let description: String
}

/// Count, extremes and mean of what is not missing.
struct Statistics {
    private(set) var valid = 0
    private(set) var min = Double.infinity
    private(set) var max = -Double.infinity
    private(set) var mean = 0.0

    init(_ values: [Float]) {
        for value in values where !value.isNaN {
            valid += 1
            min = Swift.min(min, Double(value))
            max = Swift.max(max, Double(value))
            mean += Double(value)
        }
        mean /= Double(Swift.max(valid, 1))
    }

    /// Agreement to float rounding.
    func agrees(valid: Int, min: Double, max: Double, mean: Double) -> Bool {
        func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 2e-6 * Swift.max(1, abs(b)) }
        return self.valid == valid && close(self.min, min) && close(self.max, max) && close(self.mean, mean)
    }
}
