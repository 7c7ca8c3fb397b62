import Forests
import Foundation
import Storage
import Tiling

/// A folder that remembers fits, so that a grid goes on where it was broken off, and any number of processes
/// share one: each appends to a file of its own and reads those of all. Nothing in it is ever changed.
public struct FitStore: Sendable {
    private let folder: String

    public init(folder: String) throws {
        self.folder = folder
        try DurableFile.makeFolder(folder)
    }

    /// The fits that are there for these rows, folds and settings, and a place for more.
    func book(settings: GrowingSettings, table: SampleTable, plan: SplitPlan) throws -> FitBook {
        FitBook(folder: folder, key: try Self.key(settings, table, plan))
    }

    /// What fits depend on besides their cell and fold.
    private static func key(_ settings: GrowingSettings, _ table: SampleTable, _ plan: SplitPlan) throws
        -> String
    {
        var hasher = Digest.Hasher()
        for column in table.columns {
            try column.values().withUnsafeBytes { hasher.update($0) }
        }
        table.targetValues.withUnsafeBytes { hasher.update($0) }
        for split in plan.splits {
            for rows in [[split.trainingCount], split.training, split.test] {
                rows.withUnsafeBytes { hasher.update($0) }
            }
        }
        let rules =
            "\(settings.treeCount) \(settings.sampling) \(settings.splits) "
            + "\(settings.constantFeatures) \(settings.seed)"
        Array(rules.utf8).withUnsafeBytes { hasher.update($0) }
        return String(hasher.finish().hex.prefix(24))
    }
}
