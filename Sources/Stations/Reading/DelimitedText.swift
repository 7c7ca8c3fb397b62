/// A table of text: a header and rows, with commas, semicolons or tabs, whichever the header uses, and fields
/// in double quotes where they hold a delimiter.
struct DelimitedText {
    let header: [String]
    private let bytes: [UInt8]
    private var lines: ByteLines
    private let delimiter: UInt8

    /// Nil when there is not even a header.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        lines = ByteLines(bytes)
        guard let first = lines.next() else { return nil }
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        // The first of the most frequent ones.
        var best = (delimiter: candidates[0], count: 0)
        for candidate in candidates {
            let count = bytes[first].filter { $0 == candidate }.count
            if count > best.count { best = (candidate, count) }
        }
        delimiter = best.delimiter
        header = Self.fields(of: bytes[first], delimiter: delimiter).map { $0.trimmed }
    }

    /// The next row and its line number, nil at the end.
    mutating func next() -> (number: Int, fields: [String])? {
        guard let line = lines.next() else { return nil }
        return (lines.number, Self.fields(of: bytes[line], delimiter: delimiter))
    }

    /// A quote opens a field only at its beginning: `30"` is a value.
    private static func fields(of line: ArraySlice<UInt8>, delimiter: UInt8) -> [String] {
        let quote = UInt8(ascii: "\"")
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var place = line.startIndex
        var isStart = true
        while place < line.endIndex {
            let byte = line[place]
            if isQuoted {
                if byte == quote, place + 1 < line.endIndex, line[place + 1] == quote {
                    field.append(quote)
                    place += 1
                } else if byte == quote {
                    isQuoted = false
                } else {
                    field.append(byte)
                }
            } else if byte == quote, isStart {
                isQuoted = true
            } else if byte == delimiter {
                fields.append(String(decoding: field, as: UTF8.self))
                field = []
                isStart = true
                place += 1
                continue
            } else {
                field.append(byte)
            }
            isStart = false
            place += 1
        }
        fields.append(String(decoding: field, as: UTF8.self))
        return fields
    }
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return String(rest)
    }
}
