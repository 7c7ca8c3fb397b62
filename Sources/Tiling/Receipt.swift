/// What a finished unit proves: which inputs it read, which values it made, and in which files they are.
///
/// Written as one line of JSON; the same bytes stand in the worker's receipt log, on the wire, and in the
/// ledger.
public struct Receipt: Hashable, Codable, Sendable {
    /// The unit's name, such as `predict/x45y12/2016-01`.
    public var unit: String
    public var generation: UInt32
    public var attempt: UInt32
    public var worker: String
    public var node: String
    public var software: String
    public var recipe: Digest
    public var inputs: [InputFile]
    public var outputs: [OutputFile]
    /// In the order of days, then layers.
    public var values: [ValueDigest]
    public var missing: [MissingDay]
    /// Seconds by phase: `read`, `predict`, `write` …
    public var seconds: [String: Double]
    /// UTC, ISO 8601.
    public var finishedAt: String

    public init(
        unit: String, generation: UInt32, attempt: UInt32, worker: String, node: String, software: String,
        recipe: Digest, inputs: [InputFile], outputs: [OutputFile], values: [ValueDigest],
        missing: [MissingDay], seconds: [String: Double], finishedAt: String
    ) {
        self.unit = unit
        self.generation = generation
        self.attempt = attempt
        self.worker = worker
        self.node = node
        self.software = software
        self.recipe = recipe
        self.inputs = inputs
        self.outputs = outputs
        self.values = values
        self.missing = missing
        self.seconds = seconds
        self.finishedAt = finishedAt
    }

    /// The identity of the result: equal for every attempt that computed the same values, whatever the file's
    /// bytes.
    public var valuesDigest: Digest {
        Digest(of: values.map { "\($0.layer) \($0.day) \($0.sha256)\n" }.joined())
    }
}

/// A file that a unit read.
public struct InputFile: Hashable, Codable, Sendable {
    /// Relative to the data root.
    public let path: String
    public let byteCount: Int
    /// Seconds since 1970: a cheap first look whether the file has changed.
    public let modifiedAt: Double
    /// Of all of its bytes. Nil where the unit read a part of them, and they are not read twice for it: of
    /// the next month's file, whose own unit knows it, and of DEMs, which many units share.
    public var sha256: Digest?

    public init(path: String, byteCount: Int, modifiedAt: Double, sha256: Digest?) {
        self.path = path
        self.byteCount = byteCount
        self.modifiedAt = modifiedAt
        self.sha256 = sha256
    }
}

/// A file that a unit wrote.
public struct OutputFile: Hashable, Codable, Sendable {
    /// Relative to the run directory.
    public let path: String
    public let byteCount: Int
    public let sha256: Digest

    public init(path: String, byteCount: Int, sha256: Digest) {
        self.path = path
        self.byteCount = byteCount
        self.sha256 = sha256
    }
}

/// The digest of the decoded values of one layer (or one source variable) on one day: little-endian, row by
/// row.
public struct ValueDigest: Hashable, Codable, Sendable {
    public let layer: String
    public let day: Day
    public let sha256: Digest
    /// Pixels that are not missing.
    public let validCount: Int

    public init(layer: String, day: Day, sha256: Digest, validCount: Int) {
        self.layer = layer
        self.day = day
        self.sha256 = sha256
        self.validCount = validCount
    }
}

/// A day without a result, and why.
public struct MissingDay: Hashable, Codable, Sendable {
    public let day: Day
    public let reason: String

    public init(day: Day, reason: String) {
        self.day = day
        self.reason = reason
    }
}
