import Rasters
import Tiling

extension SourcePreparation {
    /// Cuts the part that the product needs out of each variable, and writes it month by month, so that no
    /// more than a month of one window is in memory.
    func cut(_ variables: [String], into found: inout Findings, planes: inout PlaneWriter) throws {
        var window: SourceWindow?
        for (number, file) in found.files.enumerated() {
            fileWasOpened(file.path)
            let dataset = try NetCDFFile(path: absolutePath(of: file.path, in: plan.dataRoot))
            let opened = try variables.map { try dataset.variable(named: $0) }
            for (name, variable) in zip(variables, opened) where variable.times != opened[0].times {
                throw CovariateError.unusable(
                    path: file.path, problem: "variables \(variables[0]) and \(name) have different times")
            }
            if window == nil {
                window = try SourceWindow(
                    of: opened[0].grid, for: plan.product.grid, isPeriodic: opened[0].isPeriodic,
                    path: file.path)
            }
            guard let window else { continue }
            for variable in opened { try window.check(variable.grid, path: file.path) }
            found.grid = window.grid
            let times = try DayIndex(
                of: opened[0].times, file: file, variable: variables[0], isFixed: file.days == nil)
            if times.steps.isEmpty && file.days == nil {
                found.steps.append(
                    try planes.writeFixed(opened, names: variables, window: window, file: number))
                continue
            }
            for month in times.months {
                try planes.append(month, of: opened, names: variables, window: window, file: number)
            }
            found.missing += missingSteps(of: file, present: times.steps.map(\.day))
        }
        if let window { try planes.finish(grid: window.grid) }
        found.steps += planes.steps
    }

    /// Expected steps that nothing in the file stands for; a source may be shifted against January 1st.
    private func missingSteps(of file: ExpectedFile, present: [Day]) -> [MissingDay] {
        let present = Set(present)
        let spacing = file.steps.count > 1 ? file.steps[1] - file.steps[0] : 1
        return file.steps.filter { day in !(0..<spacing).contains { present.contains(day + $0) } }.map {
            MissingDay(day: $0, reason: "\(file.path) has no step of \($0)")
        }
    }
}

/// Which step of a netCDF variable belongs to which day.
struct DayIndex {
    /// Ascending by day; `number` is the step's number in the file.
    let steps: [(day: Day, number: Int)]

    /// Throws for two steps on a day, and for days that belong into another file.
    init(of times: [TimeStep], file: ExpectedFile, variable: String, isFixed: Bool) throws {
        if times.isEmpty && !isFixed {
            // A file of one day needs no time axis.
            guard let days = file.days, days.count == 1 else {
                throw CovariateError.unusable(
                    path: file.path,
                    problem: "variable \(variable) has no time axis, and the file holds many days")
            }
            steps = [(days.first, 0)]
            return
        }
        let sorted = times.enumerated().map { (day: $0.element.day, number: $0.offset) }
            .sorted { ($0.day, $0.number) < ($1.day, $1.number) }
        for (step, next) in zip(sorted, sorted.dropFirst()) where step.day == next.day {
            throw CovariateError.unusable(
                path: file.path,
                problem: "variable \(variable) has two steps on \(step.day) (duplicated time step): "
                    + "keep one per day, or reduce hours to days first")
        }
        if let days = file.days, let stray = sorted.first(where: { !days.contains($0.day) }) {
            throw CovariateError.unusable(
                path: file.path,
                problem: "has a step of \(stray.day), which is not in \(days): correct the file, or the date "
                    + "placeholders of its path")
        }
        steps = sorted
    }

    /// The steps by calendar month, ascending.
    var months: [[(day: Day, number: Int)]] {
        var months: [[(day: Day, number: Int)]] = []
        for step in steps {
            if let last = months.last?.last,
                Calendar.months.block(of: last.day) == Calendar.months.block(of: step.day)
            {
                months[months.count - 1].append(step)
            } else {
                months.append([step])
            }
        }
        return months
    }
}
