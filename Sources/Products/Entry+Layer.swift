import Tiling

/// A layer as the file spells it.
struct LayerMember {
    /// For the checks across layers, and of features against the pool.
    let name: Entry?
    let features: [Entry]
    /// Nil when anything in it is wrong.
    let layer: Layer?
}

extension Entry {
    /// The `number`-th layer, counted from 1.
    func layerMember(number: Int) -> LayerMember {
        let label = peek("name")?.word.map { "layer '\($0)'" } ?? "layer \(number)"
        let entry = labelled(label, example: Schema.layer.example)
        guard let section = Section(entry, .layer) else {
            return LayerMember(name: nil, features: [], layer: nil)
        }
        let name = section["name"]?.name()
        let depth = section.value(of: "depth", default: [Double]?.none) { $0.depth().map(Optional.some) }
        let model = section["model"]?.fixedPath()
        let features = section["features"]?.items() ?? []
        let names = features.compactMap { $0.text() }
        var layer: Layer?
        if let name, let depth, let model, !names.isEmpty, names.count == features.count {
            layer = Layer(name: name, depth: depth, model: model, features: names)
        }
        return LayerMember(name: name == nil ? nil : section["name"], features: features, layer: layer)
    }

    /// Upper and lower, metres below the surface.
    private func depth() -> [Double]? {
        guard let (upper, lower) = range() else { return nil }
        guard upper >= 0 else {
            return refused("\(upper) is above the ground: depths are metres below the surface")
        }
        return [upper, lower]
    }
}
