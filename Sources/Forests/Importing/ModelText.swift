/// A text that lies in memory, and its lines without copies of them.
struct ModelText: Sequence, IteratorProtocol {
    let bytes: UnsafeRawBufferPointer
    private var place = 0
    /// Where the line that came last begins.
    private(set) var start = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next line, without its end.
    mutating func next() -> UnsafeRawBufferPointer? {
        guard place < bytes.count else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[place...])
        let length = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
        start = place
        place += length + 1
        let hasReturn = length > 0 && rest[length - 1] == UInt8(ascii: "\r")
        return UnsafeRawBufferPointer(rebasing: rest[..<(hasReturn ? length - 1 : length)])
    }
}

extension UnsafeRawBufferPointer {
    var text: String { String(decoding: self, as: UTF8.self) }

    /// The words between spaces, read one by one; nil as soon as one cannot be read.
    func words<Value>(_ read: (UnsafeRawBufferPointer) -> Value?) -> [Value]? {
        var values: [Value] = []
        var place = 0
        while place < count {
            if self[place].isTextSpace {
                place += 1
                continue
            }
            var end = place
            while end < count, !self[end].isTextSpace { end += 1 }
            guard let value = read(UnsafeRawBufferPointer(rebasing: self[place..<end])) else { return nil }
            values.append(value)
            place = end
        }
        return values
    }

    /// A decimal number in full, nil for anything else: no hexadecimal digits, no NaN.
    var decimal: Double? {
        guard let first, first != UInt8(ascii: "+"), allSatisfy(\.belongsToDecimal) else { return nil }
        return Double(text)
    }

    /// A whole number.
    var integer: Int? { isEmpty || first == UInt8(ascii: "+") ? nil : Int(text) }
}

extension UInt8 {
    /// Digits, sign, point, exponent, and the letters of `inf`.
    fileprivate var belongsToDecimal: Bool {
        (48...57).contains(self) || "+-.eEinf".utf8.contains(self)
    }
}
