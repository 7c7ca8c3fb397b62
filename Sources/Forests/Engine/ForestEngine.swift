/// Predicts whole tiles over runs of days, fast, and equal to `ReferenceForest` in every bit.
///
/// Neighbouring pixels and days take the same way through a tree almost everywhere. So the engine walks
/// each tree once with a *set* of rows (a row is a pixel on a day) instead of once per row: rows are
/// grouped in blocks of 512 (`Block`), blocks in superblocks, and a split divides the set of a superblock in
/// two (`SetWalk`). Superblocks are handed out to threads.
public struct ForestEngine: Sendable {
    /// The forest that predicts.
    public let forest: Forest
    /// How sets are divided; it does not change the result.
    public let processor: EngineProcessor
    /// By feature, for those that a tree looks at.
    let indices: [ThresholdIndex?]

    /// - Parameter processor: the fastest that this machine has, unless told otherwise.
    public init(_ forest: Forest, processor: EngineProcessor = .best) {
        precondition(processor.isAvailable, "\(processor) is not what this machine has")
        self.forest = forest
        self.processor = processor
        // A feature that a split looks at has a threshold.
        let used = Set(forest.usedFeatures)
        indices = forest.features.indices.map { feature in
            used.contains(feature) ? ThresholdIndex(forest.thresholds(ofFeature: feature)) : nil
        }
    }

    /// Predicts every land pixel of a tile on every day: `[day * columns * rows + row * columns + column]`.
    ///
    /// - Parameters:
    ///   - planes: the features in the forest's order.
    ///   - land: where to predict, one per pixel; elsewhere the result is NaN.
    ///   - threads: how many threads share the tile; the result does not depend on it.
    ///   - scratchBytes: what all threads together may take beside the result, as far as possible.
    ///
    /// Where a feature that the forest uses is missing, and the forest has no rule for that, the result is
    /// NaN.
    public func predict(
        planes: [FeaturePlane], columns: Int, rows: Int, days: Int, land: [Bool], threads: Int = 1,
        scratchBytes: Int = .max
    ) -> [Float] {
        let tile = TileInput(planes: planes, columns: columns, rows: rows, days: days, land: land)
        return predict(tile, threads: threads, spread: false, scratchBytes: scratchBytes).values
    }

    /// The same into an array of as many values, whose memory goes from tile to tile.
    public func predict(
        planes: [FeaturePlane], columns: Int, rows: Int, days: Int, land: [Bool], threads: Int = 1,
        scratchBytes: Int = .max, into values: inout [Float]
    ) {
        let tile = TileInput(planes: planes, columns: columns, rows: rows, days: days, land: land)
        predict(tile, threads: threads, scratchBytes: scratchBytes, into: &values)
    }

    func predict(
        _ tile: TileInput, threads: Int, side: Int? = nil, treeCount: Int? = nil, scratchBytes: Int = .max,
        into values: inout [Float]
    ) {
        tile.check(forest)
        precondition(values.count == tile.pixelCount * tile.days, "a value per pixel and day")
        values.withUnsafeMutableBufferPointer { values in
            guard !values.isEmpty, tile.land.contains(true) else { return values.update(repeating: .nan) }
            let output = PredictionBuffer(values, spread: nil, columns: tile.columns, rows: tile.rows)
            run(tile, output, threads, side: side, treeCount ?? forest.treeCount, scratchBytes)
        }
    }

    /// Predicts as `predict` does, and says how far apart the trees are: the standard deviation of their
    /// values (over all trees, not a sample of them), in the target's unit, where there is a prediction.
    public func predictWithSpread(
        planes: [FeaturePlane], columns: Int, rows: Int, days: Int, land: [Bool], threads: Int = 1,
        scratchBytes: Int = .max
    ) -> (values: [Float], spread: [Float]) {
        let tile = TileInput(planes: planes, columns: columns, rows: rows, days: days, land: land)
        return predict(tile, threads: threads, spread: true, scratchBytes: scratchBytes)
    }

