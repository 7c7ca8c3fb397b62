import Rasters
import Storage
import Tiling

extension SourcePreparation {
    /// Cuts the part that the product needs out of each variable and makes days of its steps, in the order of
    /// the file's chunks, so that no more than about a month of one window is in memory.
    func cut(
        _ variables: [SourceVariable], of source: PlannedSource, block: Int, listing: inout FileListing,
        into found: inout Findings, planes: inout PlaneWriter
    ) throws {
        let names = variables.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        var files = try found.files.enumerated().map {
            try FoundFile($1, number: $0, variables: variables, dataRoot: plan.dataRoot)
        }
        let expected = source.path.isFixed ? nil : source.calendar.days(ofBlock: block)
        files += try neighbours(
            of: files, variables, source, block: block, listing: &listing, into: &found)
        // What the days before the block bring comes first.
        files.sort {
            ($0.file.days?.first.number ?? 0, $0.file.path) < ($1.file.days?.first.number ?? 0, $1.file.path)
        }
        guard let window = try window(of: files) else {
            missAll(variables, of: source, into: &found)
            return
        }
        found.grid = window.grid
        if files[0].isFixed, variables.allSatisfy({ $0.daily == nil }) {
            fileWasOpened(files[0].file.path)
            let opened = try names.map { try files[0].open($0, dataRoot: plan.dataRoot) }
            found.steps.append(try planes.writeFixed(opened, window: window, file: 0))
            return
        }
        planes.predecessor = try predecessor(
            of: block, source: source, variable: names[0], window: window, path: files[0].file.path,
            listing: &listing)
        if let before = planes.predecessor, let own = files[0].units.first {
            try checkUnit(
                own, of: files[0].file.path, like: (before.variable, before.unit), of: before.path)
        }
        planes.paths = found.inputs.map(\.path)
        let targets = try targets(variables, in: files, expected: expected)
        for target in targets {
            planes.expect(target.variable, on: target.index.days.map(\.day))
            miss(target, in: files, source: source, found: &found)
        }
        try reduce(files, names, to: targets, window: window, planes: &planes)
        for (day, reason) in planes.refused { found.miss(day, reason) }
        found.steps += planes.steps
    }

    /// The part that the product needs of the first file; all others lie where that one does.
    private func window(of files: [FoundFile]) throws -> SourceWindow? {
        guard let first = files.first else { return nil }
        let window = try SourceWindow(
            of: first.grids[0], for: plan.product.grid, isPeriodic: first.isPeriodic, path: first.file.path)
        for file in files {
            for grid in file.grids { try window.check(grid, path: file.file.path) }
        }
        for (file, before) in zip(files.dropFirst(), files) {
            for (own, other) in zip(file.units, before.units) {
                try checkUnit(own, of: file.file.path, like: other, of: before.file.path)
            }
        }
        return window
    }

    /// A file that counts in another unit than the one before it would make a plausible map of wrong values.
    private func checkUnit(
        _ own: (name: String, unit: String), of path: String, like other: (name: String, unit: String),
        of otherPath: String
    ) throws {
        guard own.name == other.name, DeclaredUnit.differ(own.unit, other.unit) else { return }
        throw CovariateError.unusable(
            path: path,
            problem:
                "\(own.name) is in '\(own.unit)' here and in '\(other.unit)' in \(otherPath): a source has "
                + "one unit; convert one of them")
    }

    /// Reads variable by variable, each file of it once: a month of one variable is in memory, and the chunks
    /// that the library keeps of it until the file is closed.
    private func reduce(
        _ files: [FoundFile], _ names: [String], to targets: [DayReduction.Target], window: SourceWindow,
        planes: inout PlaneWriter
    ) throws {
        var reduction = DayReduction(
            targets: targets, window: window, slabValues: slabValues, team: team)
        for file in files { fileWasOpened(file.file.path) }
        for name in names {
            for file in files {
                let variable = try file.open(name, dataRoot: plan.dataRoot)
                try reduction.read(variable, file: file.number, path: file.file.path) { plane in
                    try planes.add(
                        plane.values, plane: plane.target, day: plane.day, files: plane.files,
                        grid: window.grid)
                }
            }
        }
    }

    /// Files are counted as in the manifest, whatever their order in time.
    private func targets(
        _ variables: [SourceVariable], in files: [FoundFile], expected: DayRange?
    ) throws -> [DayReduction.Target] {
        let timed = files.sorted { $0.number < $1.number }.map(\.timed)
        return try variables.map {
            DayReduction.Target(variable: $0, index: try DayIndex(of: $0, in: timed, expected: expected))
        }
    }

