/// The lines of a text in memory, whether they end with LF, CR LF or CR alone. Empty lines are passed over.
struct ByteLines: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private var place: Int
    /// 1 for the first line.
    private(set) var number = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        place = bytes.starts(with: mark) ? mark.count : 0
    }

    mutating func next() -> Range<Int>? {
        while place < bytes.count {
            let start = place
            var end = start
            while end < bytes.count, bytes[end] != 10, bytes[end] != 13 { end += 1 }
            place = end + 1
            if end + 1 < bytes.count, bytes[end] == 13, bytes[end + 1] == 10 { place = end + 2 }
            number += 1
            if bytes[start..<end].contains(where: { $0 != 32 && $0 != 9 }) { return start..<end }
        }
        return nil
    }

    /// The words of a line, which blanks and tabs part.
    static func words(of line: Range<Int>, in bytes: [UInt8]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        words.reserveCapacity(16)
        var place = line.lowerBound
        while place < line.upperBound {
            while place < line.upperBound, bytes[place] == 32 || bytes[place] == 9 { place += 1 }
            let start = place
            while place < line.upperBound, bytes[place] != 32, bytes[place] != 9 { place += 1 }
            if place > start { words.append(start..<place) }
        }
        return words
    }
}

extension [UInt8] {
    func text(_ range: Range<Int>) -> String { String(decoding: self[range], as: UTF8.self) }

    /// The number that the bytes spell, correctly rounded; NaN for `NaN`, nil for anything that is no number.
    func number(_ range: Range<Int>) -> Double? {
        var place = range.lowerBound
        let isNegative = place < range.upperBound && self[place] == UInt8(ascii: "-")
        if isNegative { place += 1 }
        var digits = 0
        var mantissa = 0
        var decimals = -1
        while place < range.upperBound, digits < 15 {
            let byte = self[place]
            if byte == UInt8(ascii: "."), decimals < 0 {
                decimals = 0
            } else if byte >= 48, byte <= 57 {
                mantissa = mantissa * 10 + Int(byte - 48)
                digits += 1
                if decimals >= 0 { decimals += 1 }
            } else {
                break
            }
            place += 1
        }
        // Up to 15 digits and a power of ten below 1e22 are exact, so that one division rounds once.
        if place == range.upperBound, digits > 0 {
            let value = Double(mantissa) / powersOfTen[Swift.max(decimals, 0)]
            return isNegative ? -value : value
        }
        let spelled = text(range)
        if spelled.lowercased() == "nan" { return .nan }
        guard let value = Double(spelled), value.isFinite else { return nil }
        return value
    }

    /// The unsigned integer of some digits; nil for anything else.
    func integer(_ range: Range<Int>) -> Int? {
        guard !range.isEmpty, range.count < 10 else { return nil }
        var value = 0
        for place in range {
            guard self[place] >= 48, self[place] <= 57 else { return nil }
            value = value * 10 + Int(self[place] - 48)
        }
        return value
    }
}

private let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
]
