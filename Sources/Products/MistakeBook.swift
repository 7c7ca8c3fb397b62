import Yams

/// Collects the mistakes of one file while it is read, so that all are reported at once.
final class MistakeBook {
    private var mistakes: [ProductFileError.Mistake] = []

    var isEmpty: Bool { mistakes.isEmpty }

    func add(_ message: String, at mark: Mark?) {
        mistakes.append(.init(line: mark?.line, column: mark?.column, message: message))
    }

    /// For places that YAML gives no mark for.
    func add(_ message: String, line: Int) {
        mistakes.append(.init(line: line, column: nil, message: message))
    }

    /// In the order of the file; what stands in one place keeps the order in which it was found.
    var sorted: [ProductFileError.Mistake] {
        mistakes.enumerated().sorted { first, second in
            let (a, b) = (first.element, second.element)
            return (a.line ?? 0, a.column ?? 0, first.offset) < (b.line ?? 0, b.column ?? 0, second.offset)
        }.map(\.element)
    }
}
