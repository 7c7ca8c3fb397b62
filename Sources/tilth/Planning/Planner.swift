import Coordinator
import Covariates
import Forests
import Foundation
import Products
import Storage
import Tiling

/// Freezes a product into a run directory: which tiles have land, which sources and forests it takes, and its
/// recipe.
struct Planner {
    let file: ProductFile
    let dataRoot: String
    let tiles: TileRange?
    let days: DayRange?

    private var product: Product { file.product }

    /// Reads the land mask and the forests; writes nothing.
    func plan() throws -> PlannedRun {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: dataRoot, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw Failure.wrongUse("--data \(dataRoot): there is no such folder")
        }
        let period = try selectedDays
        var forests: [String: Digest] = [:]
        var paths: [Digest: String] = [:]
        var treeCount = 0
        var learned = LearnedRanges()
        for layer in product.layers {
            let path = forestPath(of: layer)
            let forest = try ForestMatch(layer: layer, product: product, path: path).forest()
            guard let digest = Digest(hex: forest.digest) else { continue }
            forests[layer.name] = digest
            treeCount += forest.treeCount
            learned.add(forest)
            paths[digest] = path
        }
        let selected = (0..<product.tiles.tileCount).filter { index in
            tiles?.contains(product.tiles.tile(at: index)) ?? true
        }
        let counts = try LandSurvey(product: product, dataRoot: dataRoot).landPixelCounts(ofTiles: selected)
        let planned = zip(selected, counts).filter { $0.1 > 0 }.map {
            PlannedTile(index: $0.0, landPixelCount: $0.1)
        }
        guard !planned.isEmpty else {
            throw Failure.wrongUse(
                "no tile that was asked for has land: check --tiles and the product's mask")
        }
        var plan = RunPlan(
            product: product, recipe: Recipe(of: product, forests: forests).digest, dataRoot: dataRoot,
            days: period, tiles: planned, sources: PlannedSource.sources(of: product.covariates),
            forests: forests, software: Tilth.version, terrain: try plannedTerrain())
        plan.frozenInputs = try inputsToFreeze(of: plan)
        plan.learned = learned.bulks
        return PlannedRun(
            plan: plan, seaTileCount: selected.count - planned.count, treeCount: treeCount, forestPaths: paths
        )
    }

    /// Writes the plan into the run directory, or widens the plan that is there; a different recipe is
    /// refused.
    func freeze(_ planned: PlannedRun, in run: RunDirectory) throws -> RunPlan {
        try run.create()
        var plan = planned.plan
        if run.isPlanned {
            plan = try widened(run.loadPlan(), by: plan)
        } else {
            try RunKeys.make(in: run)
        }
        for (digest, path) in planned.forestPaths {
            let copy = run.forestPath(digest)
            if !FileManager.default.fileExists(atPath: copy) {
                try DurableFile.write(DurableFile.read(path), to: copy)
            }
        }
        try DurableFile.write(file.text, to: run.productPath)
        try run.savePlan(plan)
        return plan
    }

    /// The days that were asked for, within the product's period.
    var selectedDays: DayRange {
        get throws {
            guard let period = product.period.intersection(days ?? product.period) else {
                throw Failure.wrongUse(
                    "--days \(days ?? product.period): outside the product's period \(product.period)")
            }
            return period
        }
    }

    private func forestPath(of layer: Layer) -> String {
        URL(filePath: layer.model, relativeTo: URL(filePath: file.path).deletingLastPathComponent())
            .standardizedFileURL.path
    }

    /// Days and tiles may be added to a run; what changes values makes another run.
    private func widened(_ old: RunPlan, by new: RunPlan) throws -> RunPlan {
        guard old.recipe == new.recipe else {
            throw Failure.wrongUse(
                "the run was planned with recipe \(old.recipe.short), the product now has "
                    + "\(new.recipe.short): "
                    + "grid, covariates, forests or encoding changed: plan it into another run directory")
        }
        try old.checkFrozenInputs(against: new.frozenInputs ?? [])
        var plan = new
        plan.days = DayRange(min(old.days.first, new.days.first), through: max(old.days.last, new.days.last))
        let counts = Dictionary((old.tiles + new.tiles).map { ($0.index, $0) }, uniquingKeysWith: { $1 })
        plan.tiles = counts.values.sorted { $0.index < $1.index }
        return plan
    }
}

/// A plan, and what is known beside it before it is frozen.
struct PlannedRun {
    let plan: RunPlan
    let seaTileCount: Int
    /// Trees of all layers together.
    let treeCount: Int
    let forestPaths: [Digest: String]
}
