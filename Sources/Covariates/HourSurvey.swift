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
        in present: [ExpectedFile], around blocks: ClosedRange<Int>, listing: inout FileListing,
        report: (String) -> Void
    ) throws -> [Day] {
        var neighbours: [ExpectedFile] = []
        for file in Set([blocks.lowerBound, blocks.upperBound]).sorted().flatMap(source.neighbours) {
            neighbours += try source.existing(file, in: &listing).filter { found in
                !present.contains { $0.path == found.path }
            }
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
            let pace = rule.statistic == .accumulated ? 60 : rule.everyMinutes
            let first = (rule.firstMinute % pace + pace) % pace
            return stride(from: first, to: 1440, by: pace).map {
                TimeStep(day: day, secondOfDay: $0 * 60)
            }.filter(file.isNamed)
        }
        return try open(file).variable(named: names[0]).times
    }

    /// One file and its neighbours; all of a day where they hold hours of it.
    private func filesInTheMiddle(of present: [ExpectedFile]) -> [ExpectedFile] {
        let middle = present.count / 2
        guard present[middle].hour != nil else {
            return Array(present[max(0, middle - 1)..<min(present.count, middle + 2)])
        }
        let day = present[middle].days
        return present.filter { file in
            guard let own = file.days?.first, let day = day?.first else { return false }
            return abs(own - day) <= 1
        }
    }

    private func open(_ file: ExpectedFile) throws -> NetCDFFile {
        try file.netCDF(in: dataRoot)
    }

    /// The values of one day from the middle of the files, in a window that is chosen when the variable is
    /// known.
    /// Empty when no day is whole there.
    func sample(
        of present: [ExpectedFile], window choose: (NetCDFVariable, String) throws -> PixelWindow
    ) throws -> [Float] {
        let some = filesInTheMiddle(of: present)
        let timed = try some.map {
            TimedFile($0, times: $0.stamped(try open($0).variable(named: names[0]).times, by: rule))
        }
        let first = try open(some[0]).variable(named: names[0])
        let window = try choose(first, some[0].path)
        let index = try DayIndex(of: variable, in: timed, expected: nil)
        guard !index.days.isEmpty else { return [] }
        let parts = index.days[index.days.count / 2].parts
        var total: [Float] = []
        for name in names {
            let divisor = rule.statistic == .mean ? Double(parts.count) : 1
            var values = [Float](repeating: .nan, count: window.pixelCount)
            var sums: [Double] = []
            for (file, steps) in Dictionary(grouping: parts, by: \.file).sorted(by: { $0.key < $1.key }) {
                let read = try open(some[file]).variable(named: name)
                for part in steps {
                    let cellRule = CellRule(
                        statistic: rule.statistic, parts: [DayPart(position: 0, weight: part.weight)],
                        divisor: divisor)
                    let isFirst = sums.isEmpty
                    if isFirst { sums = Array(repeating: 0, count: values.count) }
                    cellRule.add(
                        StepSlab(try read.read(step: part.step, window: window), columns: window.columns),
                        to: &sums, isFirst: isFirst, closing: &values, at: 0,
                        team: LoopTeam(threadCount: 1))
                }
            }
            total = total.isEmpty ? values : zip(total, values).map { Float(Double($0) + Double($1)) }
        }
        return total
    }
}
