import Foundation
import Products
import Tiling

/// A small product file that is right, and ways to make it wrong.
enum ProductText {
    /// Line numbers of the table of mistakes count in this text.
    static let good = """
        name: small
        grid: {crs: "EPSG:4326", west: 10, east: 12, south: 40, north: 41, pixel: "1/10"}
        period: 2016-01-01..2016-12-31
        covariates:
          - {name: clay, unit: "%", source: {raster: clay.tif}}
          - name: rain
            unit: mm
            source: {netcdf: "m_{year}.nc", variable: rain}
          - {name: range, unit: "%", source: {difference: [clay, rain]}}
        layers:
          - {name: top, model: top.forest, features: [clay, rain, range]}
        output: {type: uint16, scale: 0.001, nodata: 65535, unit: m3 m-3}

        """

    /// The good text with one part of it replaced.
    static func replacing(_ part: String, with other: String) throws -> String {
        guard good.contains(part) else { throw NotInText(part: part) }
        return good.replacing(part, with: other)
    }

    struct NotInText: Error { let part: String }

    /// Loads a text from a file of its own.
    static func load(_ text: String) throws -> ProductFile { try load(Array(text.utf8)) }

    static func load(_ bytes: [UInt8]) throws -> ProductFile {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).yaml").path
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try ProductFile.load(path: path)
    }

    /// `line: message` of each mistake; empty when the text is right.
    static func mistakes(in text: String) throws -> [String] { try mistakes(in: Array(text.utf8)) }

    static func mistakes(in bytes: [UInt8]) throws -> [String] {
        do {
            _ = try load(bytes)
            return []
        } catch let error as ProductFileError {
            return error.mistakes.map { "\($0.line.map(String.init) ?? "-"): \($0.message)" }
        }
    }
}
