import Forests
import Foundation

extension DemoSamples {
    /// The bytes of a forest file that has learned from these samples.
    func forestFile(parameters: DemoParameters) throws -> [UInt8] {
        var settings = GrowingSettings()
        settings.treeCount = parameters.treeCount
        settings.featuresPerSplit = .count(6)
        settings.minimumLeafRows = parameters.leafSize
        settings.splits = .histogram()
        settings.seed = parameters.seed
        settings.threadCount = ProcessInfo.processInfo.activeProcessorCount
        let table = try TrainingTable(
            features: DemoSamples.features.map { Forest.Feature(name: $0, unit: $1) }, columns: columns,
            target: Forest.Feature(name: "soil moisture", unit: "m3 m-3"), targetValues: targets)
        var forest = try ForestGrower(settings).grow(table).builder
        forest.provenance["samples"] =
            "\(count) pixels and days of a synthetic world, sensor noise \(DemoSamples.noise) m3/m3"
        return try forest.serialized()
    }
}
