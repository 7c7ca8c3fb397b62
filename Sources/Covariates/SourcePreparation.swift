import Rasters
public import Storage
public import Tiling

/// Executes prepare units: one source over one of its file periods.
///
/// Decodes each file once, in the order of days, and leaves a manifest. Rasters stay where they are; netCDF
/// variables become planes that a tile can read without touching the rest of the globe.
public struct SourcePreparation {
    /// What the unit's receipt says.
    public struct Result: Sendable {
        public var inputs: [InputFile] = []
        /// Planes, then the manifest.
        public var outputs: [OutputFile] = []
        /// Per day and variable of the planes; a variable without time carries 1970-01-01.
        public var values: [ValueDigest] = []
        public var missing: [MissingDay] = []
    }

    public let plan: RunPlan
    public let run: RunDirectory
    /// Called once for each source file that is decoded, so that tests can count.
    var fileWasOpened: (String) -> Void = { _ in }
    /// About how many values are read at once; tests make it small.
    var slabValues: Int
    /// Who decodes chunks and adds hours up. The values do not depend on how many they are.
    let team: LoopTeam

    /// `scratchBytes` bounds the hours that are in memory at once, beside the planes of a month.
    public init(plan: RunPlan, run: RunDirectory, threadCount: Int = 1, scratchBytes: Int = .max) {
        self.plan = plan
        self.run = run
        // One half for the hours, the other for the chunks that the threads inflate.
        team = LoopTeam(threadCount: threadCount, scratchBytes: scratchBytes / 2)
        slabValues = min(
            Self.slabValues(threadCount: threadCount), max(1_000_000, scratchBytes / 2 / Self.valueBytes))
    }

    /// What the hours of a slab take where nothing bounds them.
    public static func slabByteCount(threadCount: Int) -> Int {
        slabValues(threadCount: threadCount) * valueBytes
    }

    private static let valueBytes = MemoryLayout<Float>.stride

    /// A slab of many hours has a chunk for each thread.
    private static func slabValues(threadCount: Int) -> Int {
        NetCDFVariable.slabValues * ((threadCount + 5) / 6)
    }

    /// Runs one prepare unit to its end. Running it again gives the same files.
    public func execute(_ unit: UnitID) throws -> Result {
        guard unit.stage == .prepare, plan.sources.indices.contains(Int(unit.place)) else {
            throw CovariateError.notInPlan(unit: plan.name(of: unit))
        }
        let source = plan.sources[Int(unit.place)]
        let block = source.calendar.name(ofBlock: Int(unit.block))
        let files = source.files(inBlock: Int(unit.block))
        var listing = FileListing(root: plan.dataRoot)
        var found = try existing(files, of: source, in: &listing)
        var result = Result()
        switch source.content {
        case .raster(let bands):
            let before = predecessor(of: Int(unit.block), source: source, listing: &listing)
            try list(bands, of: source, after: before, into: &found)
        case .granules(let layers):
            try list(granules: layers, into: &found)
        case .topographicIndex:
            try listIndex(into: &found)
        case .netCDF(let variables):
            let planes = try cutUsable(
                variables, of: source, block: Int(unit.block), listing: &listing, into: &found)
            result.outputs = planes.outputs
            result.values = planes.values
        }
        for input in found.inputs + found.unseen {
            guard try input.isUnchanged(at: absolutePath(of: input.path, in: plan.dataRoot)) else {
                throw CovariateError.changedWhileRead(path: input.path)
            }
        }
        let manifest = SourceManifest(
            source: source.name, block: block, files: found.inputs + found.unseen, grid: found.grid,
            isPrepared: source.isPrepared,
            steps: found.steps.sorted { ($0.day?.number ?? 0) < ($1.day?.number ?? 0) },
            missing: found.missingDays)
        let path = SourceManifest.path(source: source.name, block: block)
        result.outputs.append(try run.writeOutput(CanonicalJSON.bytes(manifest), to: path))
        result.inputs = manifest.files
        result.missing = manifest.missing
        return result
    }

    /// What is known of a block while its files are read.
    struct Findings {
        /// The files that exist, and their facts.
        var files: [ExpectedFile] = []
        var inputs: [InputFile] = []
        var grid: Grid?
        var steps: [SourceManifest.Step] = []
        /// Files of the block that are not there.
        var absent: [ExpectedFile] = []
        /// Files in which nothing was seen: listed, and of no step.
        var unseen: [InputFile] = []
        /// Files of other blocks that were looked at for their hours.
        var neighbours: [ExpectedFile] = []
        /// Those of them that cannot be used, and why.
        var unusable: [(file: ExpectedFile, problem: String)] = []
        /// Why a day lacks something, each reason once.
        private var reasons: [Day: [String]] = [:]

