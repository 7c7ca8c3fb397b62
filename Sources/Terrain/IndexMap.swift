internal import Rasters
internal import Storage
internal import Synchronization
internal import Tiling

/// The output map, written by many threads, one at a time.
final class IndexMap: Sendable {
    /// GDAL's handles belong to one thread at a time, which the lock sees to.
    private struct Shared: ~Copyable {
        let writer: MosaicWriter
    }
    private let shared: Mutex<Shared>

    init(output: String, grid: Grid, mode: TopographicIndex.Mode, source: String) throws {
        try DurableFile.makeFolder(output.lastIndex(of: "/").map { String(output[..<$0]) } ?? ".")
        let encoding = OutputEncoding(type: .float32, noData: .nan, unit: "ln(m)")
        let formula =
            mode == .published
            ? "ln(A / w / tan b), w = 90 m or sqrt(90) m on diagonals"
            : "ln(A / w / max(tan b, 0.001)), w = width across the flow"
        let name = source.split(separator: "/").last.map(String.init) ?? source
        let writer = try MosaicWriter(
            temporaryPath: DurableFile.temporaryName(for: output), grid: grid, encoding: encoding,
            description: "topographic index (\(mode.rawValue))",
            metadata: [
                "AREA_OR_POINT": "Area", "TILTH_TOPOGRAPHIC_INDEX": mode.rawValue, "TILTH_FORMULA": formula,
                "TILTH_ELEVATION": name,
            ],
            // An average of +inf would spread over the overviews.
            overviews: mode == .published ? .nearest : .average)
        shared = Mutex(Shared(writer: writer))
    }

    /// Puts a tile in its place; the number of cells with an index.
    func write(_ values: [Float], _ window: PixelWindow) throws -> Int {
        let validCount = values.count { !$0.isNaN }
        guard validCount > 0 else { return 0 }
        try shared.withLock { try $0.writer.write(.float32(values), window: window) }
        return validCount
    }

    func finish(to path: String) throws {
        try shared.withLock { try $0.writer.finish(to: path) }
    }
}
