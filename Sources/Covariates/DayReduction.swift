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
    private let team: LoopTeam
    /// The steps that were read last; the memory is used again.
    private let slab = StepSlab()
    /// By target and number of the day, what is there of days that are not complete.
    private var open: [Key: (sums: [Double], partsLeft: Int)] = [:]
    /// Of a day that is complete, for the next one: fresh memory costs as much as a round of adding up.
    private var spareSums: [Double] = []

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

    init(targets: [Target], window: SourceWindow, slabValues: Int, team: LoopTeam) {
        self.team = team
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
        let stepsMax = stepsMax(of: variable)
        let runs = variable.stepRuns(
            covering: users.keys.sorted(), rowCount: window.grid.rows, columnCount: window.grid.columns,
            stepsMax: stepsMax, valuesMax: slabValues)
        // A chunk that is in several runs stays decoded in the library only.
        let team = variable.stepsPerChunk <= stepsMax ? team : nil
        for batch in batches(of: runs, stepsMax: stepsMax) {
            var jobs: [Key: Job] = [:]
            for (position, step) in batch.joined().enumerated() {
                for user in users[step] ?? [] {
                    jobs[
                        user.key,
                        default: Job(key: user.key, parts: [], partCount: partCount(of: user.key))
                    ].parts.append(DayPart(position: position, weight: user.weight))
                }
            }
            let ordered = jobs.values.sorted { ($0.key.day, $0.key.target) < ($1.key.day, $1.key.target) }
            try reduce(ordered, of: variable, runs: batch, team: team, path: path, finish: finish)
        }
    }

    /// Runs that are read at once, so that there is a chunk for each thread also where a day takes one hour.
    private func batches(of runs: [Range<Int>], stepsMax: Int) -> [[Range<Int>]] {
        let cells = max(1, window.grid.columns * window.grid.rows)
        let stepsAtOnce = min(stepsMax, slabValues / cells)
        var batches: [[Range<Int>]] = []
        for run in runs {
            let count = (batches.last ?? []).reduce(0) { $0 + $1.count }
            if count > 0, count + run.count <= stepsAtOnce {
                batches[batches.count - 1].append(run)
            } else {
                batches.append([run])
            }
        }
        return batches
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
        _ jobs: [Job], of variable: NetCDFVariable, runs: [Range<Int>], team: LoopTeam?, path: String,
        finish: (Plane) throws -> Void
    ) throws {
        let columns = window.grid.columns
        let cellCount = columns * window.grid.rows
        var planes = jobs.map { job in
            let left = open[job.key]?.partsLeft ?? job.partCount
            return left == job.parts.count ? Self.room(for: cellCount) as [Float] : []
        }
        let stepCount = runs.reduce(0) { $0 + $1.count }
        for band in window.bands(of: variable, stepCount: stepCount, slabValues: slabValues) {
            try readSlab(variable, runs: runs, rows: band, team: team, jobs: jobs, path: path)
            for (number, job) in jobs.enumerated() {
                let rule = CellRule(
                    statistic: targets[job.key.target].variable.daily?.statistic, parts: job.parts,
                    divisor: divisor(of: job))
                if job.parts.count == job.partCount {
                    rule.reduce(slab, into: &planes[number], at: band.lowerBound, team: self.team)
                } else {
                    // Taken out and put back, so that the sums are not copied.
                    var state =
                        open.removeValue(forKey: job.key) ?? (takeSums(cellCount), job.partCount)
                    rule.add(
                        slab, to: &state.sums, isFirst: state.partsLeft == job.partCount,
                        closing: &planes[number], at: band.lowerBound, team: self.team)
                    open[job.key] = state
                }
            }
        }
        for (number, job) in jobs.enumerated() {
            guard !planes[number].isEmpty else {
                open[job.key]?.partsLeft -= job.parts.count
                continue
            }
            if let done = open.removeValue(forKey: job.key) { spareSums = done.sums }
            let day = targets[job.key.target].index.days[job.key.day]
            let plane = Plane(
                target: job.key.target, day: day.day, values: planes[number],
                files: Set(day.parts.map(\.file)).sorted())
            planes[number] = []
            try finish(plane)
        }
    }

    private mutating func takeSums(_ count: Int) -> [Double] {
        defer { spareSums = [] }
        return spareSums.count == count ? spareSums : Self.room(for: count)
    }

    /// For numbers that are all written before one of them is read.
    private static func room<Number: BinaryFloatingPoint>(for count: Int) -> [Number] {
        [Number](unsafeUninitializedCapacity: count) { $1 = count }
    }

    /// A read that fails names the days that it was for.
    private mutating func readSlab(
        _ variable: NetCDFVariable, runs: [Range<Int>], rows: Range<Int>, team: LoopTeam?, jobs: [Job],
        path: String
    ) throws {
        do {
            try window.read(variable, runs: runs, rows: rows, team: team, into: slab)
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
