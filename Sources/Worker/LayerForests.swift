internal import Covariates
internal import Forests
internal import Storage
internal import Tiling

/// The forest of each layer, loaded once and shared by all units.
struct LayerForests: Sendable {
    private let engines: [String: ForestEngine]

    /// Maps the run's copies of the forests, and holds each against its digest in the plan.
    init(plan: RunPlan, run: RunDirectory) throws {
        var loaded: [Digest: ForestEngine] = [:]
        var engines: [String: ForestEngine] = [:]
        for layer in plan.mergeDays.isEmpty ? [] : plan.product.layers {
            guard let digest = plan.forests[layer.name] else {
                throw WorkerError.notInPlan("layer \(layer.name)")
            }
            if loaded[digest] == nil {
                let path = run.forestPath(digest)
                let forest = try Forest(contentsOf: path)
                guard forest.digest == digest.hex else {
                    throw WorkerError.forestDiffers(layer: layer.name, path: path)
                }
                loaded[digest] = ForestEngine(forest)
            }
            engines[layer.name] = loaded[digest]
        }
        self.engines = engines
    }

    /// Predictions [day * pixelCount + pixel]; NaN at sea and where a value is missing.
    func predict(
        _ layer: Layer, stack: FeatureStack, land: [Bool], side: Int, settings: WorkerExecutor.Settings,
        into values: inout [Float]
    ) {
        guard let engine = engines[layer.name] else { preconditionFailure("a forest for each layer") }
        let planes = layer.features.compactMap { stack.planes[$0].map(FeaturePlane.init) }
        engine.predict(
            planes: planes, columns: side, rows: side, days: stack.days.count, land: land,
            threads: settings.threadCount, scratchBytes: settings.scratchBytes, into: &values)
    }

    /// The digest of a fixed computation with every forest: pseudo-random rows, half of them beyond what is
    /// trained on. Machines that disagree about it would make other maps.
    var canary: Digest {
        var hasher = Digest.Hasher()
        for (_, engine) in engines.sorted(by: { $0.key < $1.key }) {
            let side = 16
            var state: UInt64 = 0x7469_6c74_685f_3031
            let planes = engine.forest.features.indices.map { _ in
                FeaturePlane.daily(
                    (0..<side * side * 4).map { _ in
                        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                        return Float(Int32(truncatingIfNeeded: state >> 33)) / Float(1 << (state >> 40 & 31))
                    })
            }
            let land = [Bool](repeating: true, count: side * side)
            let values = engine.predict(
                planes: planes, columns: side, rows: side, days: 4, land: land, threads: 1)
            values.withUnsafeBytes { hasher.update($0) }
        }
        return hasher.finish()
    }
}

extension FeaturePlane {
    /// The same arrays, seen as numbers only; nothing is copied.
    init(_ plane: CovariatePlane) {
        switch plane {
        case .fixed(let values): self = .fixed(values)
        case .coarse(let values, let cellCount, let cellOfPixel):
            self = .coarse(values: values, cellCount: cellCount, cellOfPixel: cellOfPixel)
        case .daily(let values): self = .daily(values)
        case .date(let values): self = .date(values)
        }
    }
}
