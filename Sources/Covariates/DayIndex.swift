import Rasters
import Tiling

/// A file of a source, and when its steps are.
struct TimedFile {
    let file: ExpectedFile
    let times: [TimeStep]
    /// Belongs to another block; only hours that the block's own files lack are taken of it.
    let isNeighbour: Bool

    init(_ file: ExpectedFile, times: [TimeStep], isNeighbour: Bool = false) {
        self.file = file
        self.times = times
        self.isNeighbour = isNeighbour
    }
}

/// Which steps of which files make each day of one variable.
struct DayIndex {
    /// A step, and what it is multiplied by.
    struct Part: Equatable {
        let file: Int
        let step: Int
        let weight: Double
    }

    /// A day that has only some of its steps.
    struct Gap {
        let day: Day
        let foundCount: Int
        /// The stamps that no file has.
        let lacking: [TimeStep]
    }

    /// Ascending.
    private(set) var days: [(day: Day, parts: [Part])] = []
    /// Ascending; not those without any step in a source without calendar.
    private(set) var gaps: [Gap] = []

    /// `expected` are the days that a block stands for; nil for a file that says itself which days it holds.
    init(of variable: SourceVariable, in files: [TimedFile], expected: DayRange?) throws {
        if let rule = variable.daily {
            for file in files { try file.checkHours(of: variable.name, rule: rule) }
            try index(rule, in: files, expected: expected)
        } else {
            for (number, file) in files.enumerated() where !file.isNeighbour {
                days += try file.dailySteps(of: variable.name).map {
                    (day: $0.day, parts: [Part(file: number, step: $0.number, weight: 1)])
                }
            }
        }
    }

    private mutating func index(_ rule: DailyRule, in files: [TimedFile], expected: DayRange?) throws {
        var places: [TimeStep: (file: Int, step: Int)] = [:]
        for wantsNeighbours in [false, true] {
            for (number, file) in files.enumerated() where file.isNeighbour == wantsNeighbours {
                for (step, time) in file.times.enumerated() {
                    if let known = places[time] {
                        try file.checkOverlap(with: files[known.file], at: time)
                    } else {
                        places[time] = (number, step)
                    }
                }
            }
        }
        let terms = rule.terms
        for day in expected.map(Array.init) ?? DayIndex.days(touchedBy: places.keys, terms: terms) {
            let stamps = terms.map { TimeStep(day: day + $0.dayOffset, secondOfDay: $0.secondOfDay) }
            let parts = zip(stamps, terms).compactMap { stamp, term in
                places[stamp].map { Part(file: $0.file, step: $0.step, weight: term.weight) }
            }
            if parts.count == terms.count {
                days.append((day, parts))
            } else {
                gaps.append(
                    Gap(day: day, foundCount: parts.count, lacking: stamps.filter { places[$0] == nil }))
            }
        }
    }

    /// The days that some step counts for, of those that steps lie in; and the day before, where it is whole.
    private static func days(touchedBy times: some Sequence<TimeStep>, terms: [DailyRule.Term]) -> [Day] {
        let times = Set(times)
        var days: Set<Day> = []
        for time in times {
            for term in terms where term.secondOfDay == time.secondOfDay {
                days.insert(time.day - term.dayOffset)
            }
        }
        let inside = Set(times.map(\.day))
        return days.filter { day in
            inside.contains(day)
                || terms.allSatisfy {
                    times.contains(TimeStep(day: day + $0.dayOffset, secondOfDay: $0.secondOfDay))
                }
        }.sorted()
    }
}

extension TimedFile {
    /// The one step of each day, ascending. Throws for two steps on a day, and for days that belong into
    /// another file.
    func dailySteps(of variable: String) throws -> [(day: Day, number: Int)] {
        if times.isEmpty, let days = file.days {
            // A file of one day needs no time axis.
            guard days.count == 1 else {
                throw unusable("variable \(variable) has no time axis, and the file holds many days")
            }
            return [(days.first, 0)]
        }
        let sorted = times.enumerated().map { (time: $0.element, number: $0.offset) }
            .sorted { ($0.time, $0.number) < ($1.time, $1.number) }
        for (step, next) in zip(sorted, sorted.dropFirst()) where step.time.day == next.time.day {
            guard step.time == next.time else {
                throw unusable(
                    "variable \(variable) has steps at \(step.time.text) and \(next.time.text): "
                        + "say how hours become days, with 'daily: mean' for instance")
            }
            throw unusable(
                "variable \(variable) has two steps on \(step.time.day) (duplicated time step): "
                    + "keep one per day"
            )
        }
        if let days = file.days, let stray = sorted.first(where: { !days.contains($0.time.day) }) {
            throw strayStep("\(stray.time.day)", days)
        }
        return sorted.map { ($0.time.day, $0.number) }
    }

    /// Throws for a step that is there twice, one between the hours of the rule, and one of another period.
    func checkHours(of variable: String, rule: DailyRule) throws {
        guard !times.isEmpty else {
            throw unusable("variable \(variable) has no time axis: leave 'daily' out")
        }
        let sorted = times.sorted()
        for (step, next) in zip(sorted, sorted.dropFirst()) where step == next {
            throw unusable(
                "variable \(variable) has two steps at \(step.text) (duplicated time step): keep one")
        }
        if rule.statistic != .accumulated {
            let pace = rule.everyMinutes * 60
            if let odd = sorted.first(where: { ($0.secondOfDay - rule.firstMinute * 60) % pace != 0 }) {
                let first = TimeStep(day: odd.day, secondOfDay: (rule.firstMinute + 2880) % 1440 * 60)
                let pace = rule.everyMinutes % 60 == 0 ? "\(rule.everyMinutes / 60) h" : rule.paceText
                throw unusable(
                    "variable \(variable) has a step at \(odd.text), and '\(rule)' takes one every \(pace) "
                        + "from \(first.clock) on: correct 'daily'")
            }
        }
        guard let days = file.days else { return }
        // A file may hold the midnight behind its days, and what else the rule takes of the days around.
        let first = days.first.number * 1440 + min(rule.firstMinute, 0)
        let last = days.last.number * 1440 + max(rule.lastMinute, 1440)
        if let stray = sorted.first(where: { time in
            let second = time.day.number * 86_400 + time.secondOfDay
            return second < first * 60 || second > last * 60
        }) {
            throw strayStep(stray.text, days)
        }
    }

    /// Files of neighbouring days may share hours; two that are named for the same day may not.
    func checkOverlap(with other: TimedFile, at time: TimeStep) throws {
        guard file.days == other.file.days else { return }
        throw unusable(
            "has a step of \(time.text), which \(other.file.path) has as well (duplicated time step): keep "
                + "one of them")
    }

    private func strayStep(_ step: String, _ days: DayRange) -> CovariateError {
        unusable(
            "has a step of \(step), which is not in \(days): correct the file, "
                + "or the date placeholders of its path")
    }

    private func unusable(_ problem: String) -> CovariateError {
        .unusable(path: file.path, problem: problem)
    }
}

extension TimeStep {
    /// `2016-02-05 07:00`.
    var text: String { "\(day) \(clock)" }

    /// `07:00`.
    var clock: String { "\(zeroPadded(secondOfDay / 3600, 2)):\(zeroPadded(secondOfDay / 60 % 60, 2))" }
}
