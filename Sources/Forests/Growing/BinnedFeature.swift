/// A feature cut into at most 256 bins of about equally many rows.
///
/// Bin `b` holds the values `edges[b - 1] < x <= edges[b]`, so a split between bins is exactly `x <=
/// edges[b]`.
struct BinnedFeature: Sendable {
    let edges: [Float]
    let bins: [UInt8]

    var binCount: Int { edges.count + 1 }

    init(_ values: [Float], binCount: Int) {
        precondition((2...256).contains(binCount))
        let sorted = values.sorted()
        var edges: [Float] = []
        for bin in 1..<binCount {
            let place = sorted.count * bin / binCount
            guard place > 0 else { continue }
            let (below, above) = (sorted[place - 1], sorted[place])
            guard below < above else { continue }
            // Halfway between two values, as other libraries choose it; the lower one where the mean rounds
            // up to the upper.
            let middle = below / 2 + above / 2
            let edge = middle >= below && middle < above ? middle : below
            if edges.last.map({ $0 < edge }) ?? true { edges.append(edge) }
        }
        if edges.isEmpty, let edge = Self.someEdge(sorted) { edges = [edge] }
        self.edges = edges
        bins = values.map { value in UInt8(Self.firstEdge(edges, notBelow: value)) }
    }

    /// Quantiles that all fall on one repeated value miss what lies beside it.
    private static func someEdge(_ sorted: [Float]) -> Float? {
        guard let first = sorted.first, let last = sorted.last, first < last else { return nil }
        return first == sorted[sorted.count / 2] ? first : sorted.last { $0 < last }
    }

    private static func firstEdge(_ edges: [Float], notBelow value: Float) -> Int {
        var (low, high) = (0, edges.count)
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
