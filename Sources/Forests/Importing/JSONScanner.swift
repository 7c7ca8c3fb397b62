/// Walks through a JSON text in memory from front to back and makes nothing but what is asked for: models of
/// hundreds of megabytes are lists of numbers of which a forest needs few.
///
/// `NaN` and `Infinity` are numbers here, because XGBoost writes them.
struct JSONScanner {
    /// What is wrong, and where.
    struct Wrong: Error {
        let place: Int
        let detail: String
    }

    private let bytes: UnsafeRawBufferPointer
    private(set) var place: Int

    /// - Parameter place: where to begin: at the first byte of a value.
    init(_ bytes: UnsafeRawBufferPointer, at place: Int = 0) {
        self.bytes = bytes
        self.place = place
    }

    func wrong(_ detail: String) -> Wrong { Wrong(place: place, detail: detail) }

    /// The first byte of what comes next, spaces passed over.
    mutating func peek() throws(Wrong) -> UInt8 {
        while place < bytes.count, bytes[place].isTextSpace { place += 1 }
        guard place < bytes.count else { throw wrong("the text ends too early") }
        return bytes[place]
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Wrong) {
        guard try peek() == UInt8(ascii: character) else { throw wrong("'\(character)' is missing") }
        place += 1
    }

    /// Calls `body` at each value of an object; it must take or skip the value.
    mutating func forEachKey(_ body: (inout JSONScanner, String) throws -> Void) throws {
        try expect("{")
        if try peek() == UInt8(ascii: "}") {
            place += 1
            return
        }
        while true {
            let key = try string()
            try expect(":")
            try body(&self, key)
            guard try peek() == UInt8(ascii: ",") else { break }
            place += 1
        }
        try expect("}")
    }

    /// Calls `body` at each value of a list; it must take or skip the value.
    mutating func forEachElement(_ body: (inout JSONScanner) throws -> Void) throws {
        try expect("[")
        if try peek() == UInt8(ascii: "]") {
            place += 1
            return
        }
        while true {
            try body(&self)
            guard try peek() == UInt8(ascii: ",") else { break }
            place += 1
        }
        try expect("]")
    }

    /// A list, each element read alike.
    mutating func list<Value>(_ read: (inout JSONScanner) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        try forEachElement { values.append(try read(&$0)) }
        return values
    }

    /// A text, its escapes resolved.
    mutating func string() throws(Wrong) -> String { String(decoding: try stringBytes(), as: UTF8.self) }

    mutating func stringBytes() throws(Wrong) -> [UInt8] {
        let raw = try rawString()
        guard raw.contains(UInt8(ascii: "\\")) else { return Array(raw) }
        var text: [UInt8] = []
        var rest = raw[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                text.append(byte)
                continue
            }
            switch escape {
            case UInt8(ascii: "n"): text.append(10)
            case UInt8(ascii: "r"): text.append(13)
            case UInt8(ascii: "t"): text.append(9)
            case UInt8(ascii: "b"): text.append(8)
            case UInt8(ascii: "f"): text.append(12)
            case UInt8(ascii: "u"):
                guard let unit = Self.codeUnit(rest) else { throw wrong("a text holds a wrong \\u escape") }
                rest = rest.dropFirst(4)
                var units = [unit]
                // A character beyond 65,535 is a pair of escapes.
                if (0xd800..<0xdc00).contains(unit), rest.starts(with: "\\u".utf8),
                    let low = Self.codeUnit(rest.dropFirst(2))
                {
                    units.append(low)
                    rest = rest.dropFirst(6)
                }
                text += String(decoding: units, as: UTF16.self).utf8
            default: text.append(escape)
            }
        }
        return text
    }

    private static func codeUnit(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt16? {
        guard bytes.count >= 4 else { return nil }
        return UInt16(String(decoding: bytes.prefix(4), as: UTF8.self), radix: 16)
    }

    /// What stands between quotation marks, as it stands there.
    private mutating func rawString() throws(Wrong) -> UnsafeRawBufferPointer {
        try expect("\"")
        let start = place
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard place < bytes.count else { throw wrong("a text does not end") }
        place += 1
        return UnsafeRawBufferPointer(rebasing: bytes[start..<place - 1])
    }

    /// A number, `true` or `false` (1 and 0), as a whole number.
    mutating func integer() throws(Wrong) -> Int {
        let word = try word()
        if let value = word.integer { return value }
        if word.elementsEqual("true".utf8) { return 1 }
        if word.elementsEqual("false".utf8) { return 0 }
        guard let value = word.decimal.flatMap(Int.init(exactly:)) else {
            throw wrong("'\(word.prefix(20).text)' is no whole number")
        }
        return value
    }

    /// A text, or a number or word as it is written.
    mutating func scalar() throws(Wrong) -> String {
        try peek() == UInt8(ascii: "\"") ? try string() : try word().text
    }

    /// A number as float64.
    mutating func double() throws(Wrong) -> Double {
        let word = try word()
        guard let value = word.decimal else { throw wrong("'\(word.prefix(20).text)' is no number") }
        return value
    }

    /// A number as float32, rounded once.
    mutating func float() throws(Wrong) -> Float {
        let word = try word()
        switch word.text {
        case "NaN": return .nan
        case "Infinity": return .infinity
        case "-Infinity": return -.infinity
        case let text:
            guard word.decimal != nil, let value = Float(text) else {
                throw wrong("'\(text.prefix(20))' is no number")
            }
            return value
        }
    }

    private mutating func word() throws(Wrong) -> UnsafeRawBufferPointer {
        _ = try peek()
        let start = place
        while place < bytes.count, !bytes[place].isTextSpace, !",:]}\"[{".utf8.contains(bytes[place]) {
            place += 1
        }
        guard place > start else { throw wrong("a number is missing") }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<place])
    }

    /// Passes over a value of any kind.
    mutating func skip() throws(Wrong) {
        var depth = 0
        repeat {
            switch try peek() {
            case UInt8(ascii: "\""): _ = try rawString()
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                place += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                place += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                place += 1
            default: _ = try word()
            }
        } while depth > 0
        guard depth == 0 else { throw wrong("a bracket closes what none opened") }
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
