import Rasters
import Tiling

/// Reads some cells of the steps of a source, block by block of each file.
struct CellReader {
    /// What the paths of planes are relative to.
    let root: String
    let cells: CellSet
    /// The grid that the cells are counted on; a file on another one is refused.
    let grid: Grid

    /// Read windows are at least about as large, so that a file of tiny blocks does not cost a call for each.
    static let windowSide = 256

    /// Each step's cells, summed over its variables in double: [step * cellCount + cell].
    func values(of steps: [SourceSteps.Step]) throws -> [Float] {
        guard cells.count > 0, let variableCount = steps.first?.planes.count else { return [] }
        let planes = steps.flatMap(\.planes)
        let read = try values(of: planes)
        guard variableCount > 1 else { return read }
        var sums = [Float](repeating: .nan, count: steps.count * cells.count)
        for step in steps.indices {
            for cell in 0..<cells.count {
                var sum = 0.0
                for variable in 0..<variableCount {
                    sum += Double(read[(step * variableCount + variable) * cells.count + cell])
                }
                sums[step * cells.count + cell] = Float(sum)
            }
        }
        return sums
    }

    /// [plane * cellCount + cell]; a file is opened once, whatever the number of its bands. Flags are read as
    /// they are stored.
    func values(of planes: [SourcePlane], asStored: Bool = false) throws -> [Float] {
        var result = [Float](repeating: .nan, count: planes.count * cells.count)
        var members: [Place: [(plane: Int, band: Int)]] = [:]
        for (number, plane) in planes.enumerated() {
            for piece in plane.pieces where piece.window.map(needs) ?? true {
                members[Place(piece), default: []].append((number, piece.band))
            }
        }
        for place in members.keys.sorted(by: { $0.path < $1.path }) {
            let members = members[place] ?? []
            let bands = Set(members.map(\.band)).sorted()
            let numberOfBand = Dictionary(uniqueKeysWithValues: zip(bands, bands.indices))
            let file = try open(place)
            for window in windows(of: file.info, in: place.window) {
                let (left, top) = (place.window?.column ?? 0, place.window?.row ?? 0)
                let inFile = PixelWindow(
                    column: window.column - left, row: window.row - top, columns: window.columns,
                    rows: window.rows)
                let values = try file.read(window: inFile, bands: bands, asStored: asStored)
                for (plane, band) in members {
                    scatter(
                        values, from: (numberOfBand[band] ?? 0) * window.pixelCount, window: window,
                        into: &result, plane: plane)
                }
            }
        }
        return result
    }

    /// What is opened once, and where it lies.
    private struct Place: Hashable {
        let path: String
        let field: String?
        let window: PixelWindow?

        init(_ piece: SourcePlane.Piece) { (path, field, window) = (piece.path, piece.field, piece.window) }
    }

    private func needs(_ part: PixelWindow) -> Bool {
        !cells.windows(blockColumns: part.columns, blockRows: part.rows, in: part).isEmpty
    }

    /// A file that is not where it was when it was prepared is refused.
    private func open(_ place: Place) throws -> RasterFile {
        let path = absolutePath(of: place.path, in: root)
        let file =
            if let field = place.field { try RasterFile(path: path, field: field) } else {
                try RasterFile(path: path)
            }
        let found = file.info.grid
        let isKnown =
            place.window.map { GranuleLattice(around: [grid]).window(of: found) == $0 }
            ?? found.nearlyEquals(grid)
        guard isKnown else {
            throw CovariateError.unusable(
                path: place.path,
                problem: "lies on another grid (\(found.summary)) than was prepared: run `tilth resume`")
        }
        return file
    }

    private func scatter(
        _ values: [Float], from start: Int, window: PixelWindow, into result: inout [Float], plane: Int
    ) {
        for row in 0..<window.rows {
            let first = cells.number(column: window.column, row: window.row + row)
            let last = cells.number(column: window.column + window.columns - 1, row: window.row + row)
            // Numbers ascend along a row, so all of this one are needed and lie side by side.
            if first >= 0, last - first == window.columns - 1 {
                let to = plane * cells.count + first
                let from = start + row * window.columns
                result.replaceSubrange(
                    to..<to + window.columns, with: values[from..<from + window.columns])
                continue
            }
            for column in 0..<window.columns {
                let number = cells.number(column: window.column + column, row: window.row + row)
                guard number >= 0 else { continue }
                result[plane * cells.count + number] = values[start + row * window.columns + column]
            }
        }
    }

    private func windows(of info: RasterInfo, in part: PixelWindow?) -> [PixelWindow] {
        let columns = Self.wholeBlocks(info.blockColumns)
        let rows = Self.wholeBlocks(info.blockRows)
        return cells.windows(blockColumns: columns, blockRows: rows, in: part)
    }

    private static func wholeBlocks(_ block: Int) -> Int { (windowSide + block - 1) / block * block }
}

extension Grid {
    /// Whether cells are the same but for the noise of coordinates that were stored in fewer digits.
    func nearlyEquals(_ other: Grid) -> Bool {
        columns == other.columns && rows == other.rows
            && abs(west - other.west) < pixelWidth * 1e-3 && abs(north - other.north) < pixelHeight * 1e-3
            && abs(east - other.east) < pixelWidth * 1e-3 && abs(south - other.south) < pixelHeight * 1e-3
    }
}
