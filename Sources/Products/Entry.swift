import Yams

/// One value of the file: where it stands, what messages call it, and how it is read.
///
/// Each reading method reports what is wrong and returns nil; the caller goes on with the next value.
struct Entry {
    let node: Node
    /// Such as `covariate 'ndvi': valid`; empty for the whole file.
    let label: String
    /// The key with a good value, to end a message with.
    let example: String?
    let book: MistakeBook

    func report(_ problem: String) {
        book.add(label.isEmpty ? problem : "\(label): \(problem)", at: node.mark)
    }

    func refused<Value>(_ problem: String) -> Value? {
        report(problem)
        return nil
    }

    /// `'abc' is not a number, such as tile: 480`.
    private func mismatch<Value>(_ wanted: String) -> Value? {
        let given = node.scalar.map { "'\($0.string)' is not" } ?? "this is not"
        return refused("\(given) \(wanted)\(suchAs)")
    }

    private var suchAs: String { example.map { ", such as \($0)" } ?? "" }
}

extension Entry {
    /// Any text that is not empty.
    func text() -> String? {
        guard let scalar = node.scalar else {
            return refused("must be a text\(suchAs); a text that begins with { or [ needs quotes")
        }
        guard !scalar.string.isEmpty else { return refused("must not be empty: write a text\(suchAs)") }
        return scalar.string
    }

    /// A text that can be part of a file name.
    func name() -> String? {
        guard let text = text() else { return nil }
        let isPlain = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_.".utf8.contains(byte)
        }
        guard isPlain, text.first != "." else {
            return refused("'\(text)' becomes part of file names: use letters a-z, digits, '-', '_' and '.'")
        }
        return text
    }

    /// A finite number; `1/120` is one too.
    func number() -> Double? {
        guard let scalar = node.scalar else { return mismatch("a number") }
        let parts = scalar.string.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
        let value = parts.count == 2 ? zip(parts[0], parts[1]).map { $0 / $1 } : parts.count == 1 ? parts[0] : nil
        guard let value, value.isFinite else { return mismatch("a number") }
        return value
    }

    private func zip(_ a: Double?, _ b: Double?) -> (Double, Double)? {
        guard let a, let b else { return nil }
        return (a, b)
    }

    func positiveNumber() -> Double? {
        guard let value = number() else { return nil }
        return value > 0 ? value : mismatch("greater than 0")
    }

    func nonzeroNumber() -> Double? {
        guard let value = number() else { return nil }
        return value != 0 ? value : refused("must not be 0: every value would be the same; leave it out for 1")
    }

    func wholeNumber(in range: ClosedRange<Int>) -> Int? {
        let wanted = range.upperBound == Int.max ? "\(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
        guard let scalar = node.scalar, let value = Int(scalar.string), range.contains(value) else {
            return mismatch("a whole number \(wanted)")
        }
        return value
    }

    /// One of some words.
    func choice<Value: RawRepresentable<String>>(of values: [Value]) -> Value? {
        guard let text = text() else { return nil }
        if let value = values.first(where: { $0.rawValue == text }) { return value }
        let words = values.map(\.rawValue)
        return refused(
            "'\(text)' is not known\(Spelling.suggestion(for: text, among: words)): "
                + (words.count == 1 ? "it can only be \(words[0])" : "choose \(words.joined(separator: ", "))"))
    }

    /// The items of a list that has some.
    func items() -> [Entry]? {
        guard let sequence = node.sequence else { return refused("must be a list\(suchAs)") }
        guard !sequence.isEmpty else { return refused("must not be empty: list at least one\(suchAs)") }
        return sequence.map { Entry(node: $0, label: label, example: example, book: book) }
    }

    func pair() -> (Entry, Entry)? {
        guard let sequence = node.sequence, sequence.count == 2 else {
            return refused("must be a list of two\(suchAs)")
        }
        return items().map { ($0[0], $0[1]) }
    }

    /// Two numbers, the first of which is not the greater one.
    func range() -> (Double, Double)? {
        guard let (first, second) = pair(), let low = first.number(), let high = second.number() else { return nil }
        guard low <= high else { return refused("[\(low), \(high)] runs backward: swap the two numbers") }
        return (low, high)
    }
}
