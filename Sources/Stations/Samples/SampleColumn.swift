/// A column of a table of samples: in memory, or in a file from which it is read whenever it is asked for.
public struct SampleColumn: Sendable {
    /// Nil for a column in a file.
    let count: Int?
    private let read: @Sendable () throws -> [Float]

    /// A column in memory.
    public init(_ values: [Float]) {
        count = values.count
        read = { values }
    }

    /// A column that `read` finds; it is called once each time that somebody goes through the column.
    public init(reading read: @escaping @Sendable () throws -> [Float]) {
        count = nil
        self.read = read
    }

    /// All values, a row each.
    public func values() throws -> [Float] { try read() }
}
