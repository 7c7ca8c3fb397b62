import Tiling

/// Runs of days as a line shows them: the first few, and how many more there are.
struct DayRunText: CustomStringConvertible {
    static let runsMax = 6
    let runs: [DayRange]

    init(_ runs: [DayRange]) { self.runs = runs }

    var description: String {
        let shown = runs.prefix(Self.runsMax).map(\.description).joined(separator: ", ")
        let rest = runs.dropFirst(Self.runsMax)
        guard !rest.isEmpty else { return shown }
        let dayCount = rest.reduce(0) { $0 + $1.count }
        return
            "\(shown) and \(counted(rest.count, "more run")), \(counted(dayCount, "day"))"
    }
}
