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

    /// What the values are made in.
    var memory = PlaneMemory()

    /// Each step's cells, summed over its variables in double: [step * cellCount + cell].
    func values(of steps: [SourceSteps.Step]) throws -> [Float] {
        guard cells.count > 0, let variableCount = steps.first?.planes.count else { return [] }
        let planes = steps.flatMap(\.planes)
        let read = try values(of: planes)
        guard variableCount > 1 else { return read }
        var sums = memory.array(count: steps.count * cells.count)
        sums.withUnsafeMutableBufferPointer { sums in
            for step in steps.indices {
                for cell in 0..<cells.count {
                    var sum = 0.0
                    for variable in 0..<variableCount {
                        sum += Double(read[(step * variableCount + variable) * cells.count + cell])
                    }
                    sums[step * cells.count + cell] = Float(sum)
                }
            }
        }
        memory.giveBack(read)
        return sums
    }

    /// [plane * cellCount + cell]; a file is opened once, whatever the number of its bands. Flags are read as
    /// they are stored.
    func values(of planes: [SourcePlane], asStored: Bool = false) throws -> [Float] {
        var result = memory.array(count: planes.count * cells.count)
        try result.withUnsafeMutableBufferPointer { try read(planes, asStored: asStored, into: $0) }
        return result
    }

    private func read(
        _ planes: [SourcePlane], asStored: Bool, into result: UnsafeMutableBufferPointer<Float>
    ) throws {
        var members: [Place: [(plane: Int, band: Int)]] = [:]
        for (number, plane) in planes.enumerated() {
            // Granules may leave cells out.
            if plane.pieces.count != 1 || plane.pieces[0].window != nil {
                result[number * cells.count..<(number + 1) * cells.count].update(repeating: .nan)
            }
            for piece in plane.pieces where piece.window.map(needs) ?? true {
                members[Place(piece), default: []].append((number, piece.band))
            }
        }
        for (place, members) in members.sorted(by: { $0.key.path < $1.key.path }) {
            let planesOfBand = Dictionary(grouping: members, by: \.band).sorted { $0.key < $1.key }
            let file = try open(place)
            for window in windows(of: file.info, in: place.window) {
                let (left, top) = (place.window?.column ?? 0, place.window?.row ?? 0)
                let inFile = PixelWindow(
                    column: window.column - left, row: window.row - top, columns: window.columns,
                    rows: window.rows)
                try file.readRows(of: inFile, bands: planesOfBand.map(\.key), asStored: asStored) {
                    band, row, column, values in
                    for (plane, _) in planesOfBand[band].value {
                        cells.place(
                            values, column: window.column + column, row: window.row + row,
                            in: .init(rebasing: result[plane * cells.count..<(plane + 1) * cells.count]))
                    }
                }
            }
        }
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
                // A granule's place is told by its own.
                try RasterFile(path: path, crs: place.window == nil ? grid.crs : nil)
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
