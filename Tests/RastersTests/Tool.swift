import Foundation

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
    func run(_ arguments: String...) throws -> String { try run(arguments) }

    @discardableResult
    func run(_ arguments: [String]) throws -> String {
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
