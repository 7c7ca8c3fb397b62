import Storage
public import Tiling

/// Looks for source files that reached the archive after the prepare unit that would have read them: a day
/// that was missing, the next month with the midnight that ends the last day, a granule. Replaced files count
/// too.
public struct LateFiles {
    /// A file that a finished prepare unit has not seen as it is now.
    public struct Finding: Hashable, Sendable {
        /// Relative to the data root.
        public let path: String
        /// Whether the unit read another version of it.
        public let isReplaced: Bool
        /// The days whose values it may change; nil for all.
        public let days: DayRange?
    }

    private let plan: RunPlan
    private var listing: FileListing

    /// Opens nothing yet.
    public init(plan: RunPlan) {
        self.plan = plan
        listing = FileListing(root: plan.dataRoot)
    }

    /// The late files of one prepare unit, given the receipt that counts. Only existence, size and time are
    /// looked at, of files with days that the plan needs.
    public mutating func find(since receipt: Receipt) throws -> [Finding] {
        guard let unit = plan.unit(named: receipt.unit), unit.stage == .prepare else { return [] }
        let source = plan.sources[Int(unit.place)]
        let needed = plan.days.extended(before: source.historyDays, after: source.lookAheadDays)
        let known = Dictionary(receipt.inputs.map { ($0.path, $0) }) { first, _ in first }
        var found: [Finding] = []
        for file in source.files(inBlock: Int(unit.block)) where file.days?.overlaps(needed) ?? true {
            for present in try source.existing(file, in: &listing) {
                let input = known[present.path]
                if try input?.isUnchanged(at: absolutePath(of: present.path, in: plan.dataRoot)) != true {
                    found.append(
                        Finding(path: present.path, isReplaced: input != nil, days: present.days))
                }
            }
        }
        for missing in receipt.missing where needed.contains(missing.day) {
            for file in source.neighbours(ofBlock: Int(unit.block), withHoursOf: missing.day) {
                for present in try source.existing(file, in: &listing) where known[present.path] == nil {
                    found.append(
                        Finding(
                            path: present.path, isReplaced: false,
                            days: DayRange(missing.day, through: missing.day)))
                }
            }
        }
        return found
    }

    /// The predict blocks that take a value from one of the days of such files.
    public func predictBlocks(after findings: [Finding], of unit: UnitID) -> [Int] {
        let source = plan.sources[Int(unit.place)]
        return plan.predictBlocks.filter { block in
            guard let days = plan.days(ofPredictBlock: block),
                source.blocks(for: days).contains(Int(unit.block))
            else { return false }
            let needed = days.extended(before: source.historyDays, after: source.lookAheadDays)
            return findings.contains { $0.days?.overlaps(needed) ?? true }
        }
    }
}
