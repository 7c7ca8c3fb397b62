internal import Execution
internal import Foundation
internal import Rasters
internal import Storage
internal import Tiling

/// One merge unit: the tiles of a day become one mosaic per layer.
///
/// Every block is held against the value digest of its receipt before it is copied, so a mosaic never shows
/// what no unit computed. Memory is one tile and GDAL's block cache, whatever the size of the grid.
struct MergeJob {
    let plan: RunPlan
    let run: RunDirectory
    let order: MergeOrder
    let cacheBytes: Int

    func execute(_ assignment: Assignment) throws -> UnitResult {
        // The order came over the wire: nothing of it is believed before it fits the plan.
        let scheme = plan.product.tiles
        for tile in order.tiles {
            guard Tile(tile.tile).map(scheme.contains) == true,
                tile.digests.isEmpty || tile.digests.count == plan.product.layers.count
            else { throw MergeError.foreignOrder(day: order.day, tile: tile.tile) }
        }
        if let gap = order.tiles.first(where: { $0.path == nil }), !order.allowGaps {
            throw MergeError.gap(day: order.day, tile: gap.tile, reason: gap.absence ?? "not finished")
        }
        var result = UnitResult(inputs: [], outputs: [], values: [], missing: [], seconds: [:])
        for (number, layer) in plan.product.layers.enumerated() {
            var clock = Stopwatch()
            let mosaic = try assemble(layer: layer, number: number, for: assignment)
            result.outputs.append(mosaic.file)
            result.values.append(mosaic.digest)
            result.seconds["merge", default: 0] += clock.lap()
        }
        for tile in order.tiles where tile.digests.isEmpty {
            result.missing.append(
                MissingDay(day: order.day, reason: "\(tile.tile): \(tile.absence ?? "missing")"))
        }
        return result
    }

    private func assemble(layer: Layer, number: Int, for assignment: Assignment) throws
        -> (file: OutputFile, digest: ValueDigest)
    {
        let path = run.mosaicPath(layer: layer, day: order.day)
        try DurableFile.makeFolder(run.absolute("mosaics/\(order.day.iso.prefix(4))"))
        let temporary = DurableFile.temporaryName(for: run.absolute(path))
        let writer = try MosaicWriter(
            temporaryPath: DurableFile.temporaryName(for: run.absolute(path) + ".assembly"),
            grid: plan.product.grid, encoding: plan.product.output,
            description: "\(layer.name) \(order.day)", metadata: plan.mapMetadata(of: layer, day: order.day),
            cacheBytes: cacheBytes)
        var digests = Digest.Hasher()
        var validCount = 0
        for tile in order.tiles where !tile.digests.isEmpty {
            let block = try verifiedBlock(of: tile, layer: layer, number: number)
            tile.digests[number].bytes.withUnsafeBytes { digests.update($0) }
            validCount += block.countOfValid(noData: plan.product.output.noData)
            guard let place = Tile(tile.tile) else { continue }
            let scheme = plan.product.tiles
            let window = scheme.windowOnGrid(of: place)
            try writer.write(
                block.cropped(
                    fromColumns: scheme.pixelsPerSide, toColumns: window.columns, rows: window.rows),
                window: window)
        }
        try writer.finish(to: temporary)
        let file = try assignment.fenced(run).adoptOutput(temporary: temporary, as: path)
        return (
            file,
            ValueDigest(layer: layer.name, day: order.day, sha256: digests.finish(), validCount: validCount)
        )
    }

    /// The stored values of one tile, layer and day; an error when they are not what the receipt says.
    private func verifiedBlock(of tile: MergeTile, layer: Layer, number: Int) throws -> RasterBuffer {
        guard let path = tile.path else {
            throw MergeError.gap(day: order.day, tile: tile.tile, reason: "no file")
        }
        let file = try RasterFile(path: run.absolute(path))
        let days = plan.days(ofPredictBlock: plan.product.unit.block(of: order.day))
        let band = (order.day - (days?.first ?? order.day)) * plan.product.layers.count + number + 1
        let side = plan.product.tilePixels
        let block = try file.readStored(
            window: PixelWindow(column: 0, row: 0, columns: side, rows: side), band: band)
        guard block.digest == tile.digests[number] else {
            throw MergeError.wrongValues(path: path, layer: layer.name, day: order.day)
        }
        return block
    }
}

/// Why a mosaic was not made, in one line.
enum MergeError: Error, CustomStringConvertible {
    case gap(day: Day, tile: String, reason: String)
    case wrongValues(path: String, layer: String, day: Day)
    case foreignOrder(day: Day, tile: String)
    case wrongMosaic(path: String)

    var description: String {
        switch self {
        case .gap(let day, let tile, let reason):
            "mosaic of \(day): tile \(tile) is not there (\(reason)): `tilth resume` it, or merge with "
                + "--allow-gaps"
        case .foreignOrder(let day, let tile):
            "mosaic of \(day): tile '\(tile)' of the order is not one of the plan: start this merger again"
        case .wrongMosaic(let path):
            "\(path): is gone, or not what its receipt says: `tilth verify` and `tilth resume` the run"
        case .wrongValues(let path, let layer, let day):
            "\(path): the values of layer \(layer) on \(day) are not those of the unit's receipt: the file "
                + "was "
                + "changed or damaged; `tilth resume` computes it anew"
        }
    }
}
