internal import Covariates
internal import Execution
internal import Storage
internal import Tiling

/// One climatology unit: all days of a period on one tile become coefficients of its mean year.
struct ClimatologyJob {
    let reader: CovariateReader
    let run: RunDirectory

    func execute(_ unit: UnitID) throws -> UnitResult {
        var clock = Stopwatch()
        let result = try ClimatologyMaker(reader: reader, run: run).execute(unit)
        return UnitResult(
            inputs: result.inputs, outputs: result.outputs, values: result.values, missing: result.missing,
            seconds: ["climatology": clock.lap()])
    }
}
