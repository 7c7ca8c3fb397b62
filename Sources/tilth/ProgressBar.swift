import Coordinator
import Foundation
import Tiling

/// One line that says how far a run is; on a terminal it is drawn over and over, in a log it appears now and
/// then.
struct ProgressBar {
    private let isShown: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let startedAt = Date.now
    private var lastLine = ""
    private var lastLoggedAt = Date.distantPast

    init(isShown: Bool) { self.isShown = isShown }

    mutating func show(_ report: StatusReport) {
        guard isShown else { return }
        let line = text(report)
        if isTerminal {
            write("\r\u{1B}[K" + line)
        } else if line != lastLine, Date.now.timeIntervalSince(lastLoggedAt) >= 5 {
            write(line + "\n")
            lastLoggedAt = .now
        }
        lastLine = line
    }

    mutating func finish() {
        if isShown, isTerminal, !lastLine.isEmpty { write("\r\u{1B}[K") }
    }

    private func text(_ report: StatusReport) -> String {
        let width = 24
        let filled = Int((report.doneFraction * Double(width)).rounded(.down))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let stages = report.stages.filter { $0.total > 0 }.map { stage -> String in
            let trouble = stage.failed + stage.quarantined
            return "\(stage.stage) \(stage.done)/\(stage.total)" + (trouble > 0 ? " (\(trouble) failed)" : "")
        }
        var parts = [bar, stages.joined(separator: " · ")]
        if let rate = report.landPixelDaysPerSecond {
            parts.append(String(format: "%.1f M land-pixel-days/s", rate / 1e6))
        }
        parts.append(clock(Date.now.timeIntervalSince(startedAt)))
        return parts.joined(separator: "  ")
    }

    private func clock(_ seconds: Double) -> String {
        String(format: "%d:%02d", Int(seconds) / 60, Int(seconds) % 60)
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
