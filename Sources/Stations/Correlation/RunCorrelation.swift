import Covariates
import Rasters
public import Storage
public import Tiling

/// Maps of the partial correlation of a run's soil moisture with covariates, over a finished run.
///
/// Days become means of years (or months): of the days on which the map and all drivers have a value, so that
/// every mean is of the same days. A year with too few of them does not count; a pixel with too few years has
/// no result. Tiles are read in strips of rows, as many as memory allows, each file once a strip.
public struct RunCorrelation {
    /// What is asked for.
    public struct Settings: Sendable {
        public var layer: String
        /// Covariates of the product's pool.
        public var drivers: [String]
        /// Points are means of years, as SMCI1.0 has them, or of months.
        public var step = Calendar.years
        /// Share of the days of a step that must have values.
        public var dayShare = 0.9
        /// Nil takes all days of the run.
        public var days: DayRange?
        /// What sums may take, bytes.
        public var memoryBytes = 512 << 20

        public init(layer: String, drivers: [String]) {
            self.layer = layer
            self.drivers = drivers
        }
    }

    /// The results of a strip of a tile, row by row; NaN and 0 where there is none.
    public struct Strip: Sendable {
        public let window: PixelWindow
        /// By driver.
        public let r: [[Float]]
        public let p: [[Float]]
        /// The driver with the largest |r|, counted from 1; 0 for none.
        public let dominant: [Int16]
        /// Steps that count.
        public let steps: [Int16]
    }

    private let plan: RunPlan
    private let run: RunDirectory
    private let settings: Settings
    private let days: DayRange
    private let layerNumber: Int
    private let files: [String: OutputFile]

    /// Reads the receipts. Throws one line where the run has no such layer or covariate, cannot give enough
    /// steps, or is not finished.
    public init(plan: RunPlan, run: RunDirectory, settings: Settings) throws {
        func refusal(_ problem: String) -> StationError { StationError(source: run.path, problem: problem) }
        guard let number = plan.product.layers.firstIndex(where: { $0.name == settings.layer }) else {
            throw refusal(
                "has no layer '\(settings.layer)'; it has "
                    + plan.product.layers.map(\.name).joined(separator: ", "))
        }
        let known = plan.product.covariates.map(\.name)
        if let absent = settings.drivers.first(where: { !known.contains($0) }) {
            throw refusal("has no covariate '\(absent)'; it has \(known.joined(separator: ", "))")
        }
        guard !settings.drivers.isEmpty, Set(settings.drivers).count == settings.drivers.count else {
            throw refusal("drivers are needed, each once")
        }
        guard let days = (settings.days ?? plan.days).intersection(plan.days) else {
            throw refusal("covers \(plan.days), and nothing of \(settings.days ?? plan.days)")
        }
        let steps = settings.step.blocks(of: days).count
        let needed = settings.drivers.count + 2
        guard steps >= needed else {
            throw refusal(
                "\(days) has \(steps) \(settings.step == .years ? "years" : "months"), and \(needed) are"
                    + " needed for \(settings.drivers.count) drivers: take fewer drivers, or months")
        }
        self.plan = plan
        self.run = run
        self.settings = settings
        self.days = days
        layerNumber = number
        files = try Self.finishedFiles(plan: plan, run: run)
    }

    /// The newest file of each predict unit, by the unit's name.
    private static func finishedFiles(plan: RunPlan, run: RunDirectory) throws -> [String: OutputFile] {
        var newest: [String: (generation: UInt32, file: OutputFile)] = [:]
        _ = try ReceiptLog.readAll(in: run.receiptsPath) { receipt, _ in
            guard receipt.recipe == plan.recipe, let file = receipt.outputs.first,
                plan.unit(named: receipt.unit)?.stage == .predict
            else { return }
            if let known = newest[receipt.unit], known.generation >= receipt.generation { return }
            newest[receipt.unit] = (receipt.generation, file)
        }
        return newest.mapValues(\.file)
    }

    /// The tiles that have land, in the order of the plan.
    public var tiles: [Tile] { plan.tiles.map { plan.product.tiles.tile(at: $0.index) } }

    /// Correlates a tile, strip by strip from the north.
    public func correlate(_ tile: Tile, _ take: (Strip) throws -> Void) throws {
        let scheme = plan.product.tiles
        let whole = scheme.windowOnGrid(of: tile)
        let stepCount = settings.step.blocks(of: days).count
        let bytesOfRow = scheme.pixelsPerSide * stepCount * (settings.drivers.count + 1) * 8
        let rows = max(1, min(whole.rows, settings.memoryBytes / max(bytesOfRow, 1)))
        try verify(tile)
        for first in stride(from: 0, to: whole.rows, by: rows) {
            let window = PixelWindow(
                column: whole.column, row: whole.row + first, columns: whole.columns,
                rows: min(rows, whole.rows - first))
            var sums = StepSums(
                calendar: settings.step, days: days, pixelCount: window.pixelCount,
                variableCount: settings.drivers.count + 1)
            try add(tile, firstRow: first, window: window, to: &sums)
            try take(sums.strip(window: window, dayShare: settings.dayShare))
        }
    }

    /// Every file of a tile is what its receipt says.
    private func verify(_ tile: Tile) throws {
        for block in plan.product.unit.blocks(of: days) {
            _ = try path(of: tile, block: block, verifying: true)
        }
    }

