import Forests
import Foundation
import Storage
import Synchronization
import Tiling

/// A folder that remembers fits, so that a grid goes on where it was broken off, and several processes can
/// share one: each appends to a file of its own and reads those of all.
public struct FitStore: Sendable {
    private let folder: String
    private let name: String

    /// `name` is that of this process's file; processes that run at the same time need different ones.
    public init(folder: String, name: String) throws {
        self.folder = folder
        self.name = name
        try DurableFile.makeFolder(folder)
    }

    /// One line of a file.
    private struct Line: Codable {
        /// What the fit depends on besides its cell and fold: rows, folds, other settings.
        let of: String
        let fit: FitScore
    }

    /// The fits that are there for these rows, folds and settings.
    func known(settings: GrowingSettings, table: SampleTable, plan: SplitPlan) -> FitBook {
        let key = Self.key(settings, table, plan)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var fits: [FitScore] = []
        for name in names.sorted() where name.hasSuffix(".fits") {
            let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data()
            // A process that was killed may have left half a line: it is not one.
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                if let line = try? JSONDecoder().decode(Line.self, from: line), line.of == key {
                    fits.append(line.fit)
                }
            }
        }
        let path = "\(folder)/\(name).fits"
        return FitBook(fits) { fit in
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            // The newline in front ends what a killed process left.
            let line = "\n" + String(decoding: try encoder.encode(Line(of: key, fit: fit)), as: UTF8.self)
            try Self.append(line + "\n", to: path)
        }
    }

    private static func append(_ text: String, to path: String) throws {
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw StationError(source: path, problem: "cannot be written: check the folder of --fits")
        }
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: Data(text.utf8))
    }

    private static func key(_ settings: GrowingSettings, _ table: SampleTable, _ plan: SplitPlan) -> String {
        var hasher = Digest.Hasher()
        for values in table.columns + [table.targetValues] {
            values.withUnsafeBytes { hasher.update($0) }
        }
        for split in plan.splits { split.test.withUnsafeBytes { hasher.update($0) } }
        let rules =
            "\(settings.treeCount) \(settings.sampling) \(settings.splits) "
            + "\(settings.constantFeatures) \(settings.seed)"
        Array(rules.utf8).withUnsafeBytes { hasher.update($0) }
        return String(hasher.finish().hex.prefix(24))
    }
}

/// The fits of one grid while threads add to them.
final class FitBook: Sendable {
    private struct Store {
        var fits: [GridSearch.Fit: FitScore] = [:]
        var addedCount = 0
    }

    private let store: Mutex<Store>
    private let write: (@Sendable (FitScore) throws -> Void)?

    init(_ known: [FitScore] = [], write: (@Sendable (FitScore) throws -> Void)? = nil) {
        var fits: [GridSearch.Fit: FitScore] = [:]
        for fit in known { fits[.init(features: fit.features, leaf: fit.leaf, fold: fit.fold)] = fit }
        store = Mutex(Store(fits: fits))
        self.write = write
    }

    /// Fits of this process.
    var addedCount: Int { store.withLock { $0.addedCount } }

    subscript(_ fit: GridSearch.Fit) -> FitScore? { store.withLock { $0.fits[fit] } }

    func add(_ score: FitScore) throws {
        try store.withLock {
            $0.fits[.init(features: score.features, leaf: score.leaf, fold: score.fold)] = score
            $0.addedCount += 1
            try write?(score)
        }
    }
}
