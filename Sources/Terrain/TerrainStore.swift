internal import Foundation
internal import Storage
internal import Tiling

/// What the passes of a run leave for each other: arrays of numbers in files of their own, one per tile and
/// pass, each written whole or not at all.
struct TerrainStore: Sendable {
    let run: RunDirectory
    let scheme: TileScheme
    /// Whether the map goes once around the globe.
    let isRing: Bool

    func path(_ pass: TerrainPass, _ tile: Int) -> String {
        "\(Stage.terrain.folder)/\(pass)/\(scheme.tile(at: tile)).bin"
    }

    func write(_ pass: TerrainPass, _ tile: Int, _ parts: [[UInt8]]) throws -> OutputFile {
        var file: [UInt8] = []
        for part in parts {
            withUnsafeBytes(of: Int64(part.count).littleEndian) { file += $0 }
            file += part
        }
        return try run.writeOutput(file, to: path(pass, tile))
    }

    /// The parts that a pass wrote for a tile.
    func read(_ pass: TerrainPass, _ tile: Int) throws -> [[UInt8]] {
        let relative = path(pass, tile)
        let absolute = run.absolute(relative)
        guard DurableFile.exists(absolute) else {
            throw TerrainError("\(relative) is gone: run `tilth resume`", isRetriable: true)
        }
        let bytes = try DurableFile.read(absolute)
        var parts: [[UInt8]] = []
        var place = 0
        while place < bytes.count {
            guard place + 8 <= bytes.count else { throw damaged(relative) }
            let count = bytes[place..<place + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard count >= 0, count <= bytes.count - place - 8 else { throw damaged(relative) }
            parts.append(Array(bytes[place + 8..<place + 8 + count]))
            place += 8 + count
        }
        return parts
    }

    /// The first part of a tile, as the numbers that it holds.
    func plane<Value: BitwiseCopyable>(_ pass: TerrainPass, _ tile: Int, of type: Value.Type) throws
        -> [Value]
    {
        let values = numbers(try read(pass, tile).first ?? [], as: type)
        let window = scheme.windowOnGrid(of: scheme.tile(at: tile))
        guard values.count == window.pixelCount else { throw damaged(path(pass, tile)) }
        return values
    }

    /// A tile's numbers with one cell around them, out of the files of nine tiles; `source` says which pass
    /// has those of a tile.
    func haloPlane<Value: BitwiseCopyable>(
        _ tile: Int, outside: Value, source: (Int) throws -> [Value]
    ) throws -> [Value] {
        let window = scheme.windowOnGrid(of: scheme.tile(at: tile))
        let width = window.columns + 2
        var values = [Value](repeating: outside, count: width * (window.rows + 2))
        var known: [Int: [Value]] = [:]
        for row in -1...window.rows {
            let gridRow = window.row + row
            guard gridRow >= 0, gridRow < scheme.grid.rows else { continue }
            let isRimRow = row < 0 || row == window.rows
            for column in -1...window.columns where isRimRow || column < 0 || column == window.columns {
                guard let gridColumn = self.column(window.column + column) else { continue }
                let other = scheme.tile(of: Pixel(column: gridColumn, row: gridRow))
                let number = scheme.index(of: other)
                if known[number] == nil { known[number] = try source(number) }
                let there = scheme.windowOnGrid(of: other)
                values[(row + 1) * width + column + 1] =
                    known[number]![(gridRow - there.row) * there.columns + gridColumn - there.column]
            }
        }
        let own = try known[tile] ?? source(tile)
        for row in 0..<window.rows {
            let first = (row + 1) * width + 1
            values.replaceSubrange(
                first..<first + window.columns, with: own[row * window.columns..<(row + 1) * window.columns])
        }
        return values
    }

    /// A column of the grid; nil beyond its sides, where the map does not go around the globe.
    private func column(_ column: Int) -> Int? {
        let count = scheme.grid.columns
        guard !isRing else { return (column + count) % count }
        return (0..<count).contains(column) ? column : nil
    }

    private func damaged(_ path: String) -> TerrainError {
        TerrainError("\(path) is damaged: run `tilth verify`, then `tilth resume`")
    }
}

/// The bytes of numbers as they lie in memory, which is little-endian on every platform of Swift.
func bytes<Value: BitwiseCopyable>(of numbers: [Value]) -> [UInt8] { numbers.withUnsafeBytes { Array($0) } }

func numbers<Value: BitwiseCopyable>(_ bytes: [UInt8], as type: Value.Type) -> [Value] {
    let size = MemoryLayout<Value>.stride
    return bytes.withUnsafeBytes { memory in
        (0..<bytes.count / size).map { memory.loadUnaligned(fromByteOffset: $0 * size, as: type) }
    }
}