        mutating func miss(_ day: Day, _ reason: String) {
            if reasons[day]?.contains(reason) != true { reasons[day, default: []].append(reason) }
        }

        /// Ascending, each day once.
        var missingDays: [MissingDay] {
            reasons.sorted { $0.key < $1.key }.map {
                MissingDay(day: $0.key, reason: $0.value.joined(separator: "; "))
            }
        }
    }

    /// A file that is not there makes its days missing; a fixed one must be there.
    private func existing(
        _ files: [ExpectedFile], of source: PlannedSource, in listing: inout FileListing
    ) throws -> Findings {
        var found = Findings()
        for file in files {
            let present = try source.existing(file, in: &listing)
            for file in present {
                found.files.append(file)
                // What is decoded here is hashed on the way.
                found.inputs.append(
                    try FileDigest.inputFile(
                        path: file.path, relativeTo: plan.dataRoot, hashing: !source.isDecodedHere))
            }
            guard present.isEmpty else { continue }
            if source.path.isFixed { throw CovariateError.doesNotExist(path: file.path) }
            found.absent.append(file)
            // The steps of an absent file of hours may make days of another one, and the other way round.
            guard source.hasDailySteps else { continue }
            for day in file.steps { found.miss(day, source.absence(of: file.path)) }
        }
        return found
    }

    /// The run has made it already; it is read in place, too.
    private func listIndex(into found: inout Findings) throws {
        let path = PlannedTerrain.mapPath
        found.grid = try RasterFile(path: run.absolute(path)).info.grid
        found.steps = [
            SourceManifest.Step(
                day: nil, files: [],
                planes: [FileSource.variable(ofBand: 1): SourceManifest.Plane(path: path, band: 1)])
        ]
    }

    /// Rasters are read in place: here they are only understood.
    private func list(
        _ bands: [Int], of source: PlannedSource, after before: (path: String, grid: Grid)?,
        into found: inout Findings
    ) throws {
        var order = BandOrder(of: source, in: plan.product)
        for (number, file) in found.files.enumerated() {
            fileWasOpened(file.path)
            let info = try RasterFile(path: absolutePath(of: file.path, in: plan.dataRoot)).info
            if let band = bands.last, band > info.bandCount {
                throw CovariateError.unusable(
                    path: file.path,
                    problem: "has \(counted(info.bandCount, "band")), the product asks for band \(band)")
            }
            try order.check(info, bands: bands, path: file.path)
            try file.check(info.period)
            if number == 0, let before { try check(info.grid, of: file.path, after: before) }
            try found.adopt(info.grid, of: file.path)
            if number == 0 { try lookAt(file, on: info.grid, of: source) }
            let planes = Dictionary(
                uniqueKeysWithValues: bands.map {
                    (FileSource.variable(ofBand: $0), SourceManifest.Plane(path: file.path, band: $0))
                })
            let days: [Day?] = file.days == nil ? [nil] : file.steps
            found.steps += days.map { SourceManifest.Step(day: $0, files: [number], planes: planes) }
        }
    }
}

extension SourcePreparation {
    /// The first raster of a block stands for all of them.
    private func lookAt(_ file: ExpectedFile, on grid: Grid, of source: PlannedSource) throws {
        guard !plan.tiles.isEmpty else { return }
        let look = FirstLook(plan: plan, grid: grid, path: file.path, day: file.days?.first)
        for covariate in plan.product.covariates {
            guard case .files(let files) = covariate.source, files.path == source.path,
                case .raster(let band) = files.content, covariate.quality == nil
            else { continue }
            do {
                try look.check(covariate, band: band)
            } catch is RasterError {
                // Of a part that cannot be read the units tell that need it: others go on.
            }
        }
    }
}

extension SourcePreparation.Findings {
    /// All files of a source lie on one grid.
    mutating func adopt(_ other: Grid, of path: String) throws {
        guard let grid else {
            self.grid = other
            return
        }
        guard other.nearlyEquals(grid), other.crs == grid.crs else {
            throw CovariateError.unusable(
                path: path,
                problem: "lies on another grid (\(other.summary(beside: grid))) than the file before it "
                    + "(\(grid.summary)): a source has one grid")
        }
    }
}

extension PlannedSource {
    /// Whether some variable has its days in the file, not its hours.
    var hasDailySteps: Bool {
        guard case .netCDF(let variables) = content else { return true }
        return variables.contains { $0.daily == nil }
    }

    /// Whether its files become planes: others are read in place, by whom they concern.
    fileprivate var isDecodedHere: Bool {
        if case .netCDF = content { true } else { false }
    }

    /// Whether its planes lie in the run directory.
    var isPrepared: Bool {
        switch content {
        case .netCDF, .topographicIndex: true
        case .raster, .granules: false
        }
    }
}
