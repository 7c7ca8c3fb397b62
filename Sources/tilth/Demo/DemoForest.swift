import Forests
import Foundation

extension DemoSamples {
    /// The bytes of a forest file that has learned from these samples.
    func forestFile(parameters: DemoParameters) throws -> [UInt8] {
        var settings = ForestGrower.Settings()
        settings.treeCount = parameters.treeCount
        settings.featuresPerSplit = 6
        settings.minimumLeafRowCount = parameters.leafSize
        settings.seed = parameters.seed
        settings.threadCount = ProcessInfo.processInfo.activeProcessorCount
        var forest = try ForestGrower(settings).grow(
            columns: columns, features: DemoSamples.features.map { Forest.Feature(name: $0, unit: $1) },
            targetValues: targets, target: Forest.Feature(name: "soil moisture", unit: "m3 m-3"))
        forest.provenance["samples"] =
            "\(count) pixels and days of a synthetic world, sensor noise \(DemoSamples.noise) m3/m3"
        return try forest.serialized()
    }
}
