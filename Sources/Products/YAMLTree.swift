import Yams

/// Turns bytes into a tree of YAML nodes, or into one mistake that says why not.
enum YAMLTree {
    /// Stands before a key that the same mapping gives again. YAML forbids such keys and Yams stops at the
    /// first,
    /// which would hide every other mistake; `Section` takes the mark off and reports the key.
    static let repetitionMark: Unicode.Scalar = "\u{E000}"

    static func root(of bytes: [UInt8], book: MistakeBook) -> Node? {
        guard var text = String(validating: bytes, as: UTF8.self) else {
            let line = 1 + bytes.prefix(validCount(of: bytes)).count { $0 == UInt8(ascii: "\n") }
            book.add("is not UTF-8 text: save it as UTF-8", line: line)
            return nil
        }
        while true {
            do {
                if let node = try Parser(yaml: text, encoding: .utf8).singleRoot() { return node }
                book.add("is empty: begin with name: and grid:", line: 1)
                return nil
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                guard let name = names.first, let marked = marking(name, at: context.mark, in: text) else {
                    let keys = names.map { "'\($0)'" }.joined(separator: ", ")
                    book.add("key \(keys) is given twice: keep one", at: context.mark)
                    return nil
                }
                text = marked
            } catch let error as YamlError {
                report(error, in: text, book: book)
                return nil
            } catch {
                book.add("cannot be read as YAML: \(error)", line: 1)
                return nil
            }
        }
    }

    private static func report(_ error: YamlError, in text: String, book: MistakeBook) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = context.map { "\($0.text) (line \($0.mark.line)): " } ?? ""
            book.add("is not YAML: \(place)\(problem)\(hint(for: mark.line, in: text))", at: mark)
        case .reader(let problem, let offset, _, _):
            let line = 1 + text.prefix(offset ?? 0).count(where: \.isNewline)
            book.add("is not YAML: \(problem): remove the character", line: line)
        default:
            book.add("is not YAML: \(error)".split(separator: "\n").joined(separator: " "), line: 1)
        }
    }

    /// The two mistakes that people make most.
    private static func hint(for line: Int, in text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let near = lines[max(0, min(line, lines.count) - 2)..<min(line, lines.count)]
        if near.contains(where: { $0.prefix { $0 == " " || $0 == "\t" }.contains("\t") }) {
            return ": indent with blanks, not with tabs"
        }
        let placeholders = ["{year}", "{month}", "{day}", "{doy}"]
        if near.contains(where: { line in placeholders.contains { line.contains($0) } }) {
            return ": put a path that holds {year} in quotes"
        }
        return ": correct the line"
    }

    /// The text with the key at a mark made unique; nil when the key is not spelt there as it reads.
    private static func marking(_ key: String, at mark: Mark, in text: String) -> String? {
        var scalars = text.unicodeScalars
        var index = scalars.startIndex
        for _ in 1..<max(mark.line, 1) {
            guard let lineEnd = scalars[index...].firstIndex(of: "\n") else { return nil }
            index = scalars.index(after: lineEnd)
        }
        guard mark.line > 0, mark.column > 0,
            var place = scalars.index(index, offsetBy: mark.column - 1, limitedBy: scalars.endIndex),
            place < scalars.endIndex
        else { return nil }
        if scalars[place] == "\"" || scalars[place] == "'" { place = scalars.index(after: place) }
        guard scalars[place...].starts(with: key.unicodeScalars) else { return nil }
        scalars.insert(repetitionMark, at: place)
        return String(scalars)
    }

    /// How many bytes there are before the first that is not UTF-8.
    private static func validCount(of bytes: [UInt8]) -> Int {
        var iterator = bytes.makeIterator()
        var decoder = UTF8()
        var count = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { count += UTF8.width(scalar) }
        return count
    }
}
