internal import Foundation
internal import Rasters
public import Storage
public import Tiling

/// Averages finished mosaics to a coarser grid: each cell is the area-weighted mean of the valid pixels under
/// it, in the number type, scale and no-data value of the mosaic.
///
/// This is the map made coarse. A product on a coarse grid of its own, such as `Configs/smci-9km.yaml`, makes
/// the covariates coarse and predicts from them; a forest is not linear, so the two differ.
///
/// Memory is the fine rows under one row of cells, and GDAL's block cache.
public struct MosaicAggregation {
    /// Of the coarse maps: cell centres on multiples of the cell size, as ERA5-Land and SMCI have them.
    public let grid: Grid
    private let plan: RunPlan
    private let minimumShare: Double
    private let cacheBytes: Int

    /// A cell has a value where at least `minimumShare` of its part of the map is valid. Nil when no cell
    /// fits: `cellSize` is in the units of the product's grid, and larger than its pixels.
    public init?(plan: RunPlan, cellSize: Double, minimumShare: Double, cacheBytes: Int) {
        precondition((0...1).contains(minimumShare), "a share")
        guard let grid = MosaicAggregation.grid(over: plan.product.grid, cellSize: cellSize) else {
            return nil
        }
        self.grid = grid
        self.plan = plan
        self.minimumShare = minimumShare
        self.cacheBytes = cacheBytes
    }

    /// The cells whose centres, multiples of the cell size, lie on a grid: its western and northern edge
    /// included, the others not. For 73..136 E, 18..54 N and 0.1 degrees these are the 630 x 360 of SMCI1.0.
    /// The south pole is included too: nothing else has the half cell around it, and ERA5-Land has 1801 rows.
    static func grid(over fine: Grid, cellSize: Double) -> Grid? {
        guard cellSize > fine.pixelWidth, cellSize > fine.pixelHeight else { return nil }
        let noise = 1e-6
        let firstColumn = (fine.west / cellSize - noise).rounded(.up)
        let endColumn = (fine.east / cellSize - noise).rounded(.up)
        let topRow = (fine.north / cellSize + noise).rounded(.down)
        let reachesSouthPole = fine.isGeographic && fine.south <= -90 + noise * cellSize
        let endRow =
            reachesSouthPole
            ? (fine.south / cellSize - noise).rounded(.up) - 1
            : (fine.south / cellSize + noise).rounded(.down)
        guard endColumn > firstColumn, topRow > endRow else { return nil }
        // 720.5 / 10 rather than 72.05: the nearest number to the edge that is meant.
        func edge(_ cells: Double) -> Double {
            let perUnit = (1 / cellSize).rounded()
            return abs(perUnit * cellSize - 1) < 1e-12 ? cells / perUnit : cells * cellSize
        }
        return Grid(
            crs: fine.crs, west: edge(firstColumn - 0.5), north: edge(topRow + 0.5), pixelWidth: cellSize,
            pixelHeight: cellSize, columns: Int(endColumn - firstColumn), rows: Int(topRow - endRow))
    }

    /// Makes the coarse map of a mosaic; `mosaic` is what its receipt says of it. Returns the cells with a
    /// value.
    public func aggregate(
        _ mosaic: OutputFile, of run: RunDirectory, layer: Layer, day: Day, to path: String
    ) throws -> Int {
        let source = run.absolute(mosaic.path)
        guard DurableFile.exists(source), try FileDigest.sha256(ofFile: source) == mosaic.sha256 else {
            throw MergeError.wrongMosaic(path: mosaic.path)
        }
        let file = try RasterFile(path: source)
        let fine = plan.product.grid
        guard file.info.columns == fine.columns, file.info.rows == fine.rows else {
            throw MergeError.wrongMosaic(path: mosaic.path)
        }
        try DurableFile.makeFolder(URL(filePath: path).deletingLastPathComponent().path)
        let writer = try MosaicWriter(
            temporaryPath: DurableFile.temporaryName(for: path + ".assembly"), grid: grid,
            encoding: plan.product.output, description: "\(layer.name) \(day)",
            metadata: metadata(of: layer, day: day, mosaic: mosaic), cacheBytes: cacheBytes)
        let columns = CellShares(columnsOf: fine, under: grid)
        let rows = CellShares(rowsOf: fine, under: grid)
        var validCount = 0
        for row in 0..<grid.rows {
            let means = try means(of: file, row: row, rows: rows, columns: columns)
            validCount += means.count { !$0.isNaN }
            try writer.write(
                plan.product.output.stored(means),
                window: PixelWindow(column: 0, row: row, columns: grid.columns, rows: 1))
        }
        let temporary = DurableFile.temporaryName(for: path)
        try writer.finish(to: temporary)
        try DurableFile.adopt(temporary: temporary, as: path)
        return validCount
    }

    /// One row of cells, in stored numbers: the mean is linear, so scale and offset need not be undone.
    private func means(
        of file: RasterFile, row: Int, rows: CellShares, columns: CellShares
    ) throws -> [Double] {
        let rowWeights = rows.weights[row]
        guard let top = rows.pixels[row].first else { return [Double](repeating: .nan, count: grid.columns) }
        let width = plan.product.grid.columns
        let stored = try file.readStored(
            window: PixelWindow(
                column: 0, row: top, columns: width, rows: rowWeights.count), band: 1
        ).missingAsNaN(noData: plan.product.output.noData)
        return (0..<grid.columns).map { column in
            var (sum, valid, all) = (0.0, 0.0, 0.0)
            for (line, rowWeight) in rowWeights.enumerated() {
                for (pixel, columnWeight) in zip(columns.pixels[column], columns.weights[column]) {
                    let weight = rowWeight * columnWeight
                    all += weight
                    let value = stored[line * width + pixel]
                    guard !value.isNaN else { continue }
                    valid += weight
                    sum += weight * value
                }
            }
            // A share that is just reached counts, whatever the rounding of the sums.
            return valid > 0 && valid >= (minimumShare - 1e-9) * all ? sum / valid : .nan
        }
    }

    private func metadata(of layer: Layer, day: Day, mosaic: OutputFile) -> [String: String] {
        let own = [
            "TILTH_AGGREGATED_FROM": mosaic.path, "TILTH_AGGREGATED_FROM_SHA256": mosaic.sha256.hex,
            "TILTH_AGGREGATION":
                "area-weighted mean of valid pixels where they are at least \(minimumShare) of a cell",
        ]
        return plan.mapMetadata(of: layer, day: day).merging(own) { $1 }
    }
}

extension RasterBuffer {
    fileprivate func missingAsNaN(noData: Double) -> [Double] {
        switch self {
        case .uint16(let values): values.map { Double($0) == noData ? .nan : Double($0) }
        case .int16(let values): values.map { Double($0) == noData ? .nan : Double($0) }
        case .float32(let values): values.map { $0 == Float(noData) ? .nan : Double($0) }
        }
    }
}

extension OutputEncoding {
    /// Means of stored numbers as they are stored: they lie between stored numbers, so they fit.
    fileprivate func stored(_ means: [Double]) -> RasterBuffer {
        switch type {
        case .uint16: .uint16(means.map { UInt16(($0.isNaN ? noData : $0).rounded(.toNearestOrEven)) })
        case .int16: .int16(means.map { Int16(($0.isNaN ? noData : $0).rounded(.toNearestOrEven)) })
        case .float32: .float32(means.map { Float($0.isNaN ? noData : $0) })
        }
    }
}
