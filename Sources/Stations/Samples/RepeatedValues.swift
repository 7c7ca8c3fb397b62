/// Values of which many are equal, such as the class of each row: each different value once, and a number a
/// row.
public struct RepeatedValues<Value: Hashable & Sendable>: RandomAccessCollection, Sendable {
    /// Each different value, in the order in which they came.
    public private(set) var distinct: [Value] = []
    /// For each row the place of its value in `distinct`.
    private(set) var numbers: [UInt32] = []
    private var known: [Value: UInt32] = [:]

    public init() {}

    public init(_ values: some Sequence<Value>) {
        for value in values { append(value) }
    }

    /// Adds a row.
    public mutating func append(_ value: Value) {
        // Rows of a station follow each other.
        if let last = numbers.last, distinct[Int(last)] == value {
            numbers.append(last)
        } else if let number = known[value] {
            numbers.append(number)
        } else {
            known[value] = UInt32(distinct.count)
            numbers.append(UInt32(distinct.count))
            distinct.append(value)
        }
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { numbers.count }
    public subscript(row: Int) -> Value { distinct[Int(numbers[row])] }
}

extension RepeatedValues: Hashable {
    /// Equal rows, whatever their numbers.
    public static func == (first: Self, second: Self) -> Bool { first.elementsEqual(second) }

    public func hash(into hasher: inout Hasher) {
        for value in self { hasher.combine(value) }
    }
}

extension RepeatedValues: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Value...) { self.init(elements) }
}
