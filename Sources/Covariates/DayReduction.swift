import Rasters
import Tiling

/// Makes the daily planes of one file's variable out of slabs of its steps, each read once.
///
/// A day whose steps are all in one slab is made at once; sums of one that goes on in the next slab, or in
/// the next file, are kept in double. The order of additions is that of the files, so it is the same on every
/// machine.
struct DayReduction {
    /// One kind of plane: what is made of a variable's hours, and on which days.
    struct Target {
        let variable: SourceVariable
        let index: DayIndex
    }

    /// A finished plane.
    struct Plane {
        let target: Int
        let day: Day
        let values: [Float]
        /// Numbers of the files that it was made of, ascending.
        let files: [Int]
    }

    let targets: [Target]
    let window: SourceWindow
    /// About how many values are read at once.
    let slabValues: Int
    /// By target and number of the day, what is there of days that are not complete.
    private var open: [Key: (sums: [Double], partsLeft: Int)] = [:]

    private struct Key: Hashable {
        let target: Int
        let day: Int
    }

    /// The steps of one slab that count for one day.
    private struct Job {
        let key: Key
        /// Positions in the slab, with weights.
        var parts: [DayPart]
        let partCount: Int
    }

    init(targets: [Target], window: SourceWindow, slabValues: Int) {
        self.targets = targets
        self.window = window
        self.slabValues = slabValues
    }

    /// Reads what a file has of a variable; `finish` gets each plane as soon as it is complete.
    mutating func read(
        _ variable: NetCDFVariable, file: Int, path: String, finish: (Plane) throws -> Void
    ) throws {
        var users: [Int: [(key: Key, weight: Double)]] = [:]
        for (target, kind) in targets.enumerated() where kind.variable.name == variable.name {
            for (number, day) in kind.index.days.enumerated() {
                for part in day.parts where part.file == file {
                    users[part.step, default: []].append((Key(target: target, day: number), part.weight))
                }
            }
        }
        for run in variable.stepRuns(
            covering: users.keys.sorted(), rowCount: window.grid.rows, columnCount: window.grid.columns,
            stepsMax: stepsMax(of: variable), valuesMax: slabValues)
        {
            var jobs: [Key: Job] = [:]
            for step in run {
                for user in users[step] ?? [] {
                    let part = DayPart(position: step - run.lowerBound, weight: user.weight)
                    jobs[
                        user.key,
                        default: Job(key: user.key, parts: [], partCount: partCount(of: user.key))
                    ].parts.append(part)
                }
            }
            let ordered = jobs.values.sorted { ($0.key.day, $0.key.target) < ($1.key.day, $1.key.target) }
            try reduce(ordered, of: variable, run: run, path: path, finish: finish)
        }
    }

    private func partCount(of key: Key) -> Int { targets[key.target].index.days[key.day].parts.count }

    /// About a month of days, or as many as are small together: the planes of a run are in memory.
    private func stepsMax(of variable: NetCDFVariable) -> Int {
        let days = Set(variable.times.map(\.day)).count
        let stepsPerDay = max(1, (variable.stepCount + max(days, 1) - 1) / max(days, 1))
        let cells = max(1, window.grid.columns * window.grid.rows)
        return stepsPerDay * max(31, slabValues / cells)
    }

