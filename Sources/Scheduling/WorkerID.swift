/// The name of one worker process. A process that starts again takes a new name, or the failures of the old
/// one and the answers of the new one could not be told apart.
public struct WorkerID: Hashable, Comparable, Sendable {
    /// As it stands in logs, receipts and reports.
    public let name: String

    /// Takes a name that no other process of the run has had.
    public init(_ name: String) { self.name = name }

    /// Orders by name.
    public static func < (a: WorkerID, b: WorkerID) -> Bool { a.name < b.name }
}

extension WorkerID: CustomStringConvertible {
    /// The bare name.
    public var description: String { name }
}
