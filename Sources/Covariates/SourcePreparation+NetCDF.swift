import Rasters
import Storage
import Tiling

extension SourcePreparation {
    /// Cuts, without the files of other blocks that cannot be used: these cost the days that lack their
    /// hours, and fail their own unit.
    func cutUsable(
        _ variables: [SourceVariable], of source: PlannedSource, block: Int, listing: inout FileListing,
        into found: inout Findings
    ) throws -> PlaneWriter {
        var unusable: [(file: ExpectedFile, problem: String)] = []
        while true {
            var attempt = found
            attempt.unusable = unusable
            var planes = PlaneWriter(run: run, source: source, plan: plan, team: team)
            do {
                try cut(
                    variables, of: source, block: block, listing: &listing, into: &attempt, planes: &planes)
                found = attempt
                return planes
            } catch {
                guard let wrong = error.unusableFile,
                    let file = attempt.neighbours.first(where: { $0.path == wrong.path }),
                    !unusable.contains(where: { $0.file.path == wrong.path })
                else { throw error }
                unusable.append((file, wrong.problem))
            }
        }
    }

    /// Cuts the part that the product needs out of each variable and makes days of its steps, in the order of
    /// the file's chunks, so that no more than about a month of one window is in memory.
    func cut(
        _ variables: [SourceVariable], of source: PlannedSource, block: Int, listing: inout FileListing,
        into found: inout Findings, planes: inout PlaneWriter
    ) throws {
        let names = variables.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        var files = try ownFiles(variables, into: &found)
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
            for file in files { try file.finish(&found) }
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
        try reduce(files, names, to: targets, window: window, planes: &planes, found: &found)
        for (day, reason) in planes.refused { found.miss(day, reason) }
        found.steps += planes.steps
    }

    /// The files of the block. One whose cells have no place, because nothing was seen on its day, is a
    /// missing day.
    private func ownFiles(
        _ variables: [SourceVariable], into found: inout Findings
    ) throws -> [FoundFile] {
        let (files, inputs) = (found.files, found.inputs)
        (found.files, found.inputs) = ([], [])
        var opened: [FoundFile] = []
        for (file, input) in zip(files, inputs) {
            do {
                // Numbers count the files with steps, one after the other.
                opened.append(
                    try FoundFile(
                        file, number: opened.count, variables: variables, dataRoot: plan.dataRoot))
                found.files.append(file)
                found.inputs.append(input)
            } catch let error as RasterError where error.kind == .nothingSeen && file.days != nil {
                for day in file.steps { found.miss(day, "\(error)") }
                found.unseen.append(
                    try FileDigest.inputFile(path: file.path, relativeTo: plan.dataRoot))
            }
        }
        return opened
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

    /// Reads variable by variable, in the order that files have them, each file of it once: a month of one
    /// variable is in memory, and the chunks that the library keeps of it until the file is closed.
    private func reduce(
        _ files: [FoundFile], _ names: [String], to targets: [DayReduction.Target], window: SourceWindow,
        planes: inout PlaneWriter, found: inout Findings
    ) throws {
        var reduction = DayReduction(
            targets: targets, window: window, slabValues: slabValues, team: team)
        for file in files { fileWasOpened(file.file.path) }
        let names = try inFileOrder(names, files: files)
        for name in names {
            for file in files {
                let variable = try file.open(name, dataRoot: plan.dataRoot)
                try reduction.read(variable, file: file.number, path: file.file.path) { plane in
                    try planes.add(
                        plane.values, plane: plane.target, day: plane.day, files: plane.files,
                        grid: window.grid)
                }
                if name == names.last { try file.finish(&found) } else { file.bytes?.pause() }
            }
        }
    }

    /// Variables lie in files one behind the other, mostly: in their order nothing is read twice.
    private func inFileOrder(_ names: [String], files: [FoundFile]) throws -> [String] {
        guard names.count > 1, let file = files.first(where: { $0.bytes != nil }) else { return names }
        return try names.map {
            (name: $0, place: try file.open($0, dataRoot: plan.dataRoot).firstByte ?? .max)
        }
        .sorted { $0.place < $1.place }.map(\.name)
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
            for present in try source.existing(file, in: &listing)
            where !found.unusable.contains(where: { $0.file.path == present.path }) {
                found.neighbours.append(present)
                found.inputs.append(
                    try FileDigest.inputFile(path: present.path, relativeTo: plan.dataRoot, hashing: false))
                opened.append(
                    try FoundFile(
                        present, number: found.inputs.count - 1, variables: variables, isNeighbour: true,
                        isHashed: !hasOwnUnit(present, of: source), dataRoot: plan.dataRoot))
            }
        }
        return opened
    }

    /// Whether another unit of the plan reads all of a file.
    private func hasOwnUnit(_ file: ExpectedFile, of source: PlannedSource) -> Bool {
        guard let day = file.days?.first else { return false }
        let block = source.calendar.block(of: day)
        return plan.prepareUnits.contains {
            Int($0.block) == block && plan.sources[Int($0.place)].name == source.name
        }
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
            } else if let wrong = found.unusable.first(where: { $0.file.isNamed(for: stamp) }) {
                found.miss(gap.day, "\(count), \(wrong.file.path) cannot be used: \(wrong.problem)")
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

extension Error {
    /// The file that is to blame, if it is one and will not be better next time.
    fileprivate var unusableFile: (path: String, problem: String)? {
        if let error = self as? RasterError {
            return error.isRetriable ? nil : (error.path, error.problem)
        }
        if case .unusable(let path, let problem)? = self as? CovariateError { return (path, problem) }
        return nil
    }
}