    private mutating func reduce(
        _ jobs: [Job], of variable: NetCDFVariable, run: Range<Int>, path: String,
        finish: (Plane) throws -> Void
    ) throws {
        let columns = window.grid.columns
        let cellCount = columns * window.grid.rows
        var planes = jobs.map { job in
            let left = open[job.key]?.partsLeft ?? job.partCount
            return left == job.parts.count ? [Float](repeating: .nan, count: cellCount) : []
        }
        var scratch: [Double] = []
        for band in window.bands(of: variable, stepCount: run.count, slabValues: slabValues) {
            let values = try slab(variable, run: run, rows: band, jobs: jobs, path: path)
            let first = band.lowerBound * columns
            let count = band.count * columns
            for (number, job) in jobs.enumerated() {
                let statistic = targets[job.key.target].variable.daily?.statistic
                if job.partCount == 1 && job.parts[0].weight == 1 {
                    let from = job.parts[0].position * count
                    for cell in 0..<count { planes[number][first + cell] = values[from + cell] }
                } else if job.parts.count == job.partCount {
                    scratch = [Double](repeating: startValue(of: statistic), count: count)
                    combine(job.parts, of: values, statistic, into: &scratch, from: 0, count: count)
                    close(
                        scratch, from: 0, count: count, divisor: divisor(of: job), into: &planes[number],
                        at: first)
                } else {
                    // Taken out and put back, so that the sums are not copied.
                    var state =
                        open.removeValue(forKey: job.key)
                        ?? ([Double](repeating: startValue(of: statistic), count: cellCount), job.partCount)
                    combine(job.parts, of: values, statistic, into: &state.sums, from: first, count: count)
                    if !planes[number].isEmpty {
                        close(
                            state.sums, from: first, count: count, divisor: divisor(of: job),
                            into: &planes[number], at: first)
                    }
                    open[job.key] = state
                }
            }
        }
        for (number, job) in jobs.enumerated() {
            guard !planes[number].isEmpty else {
                open[job.key]?.partsLeft -= job.parts.count
                continue
            }
            open[job.key] = nil
            let day = targets[job.key.target].index.days[job.key.day]
            let plane = Plane(
                target: job.key.target, day: day.day, values: planes[number],
                files: Set(day.parts.map(\.file)).sorted())
            planes[number] = []
            try finish(plane)
        }
    }

    /// A read that fails names the days that it was for.
    private func slab(
        _ variable: NetCDFVariable, run: Range<Int>, rows: Range<Int>, jobs: [Job], path: String
    ) throws -> [Float] {
        do {
            return try window.read(variable, steps: run, rows: rows)
        } catch let error as RasterError {
            let days = jobs.map { targets[$0.key.target].index.days[$0.key.day].day }
            guard let first = days.min(), let last = days.max() else { throw error }
            throw error.concerning([variable.name], days: DayRange(first, through: last), path: path)
        }
    }

    private func divisor(of job: Job) -> Double {
        targets[job.key.target].variable.daily?.statistic == .mean ? Double(job.partCount) : 1
    }
}

/// A step of a slab, and what it is multiplied by.
struct DayPart {
    let position: Int
    let weight: Double
}

func startValue(of statistic: DailyRule.Statistic?) -> Double {
    switch statistic {
    case .min: .infinity
    case .max: -.infinity
    default: 0
    }
}

/// Adds steps to sums, or takes the extreme; what is missing in one step stays missing.
func combine(
    _ parts: [DayPart], of values: [Float], _ statistic: DailyRule.Statistic?, into sums: inout [Double],
    from first: Int, count: Int
) {
    values.withUnsafeBufferPointer { values in
        sums.withUnsafeMutableBufferPointer { sums in
            for part in parts {
                let step = part.position * count
                switch statistic {
                case .min:
                    for cell in 0..<count {
                        let (old, new) = (sums[first + cell], Double(values[step + cell]))
                        // A comparison with NaN is false: the order of the two keeps NaN once it is there.
                        sums[first + cell] = old.isNaN || old <= new ? old : new
                    }
                case .max:
                    for cell in 0..<count {
                        let (old, new) = (sums[first + cell], Double(values[step + cell]))
                        sums[first + cell] = old.isNaN || old >= new ? old : new
                    }
                default:
                    for cell in 0..<count { sums[first + cell] += part.weight * Double(values[step + cell]) }
                }
            }
        }
    }
}

/// Sums (or extremes) become the float32 values of a plane.
func close(
    _ sums: [Double], from first: Int, count: Int, divisor: Double, into plane: inout [Float], at start: Int
) {
    for cell in 0..<count {
        let value = Float(sums[first + cell] / divisor)
        plane[start + cell] = value.isNaN ? .nan : value
    }
}
