internal import Covariates
internal import Execution
internal import Forests
internal import Foundation
internal import Rasters
internal import Storage
internal import Tiling

/// One predict unit: a tile's covariates over a run of days become one GeoTIFF, a band per day and layer.
struct PredictJob {
    let plan: RunPlan
    let run: RunDirectory
    let forests: LayerForests
    let settings: WorkerExecutor.Settings

    /// `stack` holds what was gathered for the unit; `land` says where to predict.
    func execute(_ assignment: Assignment, stack: FeatureStack, land: [Bool], readSeconds: Double) throws
        -> UnitResult
    {
        try assignment.throwUnlessWanted()
        var clock = Stopwatch()
        let missing = stack.missingDays
        let predictions = plan.product.layers.map { layer in
            forests.predict(
                layer, stack: stack, land: land, side: plan.product.tilePixels, settings: settings)
        }
        let predictSeconds = clock.lap()

        var bands: [GeoTIFFBand] = []
        var values: [ValueDigest] = []
        let encoding = ValueEncoding(encoding: plan.product.output)
        for (dayNumber, day) in stack.days.enumerated() {
            for (layer, prediction) in zip(plan.product.layers, predictions) {
                let count = land.count
                // Forests that know what to do about a missing value are not asked about a missing day.
                let (stored, validCount) = encoding.encode(
                    missing[day] == nil
                        ? prediction[dayNumber * count..<(dayNumber + 1) * count]
                        : ArraySlice(repeating: .nan, count: count))
                var metadata = ["LAYER": layer.name, "DATE": day.iso]
                if let reason = missing[day] { metadata["MISSING"] = reason }
                bands.append(
                    GeoTIFFBand(description: "\(layer.name) \(day)", metadata: metadata, values: stored))
                values.append(
                    ValueDigest(layer: layer.name, day: day, sha256: stored.digest, validCount: validCount))
            }
        }
        let encodeSeconds = clock.lap()

        let path = run.tilePath(
            tile: stack.tile, block: Int(assignment.attempt.unit.block), unit: plan.product.unit)
        let file = try write(bands, of: stack.tile, to: path, for: assignment)
        return UnitResult(
            inputs: stack.inputs, outputs: [file], values: values,
            missing: missing.map { MissingDay(day: $0.key, reason: $0.value) }.sorted { $0.day < $1.day },
            seconds: [
                "read": readSeconds, "predict": predictSeconds, "encode": encodeSeconds, "write": clock.lap(),
            ])
    }

    /// Built and hashed in memory, so that the digest is that of what we meant to write.
    private func write(_ bands: [GeoTIFFBand], of tile: Tile, to path: String, for assignment: Assignment)
        throws
        -> OutputFile
    {
        let product = plan.product
        let forestDigests = plan.forests.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let bytes = try GeoTIFFEncoder(
            grid: product.tiles.grid(of: tile), blockSize: product.tilePixels, encoding: product.output
        ).encode(
            bands: bands,
            metadata: [
                "AREA_OR_POINT": "Area", "TIFFTAG_SOFTWARE": "Tilth \(plan.software)",
                "TILTH_PRODUCT": product.name, "TILTH_TILE": tile.name, "TILTH_RECIPE": plan.recipe.hex,
                "TILTH_FORESTS": forestDigests.joined(separator: " "),
            ])
        return try assignment.fenced(run).writeOutput(bytes, to: path)
    }
}
