import Foundation
import Stations

/// One line that says what is done just now: drawn over and over on a terminal, now and then in a log.
final class ProgressLine {
    let isShown: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var shownAt = Date.distantPast

    init(isShown: Bool) { self.isShown = isShown }

    /// Shows a line, unless one was shown just before; `isLast` lines are always shown.
    func show(_ text: String, isLast: Bool = false) {
        guard isShown, isLast || Date.now.timeIntervalSince(shownAt) >= (isTerminal ? 0.1 : 5) else { return }
        shownAt = .now
        let line = isTerminal ? "\r\u{1B}[K\(text)\(isLast ? "\n" : "")" : "\(text)\n"
        FileHandle.standardError.write(Data(line.utf8))
    }

    /// Leaves a line that nothing draws over.
    func say(_ text: String) { show(text, isLast: true) }

    /// Says what is wrong with inputs, as far as anybody reads it here.
    func note(_ issues: [StationIssue]) {
        for issue in issues.prefix(20) { say("note: \(issue)") }
        if issues.count > 20 { say("note: and \(issues.count - 20) more, in the report") }
    }
}
