internal import Rasters
public import Tiling

extension TerrainMaps {
    /// Elevations of a window with its halo, m.
    public func elevation(_ window: PixelWindow) throws -> HaloTile {
        let left = max(0, window.column - 1)
        let top = max(0, window.row - 1)
        let read = PixelWindow(
            column: left, row: top, columns: min(grid.columns, window.column + window.columns + 1) - left,
            rows: min(grid.rows, window.row + window.rows + 1) - top)
        let values = try RasterFile(path: elevationPath).read(window: read, bands: [1])
        if let place = values.firstIndex(where: { !$0.isNaN && !Self.possibleElevations.contains($0) }) {
            throw TerrainError(
                "\(elevationPath): \(values[place]) at column \(left + place % read.columns), row "
                    + "\(top + place / read.columns) is no elevation in m: convert it to m, or declare its "
                    + "no-data value with gdal_edit.py -a_nodata")
        }
        let stride = window.columns + 2
        var halo = [Float](repeating: .nan, count: stride * (window.rows + 2))
        for row in 0..<read.rows {
            let start = (top + row - window.row + 1) * stride + left - window.column + 1
            halo.replaceSubrange(
                start..<start + read.columns, with: values[row * read.columns..<(row + 1) * read.columns])
        }
        if isRing { try wrap(&halo, of: window, rows: top..<top + read.rows) }
        return HaloTile(window: window, values: halo)
    }

    /// Beyond the first column lies the last one, and the other way round.
    private func wrap(_ halo: inout [Float], of window: PixelWindow, rows: Range<Int>) throws {
        let stride = window.columns + 2
        var sides: [(place: Int, column: Int)] = []
        if window.column == 0 { sides.append((0, grid.columns - 1)) }
        if window.column + window.columns == grid.columns { sides.append((stride - 1, 0)) }
        for side in sides {
            let strip = PixelWindow(column: side.column, row: rows.lowerBound, columns: 1, rows: rows.count)
            let values = try RasterFile(path: elevationPath).read(window: strip, bands: [1])
            for (number, row) in rows.enumerated() {
                halo[(row - window.row + 1) * stride + side.place] = values[number]
            }
        }
    }

    /// Directions of a window, as the D8 map gives them.
    func directions(_ window: PixelWindow, path: String) throws -> [FlowDirection] {
        let codes = try RasterFile(path: path).read(window: window, bands: [1])
        var directions: [FlowDirection] = []
        directions.reserveCapacity(codes.count)
        for (place, code) in codes.enumerated() {
            guard let direction = FlowDirection(code: code) else {
                throw TerrainError(
                    "\(path): \(code) at column \(window.column + place % window.columns), row "
                        + "\(window.row + place / window.columns) is no D8 direction (1 E, 2 SE, 4 S, 8 SW, "
                        + "16 W, 32 NW, 64 N, 128 NE, 0 mouth, -1 or 255 sink)")
            }
            directions.append(direction)
        }
        return directions
    }

    /// Upstream areas of a window as the accumulation map gives them, m2; NaN where it has none.
    func areas(_ window: PixelWindow, path: String) throws -> [Double] {
        let values = try RasterFile(path: path).read(window: window, bands: [1])
        return values.indices.map { place in
            let value = Double(values[place])
            return switch accumulationUnit {
            case .km2: value * 1e6
            case .m2: value
            case .cells: value * geometry.area(row: window.row + place / window.columns)
            }
        }
    }
}
