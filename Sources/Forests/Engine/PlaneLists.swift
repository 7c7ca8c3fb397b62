/// What a plane has in a superblock: a list of values for each day, or one for all days.
struct PlaneLists {
    let shape: BlockShape
    let values: UnsafeBufferPointer<Float>
    /// Where in the plane the first list begins, and how far apart the lists are.
    let first: Int
    let stride: Int
    let count: Int
    /// Where in a list of the plane its values are; of a cell that the grid lacks, negative.
    let numbers: UnsafeBufferPointer<Int32>
    /// The cells, if that is what the plane has values for.
    let cells: GridCells?

    @inline(__always)
    func value(_ list: Int, _ place: Int) -> Float {
        let number = Int(numbers[place])
        return number < 0 ? .nan : values[first &+ list &* stride &+ number]
    }

    /// Some of the values, from all over the lists.
    var sample: [Float] {
        let steps = 8
        return (0..<steps).flatMap { day in
            (0..<steps).map { place in
                value(day * (count - 1) / (steps - 1), place * (numbers.count - 1) / (steps - 1))
            }
        }
    }
}

extension FeaturePlane {
    /// What the plane has in a superblock with at least one pixel and day.
    ///
    /// - Parameter cells: those of the plane's grid, or the one cell of a plane that has only days.
    func withLists<Result>(
        in layout: BlockLayout, cells: GridCells?, _ body: (PlaneLists) throws -> Result
    ) rethrows -> Result {
        let pixels = UnsafeBufferPointer(start: layout.groups.inOrder, count: layout.groups.pixelCount)
        func lists(
            _ shape: BlockShape, _ source: [Float], from first: Int, stride: Int, count: Int,
            _ numbers: UnsafeBufferPointer<Int32>
        ) throws -> Result {
            try source.withUnsafeBufferPointer { source in
                try body(
                    PlaneLists(
                        shape: shape, values: source, first: first, stride: stride, count: count,
                        numbers: numbers, cells: cells))
            }
        }
        let (first, count) = (layout.days.lowerBound, layout.days.count)
        switch self {
        case .fixed(let source):
            let isForPixels = layout.daysPerBlock == Block.dayCount
            return try lists(
                isForPixels ? .pixels : .rows, source, from: 0, stride: 0, count: isForPixels ? 1 : count,
                pixels)
        case .daily(let source):
            let stride = layout.pixelCount
            return try lists(.rows, source, from: first * stride, stride: stride, count: count, pixels)
        case .coarse(let source, let cellCount, _):
            return try (cells?.numbers ?? []).withUnsafeBufferPointer {
                try lists(
                    cells?.straddles == true ? .rows : .lines, source, from: first * cellCount,
                    stride: cellCount, count: count, $0)
            }
        case .date(let source):
            return try (cells?.numbers ?? []).withUnsafeBufferPointer {
                try lists(.lines, source, from: first, stride: 1, count: count, $0)
            }
        }
    }
}
