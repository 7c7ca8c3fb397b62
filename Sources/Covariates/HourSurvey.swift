import Rasters
import Storage
import Tiling

/// Looks at a source of hours without preparing it: which days can be made, and what they are like.
struct HourSurvey {
    /// The variables that are summed.
    let names: [String]
    let rule: DailyRule
    let source: PlannedSource
    let dataRoot: String

    private var variable: SourceVariable { SourceVariable(names[0], daily: rule) }

    /// The days that can be made of the files that are there, ascending. A file that cannot be used is
    /// reported and left out.
    func days(
        in present: [ExpectedFile], around blocks: ClosedRange<Int>, report: (String) -> Void
    ) throws -> [Day] {
        let neighbours = Set([blocks.lowerBound, blocks.upperBound]).flatMap(source.neighbours).filter {
            !present.contains($0) && DurableFile.exists(absolutePath(of: $0.path, in: dataRoot))
        }
        var files: [TimedFile] = []
        for file in present + neighbours {
            do {
                let timed = TimedFile(file, times: try times(of: file))
                try timed.checkHours(of: names[0], rule: rule)
                files.append(timed)
            } catch {
                report("\(error)")
            }
        }
        return try DayIndex(of: variable, in: files, expected: nil).days.map(\.day)
    }

    /// Files of single days are believed by their names, so that years are surveyed in seconds.
    private func times(of file: ExpectedFile) throws -> [TimeStep] {
        if source.path.isPerDay, let day = file.days?.first {
            return (0..<24).filter { hour in
                rule.statistic == .accumulated || (hour - rule.firstHour) % rule.everyHours == 0
            }.map { TimeStep(day: day, secondOfDay: $0 * 3600) }
        }
        return try open(file).variable(named: names[0]).times
    }

    private func open(_ file: ExpectedFile) throws -> NetCDFFile {
        try file.netCDF(in: dataRoot)
    }

    /// The values of one day from the middle of the files, in a window that is chosen when the grid is known.
    /// Empty when no day is whole there.
    func sample(
        of present: [ExpectedFile], window choose: (Grid, String) throws -> PixelWindow
    ) throws -> [Float] {
        let middle = present.count / 2
        let some = Array(present[max(0, middle - 1)..<min(present.count, middle + 2)])
        let timed = try some.map { TimedFile($0, times: try open($0).variable(named: names[0]).times) }
        let first = try open(some[0]).variable(named: names[0])
        let window = try choose(first.grid, some[0].path)
        let index = try DayIndex(of: variable, in: timed, expected: nil)
        guard !index.days.isEmpty else { return [] }
        let parts = index.days[index.days.count / 2].parts
        var total: [Float] = []
        for name in names {
            var sums = [Double](repeating: startValue(of: rule.statistic), count: window.pixelCount)
            for (file, steps) in Dictionary(grouping: parts, by: \.file).sorted(by: { $0.key < $1.key }) {
                let read = try open(some[file]).variable(named: name)
                for part in steps {
                    combine(
                        [DayPart(position: 0, weight: part.weight)],
                        of: try read.read(step: part.step, window: window), rule.statistic, into: &sums,
                        from: 0, count: window.pixelCount)
                }
            }
            var values = [Float](repeating: .nan, count: window.pixelCount)
            let divisor = rule.statistic == .mean ? Double(parts.count) : 1
            close(sums, from: 0, count: window.pixelCount, divisor: divisor, into: &values, at: 0)
            total = total.isEmpty ? values : zip(total, values).map { Float(Double($0) + Double($1)) }
        }
        return total
    }
}
