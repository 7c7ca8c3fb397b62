internal import Synchronization

/// Predicts whole tiles over runs of days, fast, and equal to `ReferenceForest` in every bit.
///
/// Neighbouring pixels and days take the same way through a tree almost everywhere. So the engine walks
/// each tree once with a *set* of rows (a row is a pixel on a day) instead of once per row: rows are
/// grouped in blocks of 64 (`Block`), blocks in superblocks, and a split divides the set of a superblock in
/// two (`SetWalk`). Superblocks are handed out to threads.
public struct ForestEngine: Sendable {
    /// The forest that predicts.
    public let forest: Forest

    public init(_ forest: Forest) { self.forest = forest }

    /// Predicts every land pixel of a tile on every day: `[day * columns * rows + row * columns + column]`.
    ///
    /// - Parameters:
    ///   - planes: the features in the forest's order.
    ///   - land: where to predict, one per pixel; elsewhere the result is NaN.
    ///   - threads: how many threads share the tile; the result does not depend on it.
    ///
    /// Where a feature that the forest uses is missing, and the forest has no rule for that, the result is
    /// NaN.
    public func predict(
        planes: [FeaturePlane], columns: Int, rows: Int, days: Int, land: [Bool], threads: Int = 1
    ) -> [Float] {
        let tile = TileInput(planes: planes, columns: columns, rows: rows, days: days, land: land)
        tile.check(forest)
        var result = [Float](repeating: .nan, count: tile.pixelCount * days)
        let plan = SuperblockPlan(tile)
        guard !result.isEmpty, land.contains(true) else { return result }
        let counter = SuperblockCounter()
        let forest = forest
        result.withUnsafeMutableBufferPointer { buffer in
            let output = PredictionBuffer(buffer)
            ThreadTeam.run(count: min(threads, plan.count)) {
                var superblock = Superblock(tile, plan: plan, forest: forest)
                var walk = SetWalk(forest)
                while let next = counter.next(below: plan.count) {
                    superblock.load(plan.window(next))
                    guard superblock.hasRows else { continue }
                    walk.addAllTrees(to: superblock)
                    superblock.writePredictions(to: output, header: forest.header)
                }
                walk.deallocate()
                superblock.deallocate()
            }
        }
        return result
    }
}

/// What the engine was asked for.
struct TileInput: Sendable {
    let planes: [FeaturePlane]
    let columns: Int
    let rows: Int
    let days: Int
    let land: [Bool]

    var pixelCount: Int { columns * rows }

    func check(_ forest: Forest) {
        precondition(columns >= 0 && rows >= 0 && days >= 0)
        precondition(land.count == pixelCount, "land has one value per pixel")
        precondition(planes.count == forest.features.count, "one plane per feature of the forest")
        precondition(
            planes.allSatisfy { $0.fits(pixelCount: pixelCount, dayCount: days) },
            "planes fit the tile and days")
    }
}

/// How a tile is cut into superblocks: small enough for the second-level cache, large enough that a set is
/// worth a visit.
struct SuperblockPlan: Sendable {
    static let side = 48
    static let dayCount = 32

    private let tile: (columns: Int, rows: Int, days: Int)
    private let across: Int
    private let down: Int
    let count: Int

    /// A part of the tile.
    struct Window {
        let columns: Range<Int>
        let rows: Range<Int>
        let days: Range<Int>
    }

    init(_ tile: TileInput) {
        self.tile = (tile.columns, tile.rows, tile.days)
        across = (tile.columns + Self.side - 1) / Self.side
        down = (tile.rows + Self.side - 1) / Self.side
        count = across * down * ((tile.days + Self.dayCount - 1) / Self.dayCount)
    }

    func window(_ number: Int) -> Window {
        func part(_ number: Int, _ size: Int, of whole: Int) -> Range<Int> {
            number * size..<min((number + 1) * size, whole)
        }
        return Window(
            columns: part(number % across, Self.side, of: tile.columns),
            rows: part(number / across % down, Self.side, of: tile.rows),
            days: part(number / (across * down), Self.dayCount, of: tile.days))
    }

    /// The largest number of blocks in one superblock: pixel blocks, and groups of days.
    var largestBlockCounts: (pixelBlocks: Int, dayGroups: Int) {
        func blocks(_ size: Int, _ limit: Int, _ block: Int) -> Int { (min(size, limit) + block - 1) / block }
        return (
            blocks(tile.columns, Self.side, Block.side) * blocks(tile.rows, Self.side, Block.side),
            blocks(tile.days, Self.dayCount, Block.dayCount)
        )
    }
}

/// Hands out superblocks to whoever asks next.
private final class SuperblockCounter: Sendable {
    private let taken = Atomic<Int>(0)

    func next(below count: Int) -> Int? {
        let number = taken.add(1, ordering: .relaxed).oldValue
        return number < count ? number : nil
    }
}

/// The result array while threads fill it.
// @unchecked: every superblock writes elements of its own, and the threads end before the array is used.
struct PredictionBuffer: @unchecked Sendable {
    let values: UnsafeMutablePointer<Float>

    /// The buffer must not be empty.
    init(_ buffer: UnsafeMutableBufferPointer<Float>) { values = buffer.baseAddress! }
}