    func predict(
        _ tile: TileInput, threads: Int, spread: Bool, side: Int? = nil, treeCount: Int? = nil,
        scratchBytes: Int = .max
    ) -> (values: [Float], spread: [Float]) {
        tile.check(forest)
        let count = tile.pixelCount * tile.days
        let spreadCount = spread ? count : 0
        guard count > 0, tile.land.contains(true) else {
            return (Array(repeating: .nan, count: count), Array(repeating: .nan, count: spreadCount))
        }
        var spreads: [Float] = []
        let values = [Float](unsafeUninitializedCapacity: count) { values, valueCount in
            spreads = [Float](unsafeUninitializedCapacity: spreadCount) { spreads, initialized in
                // Threads fill it, each its own superblocks.
                let output = PredictionBuffer(
                    values, spread: spread ? spreads : nil, columns: tile.columns, rows: tile.rows)
                run(tile, output, threads, side: side, treeCount ?? forest.treeCount, scratchBytes)
                initialized = spreadCount
            }
            valueCount = count
        }
        return (values, spreads)
    }

    private func run(
        _ tile: TileInput, _ output: PredictionBuffer, _ threads: Int, side: Int?, _ treeCount: Int,
        _ scratchBytes: Int
    ) {
        let plan = SuperblockPlan(
            tile, threads: threads, side: side, spread: output.spread != nil, scratchBytes: scratchBytes)
        switch processor {
        #if arch(x86_64)
            case .avx2: run(AVX2Kernel.self, tile, plan, output, threads, treeCount)
            case .avx512: run(AVX512Kernel.self, tile, plan, output, threads, treeCount)
        #endif
        default: run(PortableKernel.self, tile, plan, output, threads, treeCount)
        }
    }

    private func run<Kernel: SetKernel & SendableMetatype>(
        _ kernel: Kernel.Type, _ tile: TileInput, _ plan: SuperblockPlan, _ output: PredictionBuffer,
        _ threads: Int, _ treeCount: Int
    ) {
        let counter = WorkCounter()
        let tile = tile.along(usedFeatures: forest.usedFeatures)
        let jobs = plan.jobs(threads: threads)
        ThreadTeam.run(count: min(threads, jobs.count)) {
            var superblock = Superblock(
                tile, plan: plan, engine: self, spread: output.spread != nil)
            var walk = SetWalk<Kernel>(forest, blockCount: plan.largestBlockCount)
            while let next = counter.next(below: jobs.count) {
                var windows = Array(jobs[next].reversed())
                while let window = windows.popLast() {
                    output.clear(window)
                    switch superblock.load(window, by: kernel) {
                    case .nothing: continue
                    case .tooMuch: windows += window.parts
                    case .rows:
                        walk.addTrees(treeCount, to: superblock)
                        superblock.writePredictions(to: output)
                    }
                }
            }
            walk.deallocate()
            superblock.deallocate()
        }
    }
}

/// What a machine can do for the engine.
public enum EngineProcessor: String, Sendable, CaseIterable {
    /// Any processor: Swift's vectors.
    case portable
    /// x86-64 with AVX2.
    case avx2
    /// x86-64 with AVX-512.
    case avx512

    /// The fastest that this machine has.
    public static let best = allCases.last(where: \.isAvailable) ?? .portable
}

/// The result arrays while threads fill them.
// @unchecked: every superblock writes elements of its own, and the threads end before the arrays are used.
struct PredictionBuffer: @unchecked Sendable {
    let values: UnsafeMutablePointer<Float>
    let spread: UnsafeMutablePointer<Float>?
    private let columns: Int
    private let rows: Int

    /// The buffers must not be empty.
    init(
        _ values: UnsafeMutableBufferPointer<Float>, spread: UnsafeMutableBufferPointer<Float>?, columns: Int,
        rows: Int
    ) {
        self.values = values.baseAddress!
        self.spread = spread?.baseAddress
        (self.columns, self.rows) = (columns, rows)
    }

    /// Writes NaN, which stays where nothing is predicted.
    func clear(_ window: SuperblockPlan.Window) {
        for day in window.days {
            for row in window.rows {
                let first = (day * rows + row) * columns + window.columns.lowerBound
                (values + first).update(repeating: .nan, count: window.columns.count)
                spread.map { ($0 + first).update(repeating: .nan, count: window.columns.count) }
            }
        }
    }
}
