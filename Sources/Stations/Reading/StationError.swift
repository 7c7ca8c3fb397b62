public import Tiling

/// Why station data cannot be used: one line with the file, station or key, what is wrong and what to do.
public struct StationError: Error, Retriable, Equatable, CustomStringConvertible, Sendable {
    /// The file or station.
    public let source: String
    public let problem: String
    public let isRetriable: Bool

    public init(source: String, problem: String, isRetriable: Bool = false) {
        self.source = source
        self.problem = problem
        self.isRetriable = isRetriable
    }

    public var description: String { "\(source): \(problem)" }
}
