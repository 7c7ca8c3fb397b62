import Rasters
import Storage
import Tiling

/// Collects the planes of a month and writes one GeoTIFF per variable, a band per day.
///
/// Pixel-interleaved, in blocks of about one product tile: a predict unit reads one block for a whole month
/// of days. A month is written as soon as its last day is there.
struct PlaneWriter {
    private let run: RunDirectory
    private let source: PlannedSource
    private let product: Product
    private let team: LoopTeam

    private let watch: PlaneGuard
    /// In the order of the source.
    private var kinds: [SourceVariable] = []
    /// By plane and month.
    private var expectedCounts: [Key: Int] = [:]
    private var waiting: [Key: [(day: Day, values: [Float], files: [Int])]] = [:]
    private var written: [Key: (output: OutputFile, values: [ValueDigest])] = [:]
    private var stepsByDay: [Day: SourceManifest.Step] = [:]
    /// Of the files, by their numbers.
    var paths: [String] = []
    /// What the first month is held against.
    var predecessor: Predecessor?
    /// Days that were turned away, and why.
    private(set) var refused: [(day: Day, reason: String)] = []

    private struct Key: Hashable {
        let month: Int
        /// Number in `kinds`.
        let plane: Int
    }

    init(run: RunDirectory, source: PlannedSource, plan: RunPlan, team: LoopTeam) {
        self.run = run
        self.team = team
        self.source = source
        product = plan.product
        watch = PlaneGuard(source: source, product: product, learned: plan.learned ?? [:])
    }

    /// By month, then plane.
    var outputs: [OutputFile] { inOrder.map(\.output) }
    var values: [ValueDigest] { inOrder.flatMap(\.values) }
    /// Ascending by day.
    var steps: [SourceManifest.Step] { stepsByDay.sorted { $0.key < $1.key }.map(\.value) }

    private var inOrder: [(output: OutputFile, values: [ValueDigest])] {
        written.sorted { ($0.key.month, $0.key.plane) < ($1.key.month, $1.key.plane) }.map(\.value)
    }

    /// Announces a kind of plane and all of its days.
    mutating func expect(_ kind: SourceVariable, on days: [Day]) {
        kinds.append(kind)
        for day in days {
            expectedCounts[Key(month: Calendar.months.block(of: day), plane: kinds.count - 1), default: 0] +=
                1
        }
    }

    /// Takes the plane of one day; `number` counts the announced kinds.
    mutating func add(_ values: [Float], plane number: Int, day: Day, files: [Int], grid: Grid) throws {
        let key = Key(month: Calendar.months.block(of: day), plane: number)
        waiting[key, default: []].append((day, values, files))
        guard waiting[key]?.count == expectedCounts[key], let days = waiting.removeValue(forKey: key) else {
            return
        }
        let reasons = try watch.refused(
            days.map { ($0.day, $0.values, fileName(of: $0.day, in: $0.files)) }, of: kinds[number],
            after: predecessor, columns: grid.columns, team: team)
        refused += reasons.map { ($0.key, $0.value) }
        let sorted = days.filter { reasons[$0.day] == nil }.sorted { $0.day < $1.day }
        guard !sorted.isEmpty else { return }
        let name = kinds[number].planeName
        let path = "\(folder(of: name))/\(Calendar.months.name(ofBlock: key.month)).tif"
        try write(
            sorted.map { (label: $0.day.iso, day: $0.day, values: $0.values) }, key: key, grid: grid, to: path
        )
        for (band, plane) in sorted.enumerated() {
            var step = stepsByDay[plane.day] ?? SourceManifest.Step(day: plane.day, files: [], planes: [:])
            step.files = Set(step.files + plane.files).sorted()
            step.planes[name] = SourceManifest.Plane(path: path, band: band + 1)
            stepsByDay[plane.day] = step
        }
    }

    /// The file that a plane is told by: that of its day, where it is made of several.
    private func fileName(of day: Day, in files: [Int]) -> String {
        let own = files.filter(paths.indices.contains).map { paths[$0] }
        let named = source.path.path(for: day)
        guard own.count > 2 else { return own.first { $0 == named } ?? own.first ?? named }
        return "\(own[0]) and \(own.count - 1) more"
    }

    /// Writes variables that have no time.
    mutating func writeFixed(
        _ variables: [NetCDFVariable], window: SourceWindow, file: Int
    ) throws -> SourceManifest.Step {
        var planes: [String: SourceManifest.Plane] = [:]
        for variable in variables {
            kinds.append(SourceVariable(variable.name))
            let path = "\(folder(of: variable.name))/fixed.tif"
            let values = try window.read(variable, step: 0, team: team)
            try write(
                [(label: variable.name, day: Day(number: 0), values: values)],
                key: Key(month: 0, plane: kinds.count - 1), grid: window.grid, to: path)
            planes[variable.name] = SourceManifest.Plane(path: path, band: 1)
        }
        return SourceManifest.Step(day: nil, files: [file], planes: planes)
    }

    private mutating func write(
        _ planes: [(label: String, day: Day, values: [Float])], key: Key, grid: Grid, to path: String
    ) throws {
        let digests = digests(of: planes, name: kinds[key.plane].planeName)
        let encoding = OutputEncoding(type: .float32, noData: .nan, unit: "", compression: .zstd)
        let bytes = try GeoTIFFEncoder(
            grid: grid, blockSize: blockSize(on: grid), encoding: encoding, interleave: .pixel,
            threadCount: team.threadCount
        ).encode(
            bands: planes.map {
                GeoTIFFBand(description: $0.label, metadata: [:], values: .float32($0.values))
            }, metadata: ["TILTH_SOURCE": source.name, "TILTH_VARIABLE": kinds[key.plane].planeName])
        written[key] = (try run.writeOutput(bytes, to: path), digests)
    }

    private func digests(
        of planes: [(label: String, day: Day, values: [Float])], name: String
    ) -> [ValueDigest] {
        team.map(planes.count) { number in
            let plane = planes[number]
            return ValueDigest(
                layer: name, day: plane.day, sha256: RasterBuffer.float32(plane.values).digest,
                validCount: plane.values.validCount)
        }
    }

    private func folder(of name: String) -> String { "covariates/\(source.name)/\(name)" }

    /// Cells under one tile, in the multiples of 16 that TIFF asks for.
    private func blockSize(on planes: Grid) -> Int {
        let tileShare = Double(product.tilePixels) / Double(max(product.grid.columns, product.grid.rows))
        let cells = Int((Double(max(planes.columns, planes.rows)) * tileShare).rounded(.up))
        return min(max((cells + 15) / 16 * 16, 16), 512)
    }
}
