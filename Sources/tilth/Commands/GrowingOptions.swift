import ArgumentParser
import Forests
import Foundation

/// How a forest is grown, as every command that grows one asks for it.
struct GrowingOptions: ParsableArguments {
    @Flag(
        name: .long,
        help: """
            Grow as GSSM1km does: 20 trees, leaves of 1 row, 4 features a split, half of the rows without \
            replacement, constant features drawn past. Other options change it.
            """)
    var gssm1km = false
    @Option(name: .long, help: "Trees (100).") var trees: Int?
    @Option(name: .long, help: "Features per split: a count, a fraction such as 0.33, or all (all).")
    var featuresPerSplit: String?
    @Option(name: .long, help: "Different rows in each leaf, at least (1).") var leafRows: Int?
    @Option(name: .long, help: "Share of the rows to draw for a tree (1).") var rowShare: Double?
    @Flag(name: .long, help: "Draw each row at most once.") var withoutReplacement = false
    @Option(name: .long, help: "Cut features into so many classes, 2 to 256, instead of exact splits.")
    var histogram: Int?
    @Option(name: .long, help: "What all randomness comes from (0).") var seed: UInt64?
    @Option(name: .customLong("threads"), help: "Threads that grow trees. Default: all processors.")
    var threadLimit: Int?
    @Flag(name: .long, help: "Leave the out-of-bag score out.") var noScore = false

    func validate() throws {
        guard threads >= 1 else { throw ValidationError("--threads \(threads): at least 1") }
        _ = try settings
    }

    /// The forest is the same whatever their number.
    var threads: Int { threadLimit ?? ProcessInfo.processInfo.activeProcessorCount }

    /// What the options say, checked.
    var settings: GrowingSettings {
        get throws {
            var settings = gssm1km ? GrowingSettings.gssm1km : GrowingSettings()
            settings.treeCount = trees ?? settings.treeCount
            settings.minimumLeafRows = leafRows ?? settings.minimumLeafRows
            settings.seed = seed ?? settings.seed
            settings.threadCount = threads
            settings.scoresOutOfBag = !noScore
            if let featuresPerSplit { settings.featuresPerSplit = try Self.share(featuresPerSplit) }
            if let histogram { settings.splits = .histogram(bins: histogram) }
            if rowShare != nil || withoutReplacement {
                let share = rowShare ?? (gssm1km ? 0.5 : 1)
                settings.sampling =
                    withoutReplacement || gssm1km
                    ? .withoutReplacement(share: share) : .bootstrap(share: share)
            }
            return settings
        }
    }

    private static func share(_ text: String) throws -> GrowingSettings.FeatureShare {
        if text == "all" { return .all }
        if let count = Int(text) { return .count(count) }
        if let fraction = Double(text) { return .fraction(fraction) }
        throw ValidationError("--features-per-split \(text): a count, a fraction such as 0.33, or all")
    }
}
