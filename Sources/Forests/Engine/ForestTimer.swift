internal import Glibc

/// Measures what predicting a tile costs on this machine.
public struct ForestTimer {
    /// The engine that is measured.
    public let engine: ForestEngine
    /// Trees that are walked, from the first.
    public let treeCount: Int
    private let side: Int?
    /// The last predictions: meaningless if not all trees were walked.
    public private(set) var predictions: [Float] = []

    /// Processor and wall-clock time of one repetition.
    public struct Times: Sendable {
        /// Seconds that all threads together spent on processors.
        public let cpuSeconds: Double
        /// Seconds on the clock.
        public let wallSeconds: Double
    }

    /// - Parameters:
    ///   - treeCount: walk only the first trees.
    ///   - side: pixels on a side of a superblock; nil for what `predict` takes.
    public init(engine: ForestEngine, treeCount: Int? = nil, side: Int? = nil) {
        self.engine = engine
        self.treeCount = min(treeCount ?? engine.forest.treeCount, engine.forest.treeCount)
        self.side = side
    }

    /// Predicts a tile again and again, into the same memory, as a worker does. The arguments are those of
    /// `ForestEngine.predict`.
    public mutating func measure(
        planes: [FeaturePlane], columns: Int, rows: Int, days: Int, land: [Bool], threads: Int,
        repetitions: Int, spread: Bool
    ) -> [Times] {
        let tile = TileInput(planes: planes, columns: columns, rows: rows, days: days, land: land)
        predictions = [Float](repeating: .nan, count: columns * rows * days)
        return (0..<repetitions).map { _ in
            let (cpuStart, wallStart) = (
                Self.seconds(CLOCK_PROCESS_CPUTIME_ID), Self.seconds(CLOCK_MONOTONIC)
            )
            if spread {
                predictions =
                    engine.predict(tile, threads: threads, spread: true, side: side, treeCount: treeCount)
                    .values
            } else {
                engine.predict(tile, threads: threads, side: side, treeCount: treeCount, into: &predictions)
            }
            return Times(
                cpuSeconds: Self.seconds(CLOCK_PROCESS_CPUTIME_ID) - cpuStart,
                wallSeconds: Self.seconds(CLOCK_MONOTONIC) - wallStart)
        }
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
