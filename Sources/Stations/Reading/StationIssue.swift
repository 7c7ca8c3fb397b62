/// Something that is wrong with an input, and what was done about it: one line that names the file.
public struct StationIssue: Hashable, Sendable, CustomStringConvertible {
    /// The file, with its place in an archive, or the station.
    public let source: String
    /// What is wrong, what follows, what to do.
    public let problem: String
    /// Whether the file or station is left out; otherwise it is used.
    public let isSkipped: Bool

    public init(source: String, problem: String, isSkipped: Bool) {
        self.source = source
        self.problem = problem
        self.isSkipped = isSkipped
    }

    public var description: String { "\(source): \(problem)\(isSkipped ? ": skipped" : "")" }
}
