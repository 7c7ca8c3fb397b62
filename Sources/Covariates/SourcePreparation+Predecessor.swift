import Rasters
import Storage
import Tiling

/// Where the last step of the file before a block has values.
struct Predecessor {
    /// Relative to the data root.
    let path: String
    let variable: String
    /// As the file spells it.
    let unit: String
    let values: [Float]
}

extension SourcePreparation {
    /// Holds the grid of a block against the file before it, and reads the last step of that file in the same
    /// window: one run of its chunks.
    ///
    /// Nil where the run takes nothing of that file, it is not there, or it cannot be read, of which its own
    /// unit tells. It changes no value, so receipts do not list it.
    func predecessor(
        of block: Int, source: PlannedSource, variable name: String, window: SourceWindow, path: String,
        listing: inout FileListing
    ) throws -> Predecessor? {
        guard let file = file(before: block, of: source, in: &listing),
            let dataset = try? file.netCDF(in: plan.dataRoot),
            let variable = try? dataset.variable(named: name)
        else { return nil }
        guard window.lies(on: variable.grid) else {
            throw otherGrid(path, window.sourceGrid, than: file.path, variable.grid)
        }
        let last = variable.times.indices.max { variable.times[$0] < variable.times[$1] } ?? 0
        guard
            let values = try? window.read(variable, step: last, team: team)
        else { return nil }
        return Predecessor(path: file.path, variable: name, unit: variable.unit, values: values)
    }

    /// The same for rasters, of which the header is enough.
    func predecessor(
        of block: Int, source: PlannedSource, listing: inout FileListing
    ) -> (path: String, grid: Grid)? {
        guard let file = file(before: block, of: source, in: &listing),
            let info = try? RasterFile(path: absolutePath(of: file.path, in: plan.dataRoot)).info
        else { return nil }
        return (file.path, info.grid)
    }

    /// The first raster of a block lies where the last one before it does.
    func check(_ grid: Grid, of path: String, after before: (path: String, grid: Grid)) throws {
        guard before.grid.nearlyEquals(grid), before.grid.crs == grid.crs else {
            throw otherGrid(path, grid, than: before.path, before.grid)
        }
    }

    private func otherGrid(
        _ path: String, _ grid: Grid, than other: String, _ otherGrid: Grid
    ) -> CovariateError {
        .unusable(
            path: path,
            problem: "lies on another grid than the file before it, \(other) "
                + "(\(otherGrid.summary(beside: grid))): a source has one grid")
    }

    /// The last file of the block before, if the run takes something of that block.
    private func file(
        before block: Int, of source: PlannedSource, in listing: inout FileListing
    ) -> ExpectedFile? {
        guard !source.path.isFixed, source.blocks(for: plan.days).contains(block - 1) else { return nil }
        for expected in source.files(inBlock: block - 1).reversed() {
            if let file = (try? source.existing(expected, in: &listing))?.last { return file }
        }
        return nil
    }
}
