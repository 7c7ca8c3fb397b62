/// One failure that counts toward a unit's quarantine: a retriable failure, or the loss of the worker that
/// held it.
public struct Strike: Hashable, Sendable {
    /// Who failed or died.
    public var worker: WorkerID
    /// Where.
    public var node: String
    /// The number of the attempt.
    public var attemptNumber: UInt32
    /// Whether the worker vanished, rather than reported; taken back when it turns out to be alive.
    public var isLoss: Bool

    /// A strike of one worker on one unit.
    public init(worker: WorkerID, node: String, attemptNumber: UInt32, isLoss: Bool) {
        self.worker = worker
        self.node = node
        self.attemptNumber = attemptNumber
        self.isLoss = isLoss
    }
}
