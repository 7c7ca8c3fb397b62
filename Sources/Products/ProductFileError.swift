/// Everything that is wrong with a product file, one line per mistake.
public struct ProductFileError: Error, Hashable, CustomStringConvertible {
    /// As it was given.
    public let path: String
    /// By line; never empty.
    public let mistakes: [Mistake]

    /// One mistake: where, what, and what to do.
    public struct Mistake: Hashable, Sendable {
        /// Counted from 1; nil when the whole file is meant.
        public let line: Int?
        /// Counted from 1.
        public let column: Int?
        public let message: String
    }

    public var description: String {
        mistakes.map { mistake in
            "\(path):\(mistake.line.map { "\($0):" } ?? "") \(mistake.message)"
        }.joined(separator: "\n")
    }
}
