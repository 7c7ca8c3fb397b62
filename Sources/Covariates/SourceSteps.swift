import Tiling

/// The steps of one covariate's source over some days: the manifests of its blocks, joined.
struct SourceSteps {
    struct Step {
        /// One per variable that is summed.
        let planes: [SourceManifest.Plane]
        let files: [InputFile]
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
                guard planes.count == names.count,
                    step.files.allSatisfy({ manifest.files.indices.contains($0) })
                else {
                    throw CovariateError.damagedManifest(
                        path: "covariates/\(manifest.source)/\(manifest.block).json",
                        problem: "no plane of \(names.joined(separator: ", "))")
                }
                let found = Step(planes: planes, files: step.files.map { manifest.files[$0] })
                if let day = step.day {
                    days.append(day)
                    steps.append(found)
                } else {
                    fixed = found
                }
            }
        }
    }

    /// Why a day cannot be derived, in words that name days and files.
    func reason(covariate: Covariate, valueName: String, rule: TimeRule, day: Day, lacking: [Day]) -> String {
        let needed = rule.reach(of: day)
        let fileReason = lacking.lazy.compactMap { reasons[$0] }.first
        let why: String
        if let first = days.first, let last = lacking.last, last < first {
            why = "first day there is \(first)"
        } else if let last = days.last, let first = lacking.first, first > last {
            why = "last day there is \(last)"
        } else if rule.everyDays > 1 {
            let sides = rule.interpolation == .linear ? "a step before and one after it" : "a step before it"
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
}
