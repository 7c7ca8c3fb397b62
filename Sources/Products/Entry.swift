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

    var line: Int { node.mark?.line ?? 0 }
    /// The text of a scalar; nil for lists and mappings.
    var word: String? { node.scalar?.string }
    var isList: Bool { node.sequence != nil }
    var isMapping: Bool { node.mapping != nil }

    /// The keys of a mapping, before it is known which schema it follows.
    var keys: [String] { node.mapping?.compactMap { Section.name(of: $0.key) } ?? [] }

    /// The value of a key of a mapping, unchecked.
    func peek(_ key: String) -> Entry? {
        let value = node.mapping?.first { Section.name(of: $0.key) == key }?.value
        return value.map { Entry(node: $0, label: label, example: nil, book: book) }
    }

    func labelled(_ label: String, example: String) -> Entry {
        Entry(node: node, label: label, example: example, book: book)
    }

    func report(_ problem: String) {
        book.add(label.isEmpty ? problem : "\(label): \(problem)", at: node.mark)
    }

    func refused<Value>(_ problem: String) -> Value? {
        report(problem)
        return nil
    }

    /// `'abc' is not a number, such as tile: 480`.
    private func mismatch<Value>(_ wanted: String) -> Value? {
        let given = word.map { "'\($0)' is not" } ?? "this is not"
        return refused("\(given) \(wanted)\(suchAs)")
    }

    private var suchAs: String { example.map { ", such as \($0)" } ?? "" }
}

extension Entry {
    /// Any text that is not empty.
    func text() -> String? {
        guard let word else {
            return refused("must be a text\(suchAs); a text that begins with { or [ needs quotes")
        }
        return word.isEmpty ? refused("must not be empty: write a text\(suchAs)") : word
    }

    /// A text that can be part of a file name.
    func name() -> String? {
        guard let text = text() else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy { letter in
            letter.isASCII
                && (letter.properties.isAlphabetic || ("0"..."9").contains(letter)
                    || "-_.".contains(Character(letter)))
        }
        guard isPlain, text.first != "." else {
            return refused("'\(text)' becomes part of file names: use letters a-z, digits, '-', '_' and '.'")
        }
        return text
    }

    /// A finite number; `1/120` is one too.
    func number() -> Double? {
        let parts = (word ?? "").split(separator: "/", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Double($0) }
        guard numbers.count == parts.count, (1...2).contains(parts.count) else { return mismatch("a number") }
        let value = numbers.count == 1 ? numbers[0] : numbers[0] / numbers[1]
        return value.isFinite ? value : mismatch("a number")
    }

    func positiveNumber() -> Double? {
        guard let value = number() else { return nil }
        return value > 0 ? value : mismatch("greater than 0")
    }

    func nonzeroNumber() -> Double? {
        guard let value = number() else { return nil }
        return value != 0
            ? value : refused("must not be 0: every value would be the same; leave it out for 1")
    }

    func wholeNumber(in range: ClosedRange<Int>) -> Int? {
        guard let word, let value = Int(word), range.contains(value) else {
            return mismatch("a whole number from \(range.lowerBound) to \(range.upperBound)")
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
                + (words.count == 1
                    ? "it can only be \(words[0])" : "choose \(words.joined(separator: ", "))"))
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
        guard let (first, second) = pair(), let low = first.number(), let high = second.number() else {
            return nil
        }
        guard low <= high else { return refused("[\(low), \(high)] runs backward: swap the two numbers") }
        return (low, high)
    }
}
