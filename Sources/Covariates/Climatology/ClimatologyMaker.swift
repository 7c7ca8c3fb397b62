public import Storage
public import Tiling

/// One climatology unit: a covariate's days of a whole period become the mean year of each pixel of a tile.
///
/// The year goes by in blocks of days of the year, and within a block year after year, so that memory holds
/// one block of one year and the sums of one block, however long the period is.
public struct ClimatologyMaker {
    private let reader: CovariateReader
    private let run: RunDirectory
    /// Days of the year that are in memory together.
    static let blockDays = 31

    /// Reads through `reader`, as predictions do, and writes to `run`.
    public init(reader: CovariateReader, run: RunDirectory) {
        self.reader = reader
        self.run = run
    }

    /// What a finished unit has to show.
    public struct Result {
        public let inputs: [InputFile]
        public let outputs: [OutputFile]
        public let values: [ValueDigest]
        public let missing: [MissingDay]
    }

    /// Fits and writes; a tile without any value has a file too, of pixels without climatology.
    public func execute(_ unit: UnitID) throws -> Result {
        let plan = reader.plan
        guard unit.stage == .climatology, plan.climatologies.indices.contains(Int(unit.block)) else {
            throw CovariateError.notInPlan(unit: plan.name(of: unit))
        }
        let climatology = plan.climatologies[Int(unit.block)]
        let tile = plan.product.tiles.tile(at: Int(unit.place))
        let found = try fitted(climatology, tile: tile)
        let file = ClimatologyFile(plan: plan, run: run, climatology: climatology, tile: tile)
        let output = try file.write(found.coefficients)
        let values = zip(HarmonicCoefficients.names, found.coefficients.planes).map { name, plane in
            ValueDigest(
                layer: "\(climatology.name) \(name)", day: climatology.period.first,
                sha256: plane.withUnsafeBytes { Digest(of: $0) }, validCount: plane.count { !$0.isNaN })
        }
        return Result(inputs: found.inputs, outputs: [output], values: values, missing: found.missing)
    }

    private struct Fitted {
        let coefficients: HarmonicCoefficients
        let inputs: [InputFile]
        let missing: [MissingDay]
    }

    private func fitted(_ climatology: PlannedClimatology, tile: Tile) throws -> Fitted {
        let pixels = Array(0..<reader.plan.product.tiles.pixelsPerTile)
        var fit = HarmonicFit(climatology.fit, pixelCount: pixels.count)
        var missing: [Day: String] = [:]
        for first in stride(from: 1, through: HarmonicTable.dayCount, by: ClimatologyMaker.blockDays) {
            let last = min(first + ClimatologyMaker.blockDays - 1, HarmonicTable.dayCount)
            var block = YearBlock(days: first...last, pixelCount: pixels.count)
            for days in climatology.runs(ofYearDays: first...last) {
                var gathering = Gathering(
                    reader: reader, tile: tile, pixels: pixels, isWholeTile: true, days: days)
                let gathered = try gathering.gathered(named: climatology.covariate)
                missing.merge(gathered.missing) { old, _ in old }
                for (number, day) in days.enumerated() where gathered.missing[day] == nil {
                    guard let yearDay = day.climatologyDay(climatology.mode) else { continue }
                    block.add(gathered.plane.values(day: number, pixelCount: pixels.count), yearDay: yearDay)
                }
            }
            block.hand(to: &fit)
        }
        let days = climatology.period
        guard missing.count < days.count else {
            let reason = missing.min { $0.key < $1.key }.map { ": \($0.value)" } ?? ""
            throw CovariateError.unsupported(
                covariate: climatology.covariate,
                problem: "has no day in \(days) to make a climatology of\(reason)")
        }
        return Fitted(
            coefficients: fit.coefficients(), inputs: try manifests(behind: climatology),
            missing: missing.map { MissingDay(day: $0.key, reason: $0.value) }.sorted { $0.day < $1.day })
    }

    /// The manifests that say which files of all those years were read: thousands of names stay out of a
    /// receipt.
    private func manifests(behind climatology: PlannedClimatology) throws -> [InputFile] {
        try climatology.sources.map { reader.plan.sources[$0] }.flatMap { source in
            try source.blocks(for: climatology.period).map { block in
                let name = source.calendar.name(ofBlock: block)
                let path = SourceManifest.path(source: source.name, block: name)
                let facts = try FileDigest.facts(ofFile: reader.run.absolute(path))
                return InputFile(
                    path: path, byteCount: facts.byteCount, modifiedAt: facts.modifiedAt,
                    sha256: try FileDigest.sha256(ofFile: reader.run.absolute(path)))
            }
        }
    }
}

/// Sums over the years of some days of the year.
private struct YearBlock {
    let days: ClosedRange<Int>
    let pixelCount: Int
    private var sums: [Double]
    private var counts: [UInt16]

    init(days: ClosedRange<Int>, pixelCount: Int) {
        self.days = days
        self.pixelCount = pixelCount
        sums = [Double](repeating: 0, count: days.count * pixelCount)
        counts = [UInt16](repeating: 0, count: days.count * pixelCount)
    }

    mutating func add(_ values: [Float], yearDay: Int) {
        let first = (yearDay - days.lowerBound) * pixelCount
        for pixel in 0..<pixelCount where !values[pixel].isNaN {
            sums[first + pixel] += Double(values[pixel])
            counts[first + pixel] += 1
        }
    }

    func hand(to fit: inout HarmonicFit) {
        for (number, day) in days.enumerated() {
            let range = number * pixelCount..<(number + 1) * pixelCount
            fit.add(day: day, sums: sums[range], counts: counts[range])
        }
    }
}

extension PlannedClimatology {
    /// The days of the period that are some days of the year, year after year.
    func runs(ofYearDays yearDays: ClosedRange<Int>) -> [DayRange] {
        (period.first.year...period.last.year).compactMap { year in
            guard let newYear = Day(year: year, month: 1, day: 1) else { return nil }
            // December 31st of leap years goes with day 365, or nowhere.
            let isLeapEnd =
                yearDays.upperBound == HarmonicTable.dayCount
                && Day.dayCount(year: year) > HarmonicTable.dayCount
            let last = newYear + (yearDays.upperBound - 1 + (isLeapEnd && mode == .corrected ? 1 : 0))
            return DayRange(newYear + (yearDays.lowerBound - 1), through: last).intersection(period)
        }
    }
}
