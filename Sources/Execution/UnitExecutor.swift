public import Storage
public import Tiling

/// What computes units: the worker's pipeline, or the merger. Called from one thread, reports from any.
public protocol UnitExecutor: AnyObject, Sendable {
    /// The stages that it can compute.
    var stages: [Stage] { get }

    /// How many units it wants at hand: one in work and what is read ahead.
    var credits: Int { get }

    /// Takes a unit. `report` is called once, unless the unit is taken back.
    func submit(_ assignment: Assignment, report: @escaping @Sendable (Outcome) -> Void)

    /// Gives back those of the attempts that it has not begun; they will not be reported.
    func takeBack(where wanted: (Attempt) -> Bool) -> [Attempt]

    /// Ends when what has begun is finished.
    func close()
}

/// One attempt at a unit, as the coordinator handed it out.
public struct Assignment: Sendable {
    public let attempt: Attempt
    /// The unit's name in the plan.
    public let name: String
    /// What the stage needs beyond the plan: a merge order, or nothing.
    public let order: [UInt8]
    private let isWanted: @Sendable () -> Bool

    public init(
        attempt: Attempt, name: String, order: [UInt8], isWanted: @escaping @Sendable () -> Bool = { true }
    ) {
        self.attempt = attempt
        self.name = name
        self.order = order
        self.isWanted = isWanted
    }

    /// Throws when the coordinator has taken the attempt away: it has given the unit to somebody else
    /// meanwhile, or has its result.
    public func throwUnlessWanted() throws(StorageError) {
        guard isWanted() else {
            throw StorageError("\(name): taken away by the coordinator before it was written")
        }
    }

    /// The run as this attempt may write to it: whatever the stage, an output gets its final name only while
    /// the attempt is wanted, so that what is late does not replace what a newer attempt, of other inputs
    /// perhaps, has put there.
    public func fenced(_ run: RunDirectory) -> RunDirectory {
        RunDirectory(run.path) { () throws(StorageError) in try throwUnlessWanted() }
    }
}

/// How an attempt ended.
public enum Outcome: Sendable {
    case completed(UnitResult)
    /// With one line that a scientist can act on.
    case failed(cause: String, isRetriable: Bool)

    /// The outcome of an error: an error that says nothing about it is not retriable.
    public init(failure error: any Error) {
        let isRetriable = (error as? any Retriable)?.isRetriable ?? false
        let cause = "\(error)".split(separator: "\n").joined(separator: "; ")
        self = .failed(cause: cause, isRetriable: isRetriable)
    }
}

/// What a finished unit has to show; the process adds who did it, and makes the receipt.
public struct UnitResult: Sendable {
    public var inputs: [InputFile]
    public var outputs: [OutputFile]
    /// In the order of days, then layers.
    public var values: [ValueDigest]
    public var missing: [MissingDay]
    /// Seconds by phase.
    public var seconds: [String: Double]

    public init(
        inputs: [InputFile], outputs: [OutputFile], values: [ValueDigest], missing: [MissingDay],
        seconds: [String: Double]
    ) {
        self.inputs = inputs
        self.outputs = outputs
        self.values = values
        self.missing = missing
        self.seconds = seconds
    }
}