    private func path(of tile: Tile, block: Int, verifying: Bool = false) throws -> String {
        let unit = plan.name(
            of: UnitID(stage: .predict, place: plan.product.tiles.index(of: tile), block: block))
        guard let file = files[unit] else {
            throw StationError(
                source: run.path, problem: "\(unit) is not finished: let the run end (tilth status)")
        }
        let path = run.absolute(file.path)
        if verifying {
            guard DurableFile.exists(path), try FileDigest.sha256(ofFile: path) == file.sha256 else {
                throw StationError(
                    source: path, problem: "is not what its receipt says: tilth resume \(run.path)")
            }
        }
        return path
    }

    private func add(_ tile: Tile, firstRow: Int, window: PixelWindow, to sums: inout StepSums) throws {
        let reader = CovariateReader(plan: plan, run: run)
        let side = plan.product.tilePixels
        let positions = (0..<window.pixelCount).map {
            (firstRow + $0 / window.columns) * side + $0 % window.columns
        }
        let inFile = PixelWindow(column: 0, row: firstRow, columns: window.columns, rows: window.rows)
        let layerCount = plan.product.layers.count
        for block in plan.product.unit.blocks(of: days) {
            guard let unitDays = plan.days(ofPredictBlock: block), let own = unitDays.intersection(days)
            else { continue }
            let file = try RasterFile(path: path(of: tile, block: block))
            // A unit may be years long: a month of it at a time.
            for start in stride(from: 0, to: own.count, by: 31) {
                let part = DayRange(own[start], through: min(own[start] + 30, own.last))
                let bands = part.map { ($0 - unitDays.first) * layerCount + layerNumber + 1 }
                let moisture = try file.read(window: inFile, bands: bands)
                let stack = try reader.gather(
                    features: settings.drivers, tile: tile, pixels: positions, days: part)
                let planes = settings.drivers.compactMap { stack.planes[$0] }
                sums.add(moisture, planes, days: part)
            }
        }
    }
}

/// Sums of the days of each step, for each pixel of a strip.
private struct StepSums {
    let calendar: Calendar
    let days: DayRange
    let pixelCount: Int
    let variableCount: Int
    private let firstStep: Int
    private let stepCount: Int
    /// [(step * variableCount + variable) * pixelCount + pixel], the map first.
    private var sums: [Double]
    /// [step * pixelCount + pixel]
    private var counts: [UInt16]

    init(calendar: Calendar, days: DayRange, pixelCount: Int, variableCount: Int) {
        self.calendar = calendar
        self.days = days
        self.pixelCount = pixelCount
        self.variableCount = variableCount
        let steps = calendar.blocks(of: days)
        (firstStep, stepCount) = (steps.lowerBound, steps.count)
        sums = Array(repeating: 0, count: stepCount * variableCount * pixelCount)
        counts = Array(repeating: 0, count: stepCount * pixelCount)
    }

    mutating func add(_ moisture: [Float], _ planes: [CovariatePlane], days part: DayRange) {
        var point = [Double](repeating: 0, count: variableCount)
        for (number, day) in part.enumerated() {
            let step = calendar.block(of: day) - firstStep
            for pixel in 0..<pixelCount {
                let value = moisture[number * pixelCount + pixel]
                guard !value.isNaN else { continue }
                point[0] = Double(value)
                var isWhole = true
                for (driver, plane) in planes.enumerated() {
                    let value = plane.value(pixel: pixel, day: number, pixelCount: pixelCount)
                    point[driver + 1] = Double(value)
                    isWhole = isWhole && value.isFinite
                }
                guard isWhole else { continue }
                counts[step * pixelCount + pixel] += 1
                for variable in 0..<variableCount {
                    sums[(step * variableCount + variable) * pixelCount + pixel] += point[variable]
                }
            }
        }
    }

    /// Steps need this share of their days, of those within the run.
    func strip(window: PixelWindow, dayShare: Double) -> RunCorrelation.Strip {
        let needed = (0..<stepCount).map { step in
            let length = calendar.days(ofBlock: firstStep + step, within: Self.always)?.count ?? 1
            return max(1, Int((Double(length) * dayShare).rounded(.up)))
        }
        let drivers = variableCount - 1
        var r = [[Float]](repeating: [Float](repeating: .nan, count: pixelCount), count: drivers)
        var p = r
        var dominant = [Int16](repeating: 0, count: pixelCount)
        var steps = dominant
        var point = [Double](repeating: 0, count: variableCount)
        for pixel in 0..<pixelCount {
            var correlation = PartialCorrelation(driverCount: drivers)
            for step in 0..<stepCount {
                let count = Int(counts[step * pixelCount + pixel])
                guard count >= needed[step] else { continue }
                for variable in 0..<variableCount {
                    point[variable] =
                        sums[(step * variableCount + variable) * pixelCount + pixel] / Double(count)
                }
                correlation.add(point)
            }
            steps[pixel] = Int16(correlation.count)
            guard let results = correlation.results else { continue }
            for (driver, result) in results.enumerated() {
                r[driver][pixel] = Float(result.r)
                p[driver][pixel] = Float(result.p)
            }
            let largest = results.indices.max { abs(results[$0].r) < abs(results[$1].r) } ?? 0
            dominant[pixel] = Int16(largest + 1)
        }
        return RunCorrelation.Strip(window: window, r: r, p: p, dominant: dominant, steps: steps)
    }

    private static let always = DayRange(Day(number: -1_000_000), through: Day(number: 1_000_000))
}
