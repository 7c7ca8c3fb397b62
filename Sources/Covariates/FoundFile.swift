import Rasters
import Tiling

/// A netCDF file of a source, by its header.
struct FoundFile {
    let file: ExpectedFile
    /// In the manifest.
    let number: Int
    let isNeighbour: Bool
    /// For its digest; nil where another unit reads all of it.
    let bytes: SourceBytes?
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
        isHashed: Bool = true, dataRoot: String
    ) throws {
        let names = wanted.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        self.file = file
        self.number = number
        self.isNeighbour = isNeighbour
        bytes = isHashed ? SourceBytes(path: absolutePath(of: file.path, in: dataRoot)) : nil
        let dataset = try file.open(names, dataRoot: dataRoot)
        let variables = try names.map { (name) throws(RasterError) in
            do throws(RasterError) {
                return try dataset.variable(named: name)
            } catch {
                throw error.concerning([name], days: file.days, path: file.path)
            }
        }
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
        try file.open([name], dataRoot: dataRoot, bytes: bytes).variable(named: name)
    }

    /// Nothing more is read of it.
    func finish(_ found: inout SourcePreparation.Findings) throws {
        guard let bytes else { return }
        found.inputs[number].sha256 = try bytes.digest()
    }
}

extension ExpectedFile {
    func open(
        _ names: [String], dataRoot: String, bytes: SourceBytes? = nil
    ) throws -> NetCDFFile {
        do {
            return try netCDF(in: dataRoot, bytes: bytes)
        } catch {
            throw error.concerning(names, days: days, path: path)
        }
    }

    /// Expected steps that nothing in the file stands for; a source may be shifted against January 1st.
    func missingSteps(present: [Day]) -> [Day] {
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
