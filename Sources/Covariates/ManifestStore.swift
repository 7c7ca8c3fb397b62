import Storage
import Tiling

/// The manifests of a run, each parsed once until it is written anew.
struct ManifestStore {
    let run: RunDirectory
    private var known: [String: (byteCount: Int, modifiedAt: Double, manifest: SourceManifest)] = [:]

    init(run: RunDirectory) { self.run = run }

    /// A worker outlives `tilth resume`, so the file is looked at each time.
    mutating func manifest(source: String, block: String) throws -> SourceManifest {
        let relative = SourceManifest.path(source: source, block: block)
        let path = run.absolute(relative)
        guard DurableFile.exists(path) else { throw CovariateError.notPrepared(source: source, block: block) }
        let facts = try FileDigest.facts(ofFile: path)
        if let old = known[relative], old.byteCount == facts.byteCount, old.modifiedAt == facts.modifiedAt {
            return old.manifest
        }
        let manifest: SourceManifest
        do {
            manifest = try CanonicalJSON.value(SourceManifest.self, from: try DurableFile.read(path))
        } catch let error as DecodingError {
            throw CovariateError.damagedManifest(path: path, problem: error.oneLine)
        }
        guard manifest.formatVersion == SourceManifest.currentFormatVersion else {
            throw CovariateError.damagedManifest(path: path, problem: "format \(manifest.formatVersion)")
        }
        known[relative] = (facts.byteCount, facts.modifiedAt, manifest)
        return manifest
    }
}

extension SourceManifest {
    static let currentFormatVersion = 2

    /// Relative to the run directory.
    static func path(source: String, block: String) -> String { "covariates/\(source)/\(block).json" }
}

extension DecodingError {
    fileprivate var oneLine: String {
        switch self {
        case .keyNotFound(let key, _): "'\(key.stringValue)' is not there"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            context.debugDescription
        @unknown default: "not the JSON that was expected"
        }
    }
}
