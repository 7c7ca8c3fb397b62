import Foundation
import Tiling

/// A netCDF file in the classic format, byte by byte, so that tests depend on no writer of ours.
struct ClassicNetCDF {
    /// Cell centres, degrees.
    var longitudes: [Double]
    var latitudes: [Double]
    /// Days since 1970-01-01; nil for a file without time.
    var times: [Double]?
    /// By variable: [time][latitude][longitude].
    var variables: [(name: String, values: [Float])]

    func write(to path: String) throws {
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: path))
    }

    private struct Entry {
        let name: String
        let dimensions: [Int]
        let attributes: [(String, String)]
        let isDouble: Bool
        let content: [UInt8]
    }

    private var bytes: [UInt8] {
        let dimensions =
            (times.map { [("time", $0.count)] } ?? []) + [
                ("lat", latitudes.count), ("lon", longitudes.count),
            ]
        let last = dimensions.count - 1
        var entries: [Entry] = []
        if let times {
            entries.append(
                Entry(
                    name: "time", dimensions: [0],
                    attributes: [
                        ("units", "days since 1970-01-01"), ("standard_name", "time"), ("axis", "T"),
                    ],
                    isDouble: true, content: times.flatMap { big($0.bitPattern) }))
        }
        entries.append(
            Entry(
                name: "lat", dimensions: [last - 1],
                attributes: [("units", "degrees_north"), ("standard_name", "latitude")], isDouble: true,
                content: latitudes.flatMap { big($0.bitPattern) }))
        entries.append(
            Entry(
                name: "lon", dimensions: [last],
                attributes: [("units", "degrees_east"), ("standard_name", "longitude")], isDouble: true,
                content: longitudes.flatMap { big($0.bitPattern) }))
        for variable in variables {
            entries.append(
                Entry(
                    name: variable.name, dimensions: Array(0...last), attributes: [("units", "mm")],
                    isDouble: false,
                    content: variable.values.flatMap { big($0.bitPattern) }))
        }
        let headerSize = header(dimensions, entries, begins: entries.map { _ in 0 }).count
        var begins: [Int] = []
        var end = headerSize
        for entry in entries {
            begins.append(end)
            end += (entry.content.count + 3) / 4 * 4
        }
        return header(dimensions, entries, begins: begins) + entries.flatMap { padded($0.content) }
    }

    private func header(_ dimensions: [(String, Int)], _ entries: [Entry], begins: [Int]) -> [UInt8] {
        var bytes: [UInt8] = Array("CDF".utf8) + [1] + big(UInt32(0))
        bytes += big(UInt32(10)) + big(UInt32(dimensions.count))
        for (name, count) in dimensions { bytes += text(name) + big(UInt32(count)) }
        bytes += big(UInt32(0)) + big(UInt32(0))
        bytes += big(UInt32(11)) + big(UInt32(entries.count))
        for (entry, begin) in zip(entries, begins) {
            bytes += text(entry.name) + big(UInt32(entry.dimensions.count))
            bytes += entry.dimensions.flatMap { big(UInt32($0)) }
            bytes += big(UInt32(12)) + big(UInt32(entry.attributes.count))
            for (name, value) in entry.attributes { bytes += text(name) + big(UInt32(2)) + text(value) }
            bytes += big(UInt32(entry.isDouble ? 6 : 5)) + big(UInt32((entry.content.count + 3) / 4 * 4))
            bytes += big(UInt32(begin))
        }
        return bytes
    }

    private func text(_ text: String) -> [UInt8] { big(UInt32(text.utf8.count)) + padded(Array(text.utf8)) }
    private func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    }
    private func big(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}
