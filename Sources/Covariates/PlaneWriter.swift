import Rasters
import Storage
import Tiling

/// Collects the planes of a month and writes one GeoTIFF per variable, a band per day.
///
/// Pixel-interleaved, in blocks of about one product tile: a predict unit reads one block for a whole month
/// of days.
struct PlaneWriter {
    private let run: RunDirectory
    private let source: PlannedSource
    private let product: Product

    private(set) var outputs: [OutputFile] = []
    private(set) var values: [ValueDigest] = []
    private(set) var steps: [SourceManifest.Step] = []
    /// The month in memory, and its planes by variable.
    private var month: Int?
    private var bands: [String: [(day: Day, values: [Float])]] = [:]

    init(run: RunDirectory, source: PlannedSource, product: Product) {
        self.run = run
        self.source = source
        self.product = product
    }

    /// Reads the steps of one month of one file; writes the month before when it is complete.
    mutating func append(
        _ monthSteps: [(day: Day, number: Int)], of variables: [NetCDFVariable], names: [String],
        window: SourceWindow, file: Int
    ) throws {
        guard let first = monthSteps.first else { return }
        let block = Calendar.months.block(of: first.day)
        if month != block {
            try finish(grid: window.grid)
            month = block
        }
        let firstBand = (bands[names[0]]?.count ?? 0) + 1
        for (name, variable) in zip(names, variables) {
            for run in PlaneWriter.neighbours(monthSteps) {
                let numbers = run[0].number..<run[0].number + run.count
                let parts = try window.parts.map { try variable.read(steps: numbers, window: $0) }
                let planes = window.joined(parts, stepCount: run.count)
                bands[name, default: []] += zip(run, planes).map { (day: $0.day, values: $1) }
            }
            // Only files of single days leave a month open; otherwise one variable at a time is in memory.
            if !source.path.isPerDay { try write(variable: name, grid: window.grid) }
        }
        for (offset, step) in monthSteps.enumerated() {
            let planes = names.map { name in
                (name, SourceManifest.Plane(path: path(of: name, month: block), band: firstBand + offset))
            }
            steps.append(
                SourceManifest.Step(
                    day: step.day, file: file, planes: Dictionary(uniqueKeysWithValues: planes)))
        }
    }

    /// Writes what is left of the month in memory.
    mutating func finish(grid: Grid) throws {
        for name in bands.keys.sorted() { try write(variable: name, grid: grid) }
        month = nil
    }

    private mutating func write(variable: String, grid: Grid) throws {
        guard let month, let planes = bands.removeValue(forKey: variable) else { return }
        try write(
            planes.map { (label: $0.day.iso, day: $0.day, values: $0.values) }, variable: variable,
            grid: grid,
            to: path(of: variable, month: month))
    }

    /// Writes variables that have no time.
    mutating func writeFixed(
        _ variables: [NetCDFVariable], names: [String], window: SourceWindow, file: Int
    ) throws -> SourceManifest.Step {
        var planes: [String: SourceManifest.Plane] = [:]
        for (name, variable) in zip(names, variables) {
            let parts = try window.parts.map { try variable.read(step: 0, window: $0) }
            let path = "covariates/\(source.name)/\(name)/fixed.tif"
            let plane = window.joined(parts, stepCount: 1)
            try write(
                plane.map { (label: name, day: Day(number: 0), values: $0) }, variable: name,
                grid: window.grid,
                to: path)
            planes[name] = SourceManifest.Plane(path: path, band: 1)
        }
        return SourceManifest.Step(day: nil, file: file, planes: planes)
    }

    private mutating func write(
        _ planes: [(label: String, day: Day, values: [Float])], variable: String, grid: Grid, to path: String
    ) throws {
        values += planes.map { plane in
            ValueDigest(
                layer: variable, day: plane.day, sha256: RasterBuffer.float32(plane.values).digest,
                validCount: plane.values.reduce(0) { $0 + ($1.isNaN ? 0 : 1) })
        }
        let encoding = OutputEncoding(type: .float32, noData: .nan, unit: "", compression: .zstd)
        let bytes = try GeoTIFFEncoder(
            grid: grid, blockSize: blockSize(on: grid), encoding: encoding, interleave: .pixel
        ).encode(
            bands: planes.map {
                GeoTIFFBand(description: $0.label, metadata: [:], values: .float32($0.values))
            }, metadata: ["TILTH_SOURCE": source.name, "TILTH_VARIABLE": variable])
        outputs.append(try run.writeOutput(bytes, to: path))
    }

    /// Cells under one tile, in the multiples of 16 that TIFF asks for.
    private func blockSize(on planes: Grid) -> Int {
        let tileShare = Double(product.tilePixels) / Double(max(product.grid.columns, product.grid.rows))
        let cells = Int((Double(max(planes.columns, planes.rows)) * tileShare).rounded(.up))
        return min(max((cells + 15) / 16 * 16, 16), 512)
    }

    private func path(of variable: String, month: Int) -> String {
        "covariates/\(source.name)/\(variable)/\(Calendar.months.name(ofBlock: month)).tif"
    }

    /// Runs of steps that follow each other in the file.
    private static func neighbours(_ steps: [(day: Day, number: Int)]) -> [[(day: Day, number: Int)]] {
        var runs: [[(day: Day, number: Int)]] = []
        for step in steps {
            if let last = runs.last?.last, last.number + 1 == step.number {
                runs[runs.count - 1].append(step)
            } else {
                runs.append([step])
            }
        }
        return runs
    }
}
