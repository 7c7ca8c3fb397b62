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
        let needed = periods(of: Int(unit.place))
        let known = Dictionary(receipt.inputs.map { ($0.path, $0) }) { first, _ in first }
        var found: [Finding] = []
        for file in source.files(inBlock: Int(unit.block))
        where file.days.map({ days in needed.contains { $0.overlaps(days) } }) ?? true {
            for present in try source.existing(file, in: &listing) {
                let input = known[present.path]
                if try input?.isUnchanged(at: absolutePath(of: present.path, in: plan.dataRoot)) != true {
                    found.append(
                        Finding(path: present.path, isReplaced: input != nil, days: present.days))
                }
            }
        }
        for missing in receipt.missing where needed.contains(where: { $0.contains(missing.day) }) {
            for file in source.neighbours(ofBlock: Int(unit.block), withHoursOf: missing.day) {
                for present in try source.existing(file, in: &listing) where known[present.path] == nil {
                    found.append(
                        Finding(
                            path: present.path, isReplaced: false,
                            days: DayRange(missing.day, through: missing.day)))
                }
            }
        }
        for file in source.neighbours(ofBlock: Int(unit.block)) {
            guard let days = source.days(ofBlock: Int(unit.block), withHoursIn: file) else { continue }
            for present in try source.existing(file, in: &listing) {
                let read = ([present.path] + present.olderVersions).lazy.compactMap { known[$0] }.first
                guard let read else { continue }
                let path = absolutePath(of: present.path, in: plan.dataRoot)
                if try read.path != present.path || !read.isUnchanged(at: path) {
                    found.append(Finding(path: present.path, isReplaced: true, days: days))
                }
            }
        }
        return found
    }

    /// The days of a source that the run takes, for its maps and for its climatologies.
    private func periods(of source: Int) -> [DayRange] {
        let climatologies = plan.climatologies.filter { $0.sources.contains(source) }.map(\.period)
        let reach = plan.sources[source]
        return ([plan.days] + climatologies).map {
            $0.extended(before: reach.historyDays, after: reach.lookAheadDays)
        }
    }

    /// The climatologies that take a value from one of the days of such files, by their numbers in the plan.
    public func climatologies(after findings: [Finding], of unit: UnitID) -> [Int] {
        let source = plan.sources[Int(unit.place)]
        return plan.climatologies.indices.filter { number in
            let climatology = plan.climatologies[number]
            let needed = climatology.period.extended(
                before: source.historyDays, after: source.lookAheadDays)
            return climatology.sources.contains(Int(unit.place))
                && findings.contains { $0.days?.overlaps(needed) ?? true }
        }
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
