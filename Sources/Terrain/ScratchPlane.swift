internal import Glibc
internal import Storage
internal import Tiling

/// A grid of numbers on disk that lives as long as its owner: what a stage of the work leaves for the next.
///
/// The file has no name from its first moment on, so that a killed process leaves nothing behind. Several
/// threads read and write it; each number is whole, before or after.
final class ScratchPlane<Value: BitwiseCopyable & Sendable>: Sendable {
    private let file: Int32
    private let path: String
    private let columns: Int
    private let rows: Int
    private let outside: Value
    private let isRing: Bool

    /// A plane full of zero bits, as unwritten parts of a file are; `outside` is read beyond its
    /// edges. `output` is the file beside which it is made.
    init(beside output: String, grid: Grid, outside: Value, isRing: Bool = false) throws {
        path = DurableFile.temporaryName(for: output)
        columns = grid.columns
        rows = grid.rows
        self.outside = outside
        self.isRing = isRing
        file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failure("make", path, code: errno) }
        unlink(path)
        guard ftruncate(file, columns * rows * MemoryLayout<Value>.stride) == 0 else {
            let code = errno
            close(file)
            throw Self.failure("make", path, code: code)
        }
    }

    deinit { close(file) }

    /// The values of a window, with `halo` (0 or 1) cells around it.
    func read(_ window: PixelWindow, halo: Int) throws -> [Value] {
        var values = try readOnGrid(window, halo: halo)
        guard isRing, halo == 1 else { return values }
        let width = window.columns + 2
        let rows = max(0, window.row - 1)..<min(self.rows, window.row + window.rows + 1)
        let sides = [(0, window.column - 1), (width - 1, window.column + window.columns)]
        for (place, column) in sides where column < 0 || column >= columns {
            let strip = PixelWindow(
                column: (column + columns) % columns, row: rows.lowerBound, columns: 1, rows: rows.count)
            for (number, value) in try readOnGrid(strip, halo: 0).enumerated() {
                values[(rows.lowerBound + number - window.row + 1) * width + place] = value
            }
        }
        return values
    }

    private func readOnGrid(_ window: PixelWindow, halo: Int) throws -> [Value] {
        let width = window.columns + 2 * halo
        var values = [Value](repeating: outside, count: width * (window.rows + 2 * halo))
        let first = max(0, window.column - halo)
        let count = min(columns, window.column + window.columns + halo) - first
        let top = max(0, window.row - halo)
        for row in top..<min(rows, window.row + window.rows + halo) {
            let place = (row - window.row + halo) * width + first - window.column + halo
            try values.withUnsafeMutableBytes { memory in
                let size = MemoryLayout<Value>.stride
                let target = UnsafeMutableRawBufferPointer(
                    rebasing: memory[place * size..<(place + count) * size])
                try transfer(target.count, at: (row * columns + first) * size, verb: "read") {
                    pread(file, target.baseAddress! + $0, target.count - $0, $1)
                }
            }
        }
        return values
    }

    /// Puts the values of a window in their place.
    func write(_ values: [Value], _ window: PixelWindow) throws {
        precondition(values.count == window.pixelCount, "a window's worth of values")
        let size = MemoryLayout<Value>.stride
        try values.withUnsafeBytes { memory in
            for row in 0..<window.rows {
                let source = UnsafeRawBufferPointer(
                    rebasing: memory[row * window.columns * size..<(row + 1) * window.columns * size])
                let place = ((window.row + row) * columns + window.column) * size
                try transfer(source.count, at: place, verb: "write") {
                    pwrite(file, source.baseAddress! + $0, source.count - $0, $1)
                }
            }
        }
    }

    /// Repeats a call until all bytes are through: `call(done, place)`.
    private func transfer(
        _ byteCount: Int, at place: Int, verb: String, _ call: (Int, Int) -> Int
    ) throws {
        var done = 0
        while done < byteCount {
            let count = call(done, place + done)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(verb, path, code: count == 0 ? EIO : errno) }
            done += count
        }
    }

    private static func failure(_ verb: String, _ path: String, code: Int32) -> TerrainError {
        TerrainError(
            "\(path): cannot \(verb) the scratch file: \(String(cString: strerror(code)))"
                + (code == ENOSPC ? ": the DEM needs 9 bytes a cell free beside the output" : ""),
            isRetriable: [ENOSPC, EDQUOT, EIO, ESTALE].contains(code))
    }
}
