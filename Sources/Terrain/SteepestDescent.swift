internal import Tiling

/// D8 on filled land: to the neighbour with the steepest way down; on a flat one step nearer to its outlet.
public enum SteepestDescent {
    /// A tile's directions, without halo. `flats` are the distances of `FlatDistances` with halo, `geometry`
    /// is the whole grid's. Among equals the first counts: clockwise from the east on slopes, straight
    /// before diagonal on flats.
    public static func directions(
        _ filled: HaloTile, flats: [Int32], geometry: CellGeometry
    ) -> [FlowDirection] {
        precondition(flats.count == filled.values.count, "a distance for each cell and the halo")
        let levels = filled.values
        let offsets = filled.offsets
        var directions: [FlowDirection] = []
        directions.reserveCapacity(filled.window.pixelCount)
        for row in 0..<filled.window.rows {
            let nearness = geometry.distances(row: filled.window.row + row).map { 1 / $0 }
            let start = filled.index(column: 0, row: row)
            for index in start..<start + filled.window.columns {
                let level = levels[index]
                if level.isNaN {
                    directions.append(.missing)
                    continue
                }
                var steepest = 0.0
                var step = -1
                for number in 0..<8 {
                    // A difference with NaN is never steeper.
                    let slope = Double(level - levels[index + offsets[number]]) * nearness[number]
                    if slope > steepest {
                        steepest = slope
                        step = number
                    }
                }
                if step < 0 { step = nearer(index, levels, flats, offsets) }
                directions.append(step < 0 ? .mouth : FlowDirection(rawValue: 1 << UInt8(step)))
            }
        }
        return directions
    }

    /// The step towards the outlet of a flat; -1 at the outlet itself, where the water leaves the map.
    private static func nearer(_ index: Int, _ levels: [Float], _ flats: [Int32], _ offsets: [Int]) -> Int {
        guard flats[index] > 1 else { return -1 }
        for step in [0, 2, 4, 6, 1, 3, 5, 7] {
            let there = index + offsets[step]
            if levels[there] == levels[index], flats[there] == flats[index] - 1 { return step }
        }
        return -1
    }
}
