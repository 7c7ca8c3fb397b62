import Tiling

/// One axis of a source grid: how many cells it has, and whether the last one borders on the first.
struct SourceAxis {
    let cellCount: Int
    let wraps: Bool

    /// Relative noise of coordinates that went through a file, a transform or a subtraction, in cells.
    static let noise = 1e-9
    /// Shares of a cell below this are an artefact of grids that nearly coincide.
    static let sliver = 1e-6

    /// Whether a position, in cells from the outer edge of the first cell, lies on the axis.
    func reaches(_ position: Double) -> Bool {
        guard SourceAxis.isPlace(position) else { return false }
        return wraps || (-SourceAxis.noise <= position && position <= Double(cellCount) + SourceAxis.noise)
    }

    /// Whether a coordinate is one at all: a transform gives infinity for points that it cannot place.
    static func isPlace(_ position: Double) -> Bool { abs(position) < 1e9 }

    /// A cell number brought back onto an axis that wraps.
    func wrapped(_ cell: Int) -> Int {
        guard wraps else { return cell }
        let remainder = cell % cellCount
        return remainder < 0 ? remainder + cellCount : remainder
    }
}

/// For each place along one axis: the source cells that count, and their weights. No cells where nothing is
/// reached.
struct AxisTaps {
    /// First cell of each place.
    private(set) var first: [Int32] = []
    /// Where the weights of each place begin; one more entry than places.
    private(set) var starts: [Int32] = [0]
    private(set) var weights: [Double] = []

    var placeCount: Int { first.count }

    func count(at place: Int) -> Int { Int(starts[place + 1] - starts[place]) }

    mutating func appendNothing() { append(first: 0, []) }

    /// The cell that holds the position. On the edge of two cells it is the one with the higher number, that
    /// is to the east or the south; positions within `noise` below an edge count as on it.
    mutating func appendNearest(_ position: Double, on axis: SourceAxis) {
        guard axis.reaches(position) else { return appendNothing() }
        let cell = axis.wrapped(Int((position + SourceAxis.noise).rounded(.down)))
        append(first: min(max(cell, 0), axis.cellCount - 1), [1])
    }

    /// The two cells whose centres enclose the position; beyond the outermost centre, the outermost cell.
    mutating func appendLinear(_ position: Double, on axis: SourceAxis) {
        guard axis.reaches(position) else { return appendNothing() }
        let fromCentre = position - 0.5
        var cell = Int(fromCentre.rounded(.down))
        var share = fromCentre - Double(cell)
        if share < SourceAxis.sliver {
            share = 0
        } else if share > 1 - SourceAxis.sliver {
            cell += 1
            share = 0
        }
        if !axis.wraps && cell < 0 {
            append(first: 0, [1])
        } else if !axis.wraps && cell >= axis.cellCount - 1 {
            append(first: axis.cellCount - 1, [1])
        } else {
            append(first: axis.wrapped(cell), share == 0 ? [1] : [1 - share, share])
        }
    }

    /// The cells under `lower..<upper`, each with the length that is covered, for a pixel whose centre is
    /// `centre`.
    mutating func appendCovered(lower: Double, upper: Double, centre: Double, on axis: SourceAxis) {
        guard axis.reaches(centre), SourceAxis.isPlace(lower), SourceAxis.isPlace(upper)
        else { return appendNothing() }
        var lower = AxisTaps.snapped(lower)
        var upper = AxisTaps.snapped(upper)
        if !axis.wraps {
            lower = max(lower, 0)
            upper = min(upper, Double(axis.cellCount))
        }
        guard lower < upper else { return appendNearest(centre, on: axis) }
        let firstCell = Int(lower.rounded(.down))
        let endCell = min(Int(upper.rounded(.up)), firstCell + axis.cellCount)
        append(
            first: axis.wrapped(firstCell),
            (firstCell..<endCell).map { min(upper, Double($0 + 1)) - max(lower, Double($0)) })
    }

    /// Edges of nearly coinciding grids coincide.
    private static func snapped(_ edge: Double) -> Double {
        let whole = edge.rounded()
        return abs(edge - whole) < SourceAxis.sliver ? whole : edge
    }

    private mutating func append(first cell: Int, _ cellWeights: [Double]) {
        first.append(Int32(cell))
        weights += cellWeights
        starts.append(Int32(weights.count))
    }
}
