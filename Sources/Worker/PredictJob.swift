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
    /// What predictions are made in.
    let planeMemory: PlaneMemory

    /// `stack` holds what was gathered for the unit; `land` says where to predict.
    func execute(_ assignment: Assignment, stack: FeatureStack, land: [Bool], readSeconds: Double) throws
        -> UnitResult
    {
        try assignment.throwUnlessWanted()
        let missing = stack.missingDays
        let (maps, seconds) = predicted(stack, land: land, without: missing)
        var clock = Stopwatch()
        var bands: [GeoTIFFBand] = []
        var values: [ValueDigest] = []
        for (dayNumber, day) in stack.days.enumerated() {
            for (layer, maps) in zip(plan.product.layers, maps) {
                let (stored, validCount) = maps[dayNumber]
                var metadata = ["LAYER": layer.name, "DATE": day.iso]
                if let reason = missing[day] { metadata["MISSING"] = reason }
                bands.append(
                    GeoTIFFBand(description: "\(layer.name) \(day)", metadata: metadata, values: stored))
                values.append(
                    ValueDigest(layer: layer.name, day: day, sha256: stored.digest, validCount: validCount))
            }
        }
        let digestSeconds = clock.lap()

        let path = run.tilePath(
            tile: stack.tile, block: Int(assignment.attempt.unit.block), unit: plan.product.unit)
        let file = try write(bands, of: stack.tile, to: path, for: assignment)
        return UnitResult(
            inputs: stack.inputs, outputs: [file], values: values,
            missing: missing.map { MissingDay(day: $0.key, reason: $0.value) }.sorted { $0.day < $1.day },
            seconds: [
                "read": readSeconds, "predict": seconds.predict, "encode": seconds.encode + digestSeconds,
                "write": clock.lap(),
            ])
    }

    /// By layer, then day: what is stored, and how many values of it are not missing.
    private func predicted(
        _ stack: FeatureStack, land: [Bool], without missing: [Day: String]
    ) -> (maps: [[(stored: RasterBuffer, validCount: Int)]], seconds: (predict: Double, encode: Double)) {
        let encoding = ValueEncoding(encoding: plan.product.output)
        var prediction = planeMemory.array(count: land.count * stack.days.count)
        var seconds = (predict: 0.0, encode: 0.0)
        var clock = Stopwatch()
        let maps = plan.product.layers.map { layer in
            forests.predict(
                layer, stack: stack, land: land, side: plan.product.tilePixels, settings: settings,
                into: &prediction)
            seconds.predict += clock.lap()
            let maps = stack.days.enumerated().map { number, day in
                // Forests that know what to do about a missing value are not asked about a missing day.
                encoding.encode(
                    missing[day] == nil
                        ? prediction[number * land.count..<(number + 1) * land.count]
                        : ArraySlice(repeating: .nan, count: land.count))
            }
            seconds.encode += clock.lap()
            return maps
        }
        planeMemory.giveBack(prediction)
        return (maps, seconds)
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
