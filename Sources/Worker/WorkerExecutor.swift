internal import Covariates
public import Execution
internal import Foundation
public import Storage
public import Tiling

/// Runs prepare and predict units: one thread reads, one team predicts, so that the next unit is read
/// meanwhile.
///
/// At most one unit is predicted and one is read ahead, which bounds memory to two feature stacks.
public final class WorkerExecutor: UnitExecutor {
    /// How many threads, and for what.
    public struct Settings: Sendable {
        /// Threads that share one unit's prediction.
        public var threadCount: Int
        public var stages: [Stage]
        /// What these threads may take for their own superblocks, or for hours that become days, beside the
        /// planes and the predictions.
        public var scratchBytes: Int

        public init(threadCount: Int, stages: [Stage] = Stage.ofWorkers, scratchBytes: Int = .max) {
            self.threadCount = threadCount
            self.stages = stages
            self.scratchBytes = scratchBytes
        }
    }

    public let stages: [Stage]
    /// One in work, one read ahead, one at hand.
    public let credits = 3

    /// The digest of a small fixed computation, by which the coordinator knows machines that compute other
    /// numbers.
    public let canary: Digest

    private let inbox = BlockingQueue<Order>()
    private let gathered = BlockingQueue<GatheredUnit>(capacity: 1)
    private let finished = DispatchSemaphore(value: 0)

    private typealias Report = @Sendable (Outcome) -> Void
    private struct Order: Sendable {
        let assignment: Assignment
        let report: Report
    }
    private struct GatheredUnit: Sendable {
        let assignment: Assignment
        let stack: FeatureStack
        let land: [Bool]
        let readSeconds: Double
        let report: Report
    }

    /// Loads the forests of the run; throws when one is missing or damaged.
    public init(plan: RunPlan, run: RunDirectory, settings: Settings) throws {
        stages = settings.stages
        let forests = try LayerForests(plan: plan, run: run)
        canary = forests.canary
        let planeMemory = PlaneMemory()
        let job = PredictJob(
            plan: plan, run: run, forests: forests, settings: settings, planeMemory: planeMemory)
        let (inbox, gathered, finished) = (inbox, gathered, finished)
        spawn("tilth-read") {
            let reader = CovariateReader(plan: plan, run: run, planeMemory: planeMemory)
            while let order = inbox.pop() {
                Self.begin(
                    order, plan: plan, run: run, reader: reader, settings: settings, gathered: gathered)
            }
            gathered.close()
        }
        spawn("tilth-predict") {
            while let unit = gathered.pop() {
                unit.report(
                    Self.outcome {
                        try job.execute(
                            unit.assignment, stack: unit.stack, land: unit.land,
                            readSeconds: unit.readSeconds)
                    })
            }
            finished.signal()
        }
    }

    /// Queues a unit.
    public func submit(_ assignment: Assignment, report: @escaping @Sendable (Outcome) -> Void) {
        inbox.push(Order(assignment: assignment, report: report))
    }

    /// Gives back what has not begun.
    public func takeBack(where wanted: (Attempt) -> Bool) -> [Attempt] {
        inbox.removeAll { wanted($0.assignment.attempt) }.map(\.assignment.attempt)
    }

    /// Waits for what has begun.
    public func close() {
        inbox.close()
        finished.wait()
    }

    /// On the reading thread: a preliminary unit is done here, a predict unit is gathered and handed on.
    private static func begin(
        _ order: Order, plan: RunPlan, run: RunDirectory, reader: CovariateReader,
        settings: Settings, gathered: BlockingQueue<GatheredUnit>
    ) {
        let unit = order.assignment.attempt.unit
        let run = order.assignment.fenced(run)
        switch unit.stage {
        case .prepare:
            order.report(
                outcome { try PrepareJob(plan: plan, run: run, settings: settings).execute(unit) })
        case .terrain:
            let threads = settings.threadCount
            order.report(outcome { try TerrainJob(plan: plan, run: run, threadCount: threads).execute(unit) })
        case .climatology:
            order.report(outcome { try ClimatologyJob(reader: reader, run: run).execute(unit) })
        case .predict where plan.sampling != nil:
            order.report(outcome { try SampleJob(plan: plan, run: run).execute(unit, reader: reader) })
        case .predict:
            do {
                guard let days = plan.days(ofPredictBlock: Int(unit.block)) else {
                    throw WorkerError.notInPlan(order.assignment.name)
                }
                // Not a third stack beside the one that is predicted and the one that waits.
                gathered.waitForRoom()
                var clock = Stopwatch()
                let tile = plan.product.tiles.tile(at: Int(unit.place))
                let land = try reader.land(of: tile)
                let stack = try reader.gather(
                    features: plan.product.featureNames, tile: tile, days: days)
                gathered.push(
                    GatheredUnit(
                        assignment: order.assignment, stack: stack, land: land, readSeconds: clock.lap(),
                        report: order.report))
            } catch {
                order.report(Outcome(failure: error))
            }
        case .merge:
            order.report(
                .failed(cause: "a worker does not merge: start `tilth merge RUN`", isRetriable: false))
        }
    }

    private static func outcome(_ body: () throws -> UnitResult) -> Outcome {
        do { return .completed(try body()) } catch { return Outcome(failure: error) }
    }

    private func spawn(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.stackSize = 16 << 20
        thread.start()
    }
}

/// Why a worker cannot do what it was asked, in one line.
enum WorkerError: Error, CustomStringConvertible {
    case notInPlan(String)
    case forestDiffers(layer: String, path: String)

    var description: String {
        switch self {
        case .notInPlan(let unit): "\(unit) is not in the plan of this run: was the plan changed meanwhile?"
        case .forestDiffers(let layer, let path):
            "\(path): not the forest that layer \(layer) was planned with: run `tilth plan` again"
        }
    }
}
