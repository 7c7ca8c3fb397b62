public import Tiling

/// Why covariates could not be prepared, gathered or explained: one line that names the file, covariate, tile
/// or day.
public enum CovariateError: Error, Equatable {
    /// A name that the product's pool does not have.
    case unknownCovariate(String)
    /// A combination of rules that has no meaning.
    case unsupported(covariate: String, problem: String)
    /// A unit that the plan does not have.
    case notInPlan(unit: String)
    /// A file that is there, but does not hold what was asked for.
    case unusable(path: String, problem: String)
    /// A fixed source, a land mask say, that does not exist.
    case doesNotExist(path: String)
    /// The prepare unit has not run, or its manifest is gone.
    case notPrepared(source: String, block: String)
    /// A unit that others rest on has not run, or its result is gone.
    case notDone(unit: String)
    /// A manifest that cannot be understood.
    case damagedManifest(path: String, problem: String)
    /// A source file is not the one that was prepared.
    case inputChanged(path: String)
    /// The land mask, or a DEM, is not the one that the run was planned with.
    case plannedInputChanged(path: String)
    /// A source file was written to while it was prepared.
    case changedWhileRead(path: String)
    /// A day without value under `missing: fail`.
    case missingDay(Day, reason: String)
    /// Land pixels that the source does not reach, under `outside: fail`.
    case outside(covariate: String, path: String, tile: Tile, pixelCount: Int)
}

extension CovariateError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownCovariate(let name):
            "'\(name)' is not a covariate of the product: add it to 'covariates' or correct the name"
        case .unsupported(let covariate, let problem):
            "\(covariate): \(problem)"
        case .notInPlan(let unit):
            "\(unit) is not a prepare unit of this run: was the plan changed meanwhile?"
        case .unusable(let path, let problem):
            "\(path): \(problem)"
        case .doesNotExist(let path):
            "\(path) does not exist: correct the path in the product, or the data root"
        case .notPrepared(let source, let block):
            "prepare/\(source)/\(block) has not been done: run `tilth resume`"
        case .notDone(let unit):
            "\(unit) has not been done, or its file is gone: run `tilth resume`"
        case .damagedManifest(let path, let problem):
            "\(path): cannot be read as a manifest (\(problem)): delete it and run `tilth resume`"
        case .inputChanged(let path):
            "\(path) was replaced or removed since it was prepared: run `tilth resume` to prepare it again"
        case .plannedInputChanged(let path):
            "\(path) was replaced or removed since the run was planned: put it back, or plan another run "
                + "directory with the new one"
        case .changedWhileRead(let path):
            "\(path) was written to while it was read: wait until it is complete"
        case .missingDay(let day, let reason):
            "\(day) cannot be predicted: \(reason); supply it, or write 'missing: nodata' in the product"
        case .outside(let covariate, let path, let tile, let pixelCount):
            "\(covariate): \(path) does not reach \(pixelCount) land pixels of tile \(tile): "
                + "supply a larger file, narrow the mask, or write 'outside: nodata'"
        }
    }
}

extension CovariateError: Retriable {
    /// A manifest may be late on a shared file system, a copy may end; everything else is as it is.
    public var isRetriable: Bool {
        switch self {
        case .notPrepared, .notDone, .changedWhileRead: true
        default: false
        }
    }
}
