public import Tiling

/// Every path of a run, in one place: the folder holds all that a user needs to move, resume or audit a
/// production.
public struct RunDirectory: Sendable {
    /// Absolute.
    public let path: String

    /// Throws to keep an output from its final name.
    public typealias Fence = @Sendable () throws(StorageError) -> Void
    private let fence: Fence?

    /// `path` is made absolute by the caller. `fence` is asked for each output, before it gets its name.
    public init(_ path: String, fence: Fence? = nil) {
        self.path = path
        self.fence = fence
    }

    public var productPath: String { "\(path)/product.yaml" }
    public var planPath: String { "\(path)/plan.json" }
    public var coordinatorPath: String { "\(path)/coordinator.json" }
    public var keysPath: String { "\(path)/keys" }
    public var ledgerPath: String { "\(path)/ledger.sqlite" }
    public var receiptsPath: String { "\(path)/receipts" }
    public var covariatesPath: String { "\(path)/covariates" }
    public var mosaicsPath: String { "\(path)/mosaics" }
    public var epochsPath: String { "\(path)/epochs" }

    /// The copy of a forest.
    public func forestPath(_ digest: Digest) -> String { "\(path)/forests/\(digest).forest" }

    /// The append-only log of one worker's receipts.
    public func receiptLogPath(worker: String) -> String { "\(receiptsPath)/\(worker).log" }

    /// What a process of the run says.
    public func logPath(_ process: String) -> String { "\(path)/logs/\(process).log" }

    /// A path of a receipt, made absolute.
    public func absolute(_ relative: String) -> String { "\(path)/\(relative)" }

    /// The unit file of a tile, relative to the run: `tiles/2016/01/x45y12.tif`; blocks that are not months
    /// carry their number's first day instead of the month.
    public func tilePath(tile: Tile, block: Int, unit: Calendar) -> String {
        let name = unit.name(ofBlock: block)
        let parts = name.split(separator: "-")
        if unit == .months { return "tiles/\(parts[0])/\(parts[1])/\(tile).tif" }
        return "tiles/\(parts[0])/\(name)/\(tile).tif"
    }

    /// The mean year of a covariate on a tile, relative to the run: `climatologies/lst_day/x45y12.tif`.
    public func climatologyPath(_ climatology: PlannedClimatology, tile: Tile) -> String {
        "\(Stage.climatology.folder)/\(climatology.name)/\(tile).tif"
    }

    /// The samples of a tile, relative to the run: `samples/2016/01/x45y12.nc`.
    public func samplePath(tile: Tile, block: Int, unit: Calendar) -> String {
        let path = tilePath(tile: tile, block: block, unit: unit)
        return "samples/" + path.dropFirst("tiles/".count).dropLast("tif".count) + "nc"
    }

    /// The mosaic of a layer and day, relative to the run: `mosaics/2016/TILTH_SURFACE_20160115.tif`.
    public func mosaicPath(layer: Layer, day: Day) -> String {
        "mosaics/\(day.iso.prefix(4))/TILTH_\(layer.name.uppercased())_\(day.compact).tif"
    }

    /// Makes the folders; one line when the place cannot be written.
    public func create() throws(StorageError) {
        for name in ["forests", "receipts", "logs", "epochs"] + Stage.allCases.map(\.folder) {
            try DurableFile.makeFolder("\(path)/\(name)")
        }
        // The folders may be there from before, and yet not be ours.
        let probe = DurableFile.temporaryName(for: "\(path)/writable")
        try DurableFile.write("", to: probe)
        DurableFile.remove(probe)
    }

    /// Whether a plan was frozen here.
    public var isPlanned: Bool { DurableFile.exists(planPath) }

    /// The frozen plan.
    public func loadPlan() throws(StorageError) -> RunPlan {
        guard isPlanned else {
            throw StorageError(
                "\(path) is not a run directory: make one with `tilth plan PRODUCT --run \(path)`")
        }
        let bytes = try DurableFile.read(planPath)
        // The number first: a plan of another format may not decode as a whole.
        let format = try? CanonicalJSON.value(PlanFormat.self, from: bytes).formatVersion
        if let format, format != RunPlan.currentFormatVersion {
            throw StorageError(
                "\(planPath): format \(format), and this Tilth reads \(RunPlan.currentFormatVersion): "
                    + "use the Tilth that planned the run, or plan it again")
        }
        guard let plan = try? CanonicalJSON.value(RunPlan.self, from: bytes) else {
            throw StorageError("\(planPath): damaged: plan the run again")
        }
        return plan
    }

    /// Freezes a plan.
    public func savePlan(_ plan: RunPlan) throws(StorageError) {
        try DurableFile.write(CanonicalJSON.bytes(plan), to: planPath)
    }

    /// Writes an output durably; `relative` is its path in the run. The digest is that of the bytes in
    /// memory.
    public func writeOutput(_ bytes: [UInt8], to relative: String) throws(StorageError) -> OutputFile {
        let digest = Digest(of: bytes)
        try DurableFile.write(bytes, to: absolute(relative), unless: fence)
        return OutputFile(path: relative, byteCount: bytes.count, sha256: digest)
    }

    /// Gives a finished temporary file its place in the run.
    public func adoptOutput(temporary: String, as relative: String) throws(StorageError) -> OutputFile {
        let digest = try FileDigest.sha256(ofFile: temporary)
        let (byteCount, _) = try FileDigest.facts(ofFile: temporary)
        try DurableFile.adopt(temporary: temporary, as: absolute(relative), unless: fence)
        return OutputFile(path: relative, byteCount: byteCount, sha256: digest)
    }
}

/// Two that are the same folder are equal.
extension RunDirectory: Hashable {
    public static func == (a: RunDirectory, b: RunDirectory) -> Bool { a.path == b.path }
    public func hash(into hasher: inout Hasher) { hasher.combine(path) }
}

/// The part of a plan that every format has.
private struct PlanFormat: Decodable {
    let formatVersion: Int
}
