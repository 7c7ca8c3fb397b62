import Rasters
public import Tiling

/// What a prepare unit holds at once: the planes of a month of one variable, as a file twice while they are
/// written (it is made in memory, and noise does not compress), the sums of hours that become days, and a
/// chunk.
///
/// Granules and other rasters are read in place, and take nothing here.
public struct PreparationMemory {
    private let plan: RunPlan

    /// Opens nothing yet.
    public init(plan: RunPlan) { self.plan = plan }

    /// At most, of all sources, beside what `scratchBytes` bounds. A source without any file counts nothing.
    public var byteCount: Int {
        var listing = FileListing(root: plan.dataRoot)
        return plan.sources.map { byteCount(of: $0, in: &listing) }.max() ?? 0
    }

    private func byteCount(of source: PlannedSource, in listing: inout FileListing) -> Int {
        guard case .netCDF(let variables) = source.content, let first = variables.first,
            let file = someFile(of: source, in: &listing),
            let variable = try? file.netCDF(in: plan.dataRoot).variable(named: first.name),
            let window = try? SourceWindow(
                of: variable.grid, for: plan.product.grid, isPeriodic: variable.isPeriodic, path: file.path)
        else { return 0 }
        let cells = window.grid.columns * window.grid.rows
        let days = source.path.isFixed && variable.times.isEmpty ? 1 : Self.daysOfMonth
        // Rules of one variable wait for the end of the month together.
        let kinds = Dictionary(grouping: variables, by: \.name).values.map(\.count).max() ?? 1
        return cells * (4 * days * (kinds + 2) + Self.openDays * 8 * kinds)
            + 2 * (variable.chunkByteCount ?? 0)
    }

    private static let daysOfMonth = 31
    /// Days whose sums are kept in double while their hours go on in the next slab.
    private static let openDays = 2

    private func someFile(of source: PlannedSource, in listing: inout FileListing) -> ExpectedFile? {
        for block in source.blocks(for: plan.days) {
            for expected in source.files(inBlock: block) {
                if let file = (try? source.existing(expected, in: &listing))?.first { return file }
            }
        }
        return nil
    }
}