    /// The files of other blocks that have hours which the block's own files lack.
    private func neighbours(
        of files: [FoundFile], _ variables: [SourceVariable], _ source: PlannedSource,
        block: Int, listing: inout FileListing, into found: inout Findings
    ) throws -> [FoundFile] {
        let around = source.neighbours(ofBlock: block)
        guard !around.isEmpty else { return [] }
        let targets = try targets(variables, in: files, expected: source.calendar.days(ofBlock: block))
        let lacking = Set(
            targets.flatMap { $0.index.gaps.flatMap(\.lacking) }.flatMap { stamp in
                stamp.secondOfDay == 0 ? [stamp.day - 1, stamp.day] : [stamp.day]
            })
        var opened: [FoundFile] = []
        for file in around where lacking.contains(where: { file.days?.contains($0) ?? false }) {
            for present in try source.existing(file, in: &listing) {
                found.inputs.append(try FileDigest.inputFile(path: present.path, relativeTo: plan.dataRoot))
                opened.append(
                    try FoundFile(
                        present, number: found.inputs.count - 1, variables: variables, isNeighbour: true,
                        dataRoot: plan.dataRoot))
            }
        }
        return opened
    }

    /// Not one file is there.
    private func missAll(
        _ variables: [SourceVariable], of source: PlannedSource, into found: inout Findings
    ) {
        guard variables.contains(where: { $0.daily != nil }) else { return }
        for file in found.absent {
            for day in file.steps { found.miss(day, source.absence(of: file.path)) }
        }
    }

    /// Expected days that cannot be made, and why.
    private func miss(
        _ target: DayReduction.Target, in files: [FoundFile], source: PlannedSource, found: inout Findings
    ) {
        guard let rule = target.variable.daily else {
            for file in files where !file.isNeighbour {
                for day in file.file.missingSteps(present: target.index.days.map(\.day)) {
                    found.miss(day, "\(file.file.path) has no step of \(day)")
                }
            }
            return
        }
        for gap in target.index.gaps {
            guard let stamp = gap.lacking.first else { continue }
            let path = source.path.path(for: stamp.day)
            let count = "\(target.variable.name): \(gap.foundCount) of \(rule.terms.count) hours found"
            if let present = files.first(where: { $0.file.isNamed(for: stamp) }) {
                found.miss(gap.day, "\(count), \(present.file.path) has no step of \(stamp.text)")
            } else if gap.foundCount == 0, path == source.path.path(for: gap.day) {
                found.miss(gap.day, source.absence(of: path))
            } else if source.path.isPattern {
                found.miss(gap.day, "\(count), \(source.absence(of: path)) at \(stamp.text)")
            } else {
                found.miss(gap.day, "\(count), \(path), which has \(stamp.text), does not exist")
            }
        }
    }
}

/// A netCDF file of a source, by its header.
private struct FoundFile {
    let file: ExpectedFile
    /// In the manifest.
    let number: Int
    let isNeighbour: Bool
    /// Of the variables, in their order.
    let grids: [Grid]
    /// The same with their units, as the file spells them.
    let units: [(name: String, unit: String)]
    let isPeriodic: Bool
    let times: [TimeStep]

    var timed: TimedFile { TimedFile(file, times: times, isNeighbour: isNeighbour) }
    /// Has no time, and stands for all days.
    var isFixed: Bool { file.days == nil && times.isEmpty }

    init(
        _ file: ExpectedFile, number: Int, variables wanted: [SourceVariable], isNeighbour: Bool = false,
        dataRoot: String
    ) throws {
        let names = wanted.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        self.file = file
        self.number = number
        self.isNeighbour = isNeighbour
        let dataset = try file.open(names, dataRoot: dataRoot)
        let variables = try names.map { try dataset.variable(named: $0) }
        grids = variables.map(\.grid)
        units = zip(names, variables).map { ($0, $1.unit) }
        isPeriodic = variables[0].isPeriodic
        times = file.stamped(variables[0].times, by: wanted.lazy.compactMap(\.daily).first)
        for (name, variable) in zip(names, variables) where variable.times != variables[0].times {
            throw CovariateError.unusable(
                path: file.path, problem: "variables \(names[0]) and \(name) have different times")
        }
    }

    func open(_ name: String, dataRoot: String) throws -> NetCDFVariable {
        try file.open([name], dataRoot: dataRoot).variable(named: name)
    }
}

extension ExpectedFile {
    fileprivate func open(_ names: [String], dataRoot: String) throws -> NetCDFFile {
        do {
            return try netCDF(in: dataRoot)
        } catch {
            throw error.concerning(names, days: days, path: path)
        }
    }

    /// Expected steps that nothing in the file stands for; a source may be shifted against January 1st.
    fileprivate func missingSteps(present: [Day]) -> [Day] {
        let present = Set(present)
        let spacing = steps.count > 1 ? steps[1] - steps[0] : 1
        return steps.filter { day in !(0..<spacing).contains { present.contains(day + $0) } }
    }
}

extension RasterError {
    /// The same with the variables and the days that are lost by it; `path` is the one that users know.
    func concerning(_ variables: [String], days: DayRange?, path: String) -> RasterError {
        let what = variables.joined(separator: ", ") + (days.map { " of \($0)" } ?? "")
        return RasterError(kind, path: path, problem: "\(what): \(problem)", isRetriable: isRetriable)
    }
}
