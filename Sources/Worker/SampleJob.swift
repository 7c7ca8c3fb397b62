internal import Covariates
internal import Execution
internal import Foundation
internal import Rasters
internal import Storage
internal import Tiling

/// One unit of sampling: a tile's covariates over a run of days, at the pixels of stations only.
///
/// The file has an array for each feature, [day * pixelCount + pixel]. It is what `gather` returned, and
/// training makes rows of it as it does of its own.
struct SampleJob {
    let plan: RunPlan
    let run: RunDirectory

    func execute(_ unit: UnitID, reader: CovariateReader) throws -> UnitResult {
        var clock = Stopwatch()
        let tile = plan.product.tiles.tile(at: Int(unit.place))
        let key = SamplePlan.key(tile, block: Int(unit.block), unit: plan.product.unit)
        guard let sampling = plan.sampling, let days = plan.days(ofPredictBlock: Int(unit.block)) else {
            throw WorkerError.notInPlan(plan.name(of: unit))
        }
        guard let pixels = sampling.pixels[key] else {
            return UnitResult(inputs: [], outputs: [], values: [], missing: [], seconds: [:])
        }
        let stack = try reader.gather(features: sampling.features, tile: tile, pixels: pixels, days: days)
        let readSeconds = clock.lap()
        let columns = sampling.features.map { name in
            (0..<days.count * pixels.count).map { place in
                stack.value(of: name, pixel: place % pixels.count, day: place / pixels.count) ?? .nan
            }
        }
        let file = try write(columns, of: sampling.features, tile: tile, block: Int(unit.block))
        return UnitResult(
            inputs: stack.inputs, outputs: [file],
            values: digests(of: columns, days: days, pixelCount: pixels.count), missing: stack.missing,
            seconds: ["read": readSeconds, "write": clock.lap()])
    }

    private func write(_ columns: [[Float]], of features: [String], tile: Tile, block: Int) throws
        -> OutputFile
    {
        let path = run.samplePath(tile: tile, block: block, unit: plan.product.unit)
        let temporary = DurableFile.temporaryName(for: run.absolute(path))
        try DurableFile.makeFolder(
            URL(filePath: run.absolute(path)).deletingLastPathComponent().path)
        do {
            try NetCDFColumns.write(
                zip(features, columns).map {
                    .init(name: $0, dimension: "value", values: .floats($1))
                }, attributes: ["tile": tile.name], to: temporary)
            return try run.adoptOutput(temporary: temporary, as: path)
        } catch {
            DurableFile.remove(temporary)
            throw error
        }
    }

    /// A digest a day, of all features.
    private func digests(of columns: [[Float]], days: DayRange, pixelCount: Int) -> [ValueDigest] {
        days.enumerated().map { number, day in
            let range = number * pixelCount..<(number + 1) * pixelCount
            var hasher = Digest.Hasher()
            for column in columns { column[range].withUnsafeBytes { hasher.update($0) } }
            return ValueDigest(
                layer: "samples", day: day, sha256: hasher.finish(),
                validCount: range.count { place in columns.allSatisfy { !$0[place].isNaN } })
        }
    }
}
