import Rasters
import Storage
import Tiling

/// Where the last step of the file before a block has values.
struct Predecessor {
    /// Relative to the data root.
    let path: String
    let variable: String
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
        guard !source.path.isFixed, source.blocks(for: plan.days).contains(block - 1),
            let expected = source.files(inBlock: block - 1).last,
            let file = (try? source.existing(expected, in: &listing))?.last,
            let dataset = try? file.netCDF(in: plan.dataRoot),
            let variable = try? dataset.variable(named: name)
        else { return nil }
        guard window.lies(on: variable.grid) else {
            throw CovariateError.unusable(
                path: path,
                problem: "lies on another grid than the file before it, \(file.path) "
                    + "(\(variable.grid.summary)): a source has one grid")
        }
        let last = variable.times.indices.max { variable.times[$0] < variable.times[$1] } ?? 0
        guard
            let values = try? window.read(variable, step: last, team: team)
        else { return nil }
        return Predecessor(path: file.path, variable: name, values: values)
    }
}
