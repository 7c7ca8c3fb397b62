import Forests
import Foundation
import Tiling

/// Whether a forest is the one that a layer's features were written for.
struct ForestMatch {
    let layer: Layer
    let product: Product
    let path: String

    /// The layer's forest, read and checked.
    func forest() throws -> Forest {
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure.wrongUse(
                "\(path): no forest there yet: `tilth train` grows one from station files, `tilth forest "
                    + "import` takes one from elsewhere")
        }
        let forest = try Forest(contentsOf: path)
        try check(forest)
        return forest
    }

    func check(_ forest: Forest) throws {
        let names = forest.features.map(\.name)
        guard names == layer.features else {
            throw Failure.wrongUse("\(path): the forest of layer '\(layer.name)' \(difference(from: names))")
        }
        for (name, rules) in forest.derivations.sorted(by: { $0.key < $1.key }) {
            guard let covariate = product.covariate(named: name), covariate.rulesText != rules else {
                continue
            }
            throw Failure.wrongUse(
                "\(path): the forest was trained with '\(name)' made by [\(rules)], the product makes it by "
                    + "[\(covariate.rulesText)]: correct the product, or train again")
        }
        for feature in forest.features where !feature.unit.isEmpty {
            guard let covariate = product.covariate(named: feature.name), covariate.unit != feature.unit
            else { continue }
            throw Failure.wrongUse(
                "\(path): the forest takes '\(feature.name)' in '\(feature.unit)', the product gives it in "
                    + "'\(covariate.unit)': convert it with scale and offset, and name the forest's unit")
        }
    }

    private func difference(from names: [String]) -> String {
        if names.count != layer.features.count {
            return "takes \(names.count) features (\(names.joined(separator: ", "))), the product lists "
                + "\(layer.features.count)"
        }
        if Set(names) == Set(layer.features) {
            return "takes its features in another order: \(names.joined(separator: ", "))"
        }
        let unknown = zip(names, layer.features).first { $0 != $1 }!
        return "takes '\(unknown.0)' where the product lists '\(unknown.1)'"
    }
}
