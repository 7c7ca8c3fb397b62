import Foundation

/// A netCDF-4 file out of text, with groups if need be; independent of what writes files in the product.
enum NcgenFile {
    /// False, with a loud line, where ncgen is not installed.
    static func write(_ cdl: String, to path: String, skipping test: String = #function) throws -> Bool {
        let folder = URL(filePath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let text = path + ".cdl"
        try "netcdf made {\n\(cdl)\n}\n".write(toFile: text, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: text) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["ncgen", "-k", "nc4", "-o", path, text]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if process.terminationStatus == 127 {
            print("SKIPPED: \(test): ncgen is not installed")
            return false
        }
        guard process.terminationStatus == 0 else {
            throw NcgenFailure(description: String(decoding: said, as: UTF8.self))
        }
        return true
    }

    /// `1.0, 2.0, _` with a fill value for NaN.
    static func list(_ values: [Double], suffix: String = "") -> String {
        values.map { $0.isNaN ? "_" : "\($0)\(suffix)" }.joined(separator: ", ")
    }
}

struct NcgenFailure: Error, CustomStringConvertible { let description: String }
