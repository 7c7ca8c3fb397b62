import Covariates
import Foundation
import Tiling

/// What a plan will take, before anything runs.
struct PlanEstimate {
    let plan: RunPlan
    let treeCount: Int
    let seaTileCount: Int

    /// Measured with `Benchmarks/run forest` on one core, prediction only, per land-pixel-day and tree: the
    /// forests of GSSM1km and SMCI1.0 with AVX-512. With AVX2 a third more, without it twice as much.
    static let nanosecondsPerTree = 5.0
    /// Reading, encoding and writing, per land-pixel-day and covariate.
    static let nanosecondsPerCovariate = 6.0
    /// Stored size against raw size: measured on the demo's maps, which are noisier than most.
    static let storedShare = 0.6

    private var product: Product { plan.product }
    private var blockCount: Int { plan.predictBlocks.count }
    private var rawTileBytes: Int {
        plan.tiles.count * product.tiles.pixelsPerTile * plan.days.count * product.layers.count
            * product.output.type.byteCount
    }

    var coreHours: Double {
        let perPixelDay =
            Double(treeCount) * Self.nanosecondsPerTree
            + Double(product.featureNames.count) * Self.nanosecondsPerCovariate
        return Double(plan.landPixelDays) * perPixelDay * 1e-9 / 3600
    }

    /// Unit files, mosaics, prepared planes with their manifests, and what stands in the run directory
    /// anyway.
    var fileCount: Int {
        let planes = plan.sources.reduce(0) { sum, source in
            guard case .netCDF(let variables) = source.content else { return sum }
            let days = plan.days.extended(before: source.historyDays, after: source.lookAheadDays)
            return sum + variables.count * Calendar.months.blocks(of: days).count
        }
        return plan.unitCount(of: .predict) + plan.days.count * product.layers.count + planes
            + plan.unitCount(of: .prepare) + plan.unitCount(of: .climatology) + plan.forests.count + 16
    }

    var byteCount: Int { Int(Double(2 * rawTileBytes) * Self.storedShare) }

    /// Folders count as inodes too.
    var inodeCount: Int { fileCount + blockCount * 2 + plan.sources.count * 4 + 10 }

    /// What the threads of a worker have at least, within the estimate.
    static let scratchBytes = 64 << 20

    /// One worker: two feature stacks (one predicted, one read ahead), predictions, and the encoded unit;
    /// meanwhile it may prepare a source, or fit a climatology.
    var peakMemoryBytes: Int {
        let pixels = product.tiles.pixelsPerTile
        let days = plan.predictBlocks.compactMap { plan.days(ofPredictBlock: $0)?.count }.max() ?? 1
        let fixed = product.covariates.filter(\.isFixed).count
        let daily = product.covariates.count - fixed
        let stack = pixels * 4 * (fixed + daily * days)
        let output = pixels * days * product.layers.count * (4 + 2 * product.output.type.byteCount)
        return 2 * stack + output + max(preparationBytes, climatologyBytes, terrainBytes) + (256 << 20)
    }

    /// What it takes where nobody bounds it: hours are read in larger parts.
    private var unboundedMemoryBytes: Int {
        guard preparationBytes > 0 else { return peakMemoryBytes }
        let threads = ProcessInfo.processInfo.activeProcessorCount
        return peakMemoryBytes
            + max(0, SourcePreparation.slabByteCount(threadCount: threads) - Self.scratchBytes)
    }

    /// A prepare unit: the planes of a month, whose size the source's own grid says.
    private var preparationBytes: Int { PreparationMemory(plan: plan).byteCount }

    /// A tile of the DEM, and what is read of the eight around it.
    private var terrainBytes: Int {
        guard plan.terrain != nil else { return 0 }
        let tiles = plan.terrainTiles
        return 72 * min(tiles.pixelsPerSide, tiles.grid.columns) * min(tiles.pixelsPerSide, tiles.grid.rows)
    }

    /// A climatology unit: a block of days of one year, their sums over the years, and the equations of
    /// each pixel.
    private var climatologyBytes: Int {
        plan.climatologies.isEmpty
            ? 0 : product.tiles.pixelsPerTile * (31 * (4 + 4 + 8 + 2) + 20 * 8 + 9 * 12)
    }

    func print() {
        let scheme = product.tiles
        Swift.print(
            """
            product   \(product.name), recipe \(plan.recipe.short)
            grid      \(product.grid.columns) × \(product.grid.rows) pixels, \(scheme.tileColumns) × \
            \(scheme.tileRows) tiles of \(scheme.pixelsPerSide) × \(scheme.pixelsPerSide)
            tiles     \(plan.tiles.count) with land, \(seaTileCount) all sea
            days      \(plan.days), \(plan.days.count) days
            units     \(unitCounts)
            work      \(grouped(plan.landPixelDays)) land-pixel-days × \(treeCount) trees, \
            about \(Self.hours(coreHours)) on one core
            files     at most \(grouped(fileCount)), \(grouped(inodeCount)) inodes
            bytes     about \(ByteCount.text(byteCount)) (unit files and mosaics; prepared planes come on top)
            memory    at most \(ByteCount.text(unboundedMemoryBytes)) per worker, and with --memory at least \
            \(ByteCount.text(peakMemoryBytes))
            """)
        // Progress follows on standard error: a log that takes both shows them in order.
        fflush(nil)
    }

    /// `12 prepare, 8 predict, 30 merge`: the stages that have something to do.
    private var unitCounts: String {
        Stage.allCases.map { ($0, plan.unitCount(of: $0)) }.filter { $1 > 0 }
            .map { "\($1) \($0.name)" }.joined(separator: ", ")
    }

    private static func hours(_ hours: Double) -> String {
        if hours < 1 / 60.0 { return String(format: "%.0f s", max(1, hours * 3600)) }
        return hours < 1
            ? String(format: "%.0f minutes", hours * 60) : String(format: "%.1f core-hours", hours)
    }
}

extension Covariate {
    /// Whether a pixel's value never changes.
    var isFixed: Bool {
        switch source {
        case .files(let files): files.path.isFixed && files.everyDays == 1 && files.isRaster
        case .latitude, .longitude: true
        case .difference, .mean, .continuous, .dayOfYear: false
        }
    }
}

extension FileSource {
    var isRaster: Bool {
        if case .netCDF = content { return false }
        return true
    }
}
