/// What a covariate's quality flags must say for a value to count.
///
/// Flags are whole numbers beside the values, on the same cells and days, read as they are stored: no scale,
/// and no number of theirs means missing.
public struct QualityTest: Hashable, Codable, Sendable {
    /// Where the flags are: another band, variable or field of the covariate's files, or files of their own.
    public let flags: FileSource
    /// The bits that hold the answer, counted from 0, the least significant one; nil for the whole number.
    public let bits: Bits?
    /// Answers that keep a value.
    public let accepted: [Int]
    /// Answers between these numbers, both included, keep a value as well; nil for none.
    public let acceptedRange: Range?

    public init(flags: FileSource, bits: Bits? = nil, accepted: [Int], acceptedRange: Range? = nil) {
        self.flags = flags
        self.bits = bits
        self.accepted = accepted
        self.acceptedRange = acceptedRange
    }

    /// Numbers, both ends included.
    public struct Range: Hashable, Codable, Sendable {
        public let first: Int
        public let last: Int

        public init(first: Int, last: Int) {
            precondition(first <= last, "a range runs forward")
            self.first = first
            self.last = last
        }

        /// Whether a number lies in the range.
        public func contains(_ number: Int) -> Bool { first <= number && number <= last }
    }

    /// A run of bits, both ends included.
    public struct Bits: Hashable, Codable, Sendable {
        public let first: Int
        public let last: Int

        /// The highest bit that is looked at: flags of 32 bits do not pass through single precision.
        public static let highest = 15

        public init(first: Int, last: Int) {
            precondition(0 <= first && first <= last && last <= Self.highest, "bits of a 16-bit number")
            self.first = first
            self.last = last
        }
    }
}
