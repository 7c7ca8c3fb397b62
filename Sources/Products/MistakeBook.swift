import Yams

/// Collects the mistakes of one file while it is read, so that all are reported at once.
final class MistakeBook {
    private var mistakes: [ProductFileError.Mistake] = []

    var isEmpty: Bool { mistakes.isEmpty }

    func add(_ message: String, at mark: Mark?) {
        mistakes.append(.init(line: mark?.line, column: mark?.column, message: message))
    }

    func add(_ message: String, line: Int) {
        mistakes.append(.init(line: line, column: nil, message: message))
    }

    /// In the order of the file.
    var sorted: [ProductFileError.Mistake] {
        mistakes.sorted { ($0.line ?? 0, $0.column ?? 0, $0.message) < ($1.line ?? 0, $1.column ?? 0, $1.message) }
    }
}
