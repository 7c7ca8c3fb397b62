/// The values of one covariate over a tile's pixels and days, in their natural shape. Missing is NaN.
public enum CovariatePlane: Equatable, Sendable {
    /// One value per pixel, the same on all days: [pixel].
    case fixed([Float])
    /// One value per source cell and day: [day * cellCount + cell], and the cell of each pixel. Every index
    /// is valid: pixels that the source does not reach point to a cell that is NaN on all days.
    case coarse(values: [Float], cellCount: Int, cellOfPixel: [Int32])
    /// One value per pixel and day: [day * pixelCount + pixel].
    case daily([Float])
    /// One value per day, the same for all pixels: [day].
    case date([Float])

    /// The value of one pixel on one day, both counted from 0; `pixelCount` is that of the stack.
    public func value(pixel: Int, day: Int, pixelCount: Int) -> Float {
        switch self {
        case .fixed(let values): values[pixel]
        case .coarse(let values, let cellCount, let cellOfPixel):
            values[day * cellCount + Int(cellOfPixel[pixel])]
        case .daily(let values): values[day * pixelCount + pixel]
        case .date(let values): values[day]
        }
    }

    /// Applies a rule to each value.
    mutating func apply(_ rule: ValueRule) {
        switch self {
        case .fixed(let values): self = .fixed(rule.applied(to: values))
        case .coarse(let values, let cellCount, let cellOfPixel):
            self = .coarse(values: rule.applied(to: values), cellCount: cellCount, cellOfPixel: cellOfPixel)
        case .daily(var values):
            // The values have no other owner then, and stay where they are.
            self = .date([])
            rule.apply(to: &values)
            self = .daily(values)
        case .date(let values): self = .date(rule.applied(to: values))
        }
    }

    /// Two planes joined value by value, in the smallest shape that holds both; what has a value per pixel
    /// and day is made in `memory`.
    func combined(
        with other: CovariatePlane, pixelCount: Int, dayCount: Int, memory: PlaneMemory,
        _ join: (Float, Float) -> Float
    ) -> CovariatePlane {
        switch (self, other) {
        case (.fixed(let a), .fixed(let b)):
            return .fixed(zip(a, b).map(join))
        case (.date(let a), .date(let b)):
            return .date(zip(a, b).map(join))
        case (.coarse(let a, let cellCount, let cells), .coarse(let b, let otherCount, let others))
        where cellCount == otherCount && cells == others:
            return .coarse(values: zip(a, b).map(join), cellCount: cellCount, cellOfPixel: cells)
        default:
            var values = memory.array(count: pixelCount * dayCount)
            values.withUnsafeMutableBufferPointer { values in
                if case .daily(let a) = self, case .daily(let b) = other {
                    for place in values.indices { values[place] = join(a[place], b[place]) }
                    return
                }
                for day in 0..<dayCount {
                    for pixel in 0..<pixelCount {
                        values[day * pixelCount + pixel] = join(
                            value(pixel: pixel, day: day, pixelCount: pixelCount),
                            other.value(pixel: pixel, day: day, pixelCount: pixelCount))
                    }
                }
            }
            return .daily(values)
        }
    }
}
