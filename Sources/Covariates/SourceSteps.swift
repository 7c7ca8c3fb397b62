import Tiling

/// The steps of one covariate's source over some days: the manifests of its blocks, joined.
struct SourceSteps {
    struct Step {
        /// One per variable that is summed.
        let planes: [SourcePlane]
        /// One per quality test.
        var flags: [SourcePlane] = []
        /// Of values and flags.
        var files: [PlacedFile]

        /// The files that hold some cell of a rectangle.
        func files(touching window: PixelWindow) -> [InputFile] {
            files.filter { $0.touches(window) }.map(\.input)
        }
    }

    /// Nil when no file exists.
    let grid: Grid?
    let isPrepared: Bool
    /// The one state of a source that never changes; `days` and `steps` are empty then.
    private(set) var fixed: Step?
    /// Ascending; the day of each of `steps`.
    private(set) var days: [Day] = []
    private(set) var steps: [Step] = []
    private(set) var reasons: [Day: String] = [:]
    /// What flags must say, and whether their planes are prepared.
    private(set) var quality: [(test: QualityTest, isPrepared: Bool)] = []

    /// `manifests` are ascending by block.
    init(_ manifests: [SourceManifest], planes names: [String]) throws {
        grid = manifests.lazy.compactMap(\.grid).first
        isPrepared = manifests.first?.isPrepared ?? false
        for manifest in manifests {
            if let other = manifest.grid, let grid, !other.nearlyEquals(grid) {
                throw CovariateError.unusable(
                    path: manifest.files.first?.path ?? manifest.source,
                    problem:
                        "lies on another grid (\(other.summary)) than the files before it (\(grid.summary)): "
                        + "a source has one grid; give the days before and after their own products")
            }
            for missing in manifest.missing { reasons[missing.day] = missing.reason }
            let isKnown =
                !manifest.missing.isEmpty
                || manifest.steps.contains { step in names.allSatisfy { step.planes[$0] != nil } }
            for step in manifest.steps {
                let planes = names.compactMap { step.planes[$0] }
                // Another variable of the source may have hours on a day that this one has not.
                if planes.count < names.count, isKnown { continue }
                let isWhole =
                    planes.count == names.count
                    && (step.files + (step.parts ?? []).map(\.file)).allSatisfy(
                        manifest.files.indices.contains)
                guard isWhole else {
                    throw CovariateError.damagedManifest(
                        path: "covariates/\(manifest.source)/\(manifest.block).json",
                        problem: "no plane of \(names.joined(separator: ", "))")
                }
                let found = Step(
                    planes: planes.map { SourcePlane($0, of: step, files: manifest.files) },
                    files: step.parts.map { parts in
                        parts.map { PlacedFile(input: manifest.files[$0.file], window: $0.window) }
                    } ?? step.files.map { PlacedFile(input: manifest.files[$0], window: nil) })
                if let day = step.day {
                    days.append(day)
                    steps.append(found)
                } else {
                    fixed = found
                }
            }
        }
    }

    /// Puts the flags of a test beside the values of the same day. A step without flags is none.
    mutating func attach(_ flags: SourceSteps, of test: QualityTest) throws {
        if let other = flags.grid, let grid, !other.nearlyEquals(grid) || other.crs != grid.crs {
            throw CovariateError.unusable(
                path: test.flags.path.text,
                problem: "quality flags lie on another grid (\(other.summary)) than the values "
                    + "(\(grid.summary)): they must be beside them, cell by cell")
        }
        let byDay = Dictionary(zip(flags.days, flags.steps)) { first, _ in first }
        func joined(_ step: Step, _ day: Day?) -> Step? {
            guard let found = day.flatMap({ byDay[$0] }) ?? flags.fixed else { return nil }
            var step = step
            step.flags += found.planes
            let known = Set(step.files.map(\.input.path))
            step.files += found.files.filter { !known.contains($0.input.path) }
            return step
        }
        var kept: [(day: Day, step: Step)] = []
        for (day, step) in zip(days, steps) {
            if let step = joined(step, day) {
                kept.append((day, step))
            } else {
                reasons[day] = flags.reasons[day] ?? "\(test.flags.path.text) has no flags of \(day)"
            }
        }
        (days, steps) = (kept.map(\.day), kept.map(\.step))
        if let fixed {
            guard let step = joined(fixed, nil) else {
                throw CovariateError.unusable(
                    path: test.flags.path.text, problem: "has dates, and the values that it judges have none")
            }
            self.fixed = step
        }
        quality.append((test, flags.isPrepared))
    }

    /// Why a day cannot be derived, in words that name days and files.
    func reason(covariate: Covariate, valueName: String, rule: TimeRule, day: Day, lacking: [Day]) -> String {
        let window = covariate.smoothing?.halfWindowDays ?? 0
        let needed = rule.reach(of: day).extended(before: window, after: window)
        // The files around the day count as much as its own where values are smoothed.
        let fileReason =
            lacking.lazy.compactMap { reasons[$0] }.first
            ?? (window > 0 ? reasons.filter { needed.contains($0.key) }.min { $0.key < $1.key }?.value : nil)
        let why: String
        if let first = days.first, let last = lacking.last, last < first {
            why = "first day there is \(first)"
        } else if let last = days.last, let first = lacking.first, first > last {
            why = "last day there is \(last)"
        } else if let smoothing = covariate.smoothing {
            why =
                "which takes \(smoothing.minimum) of its steps within \(window) days of the step before and "
                + "of the one behind"
        } else if rule.everyDays > 1 {
            let sides = rule.interpolation != .none ? "a step before and one after it" : "a step before it"
            why = "which takes \(sides), at most \(rule.everyDays) days apart"
        } else {
            why = "there is none of " + DayRange.runs(of: lacking).map(\.description).joined(separator: ", ")
        }
        return "\(covariate.name): needs \(valueName) of \(needed), \(why)"
            + (fileReason.map { " (\($0))" } ?? "")
    }
}

extension Grid {
    /// `3600 x 1801 cells of 0.1 x 0.1 from (-180.05, 90.05)`.
    var summary: String {
        "\(columns) x \(rows) cells of \(pixelWidth) x \(pixelHeight) from (\(west), \(north))"
    }

    /// The same, said to be in another coordinate system where it is.
    func summary(beside other: Grid) -> String {
        crs == other.crs ? summary : "\(summary), in another coordinate system"
    }
}
