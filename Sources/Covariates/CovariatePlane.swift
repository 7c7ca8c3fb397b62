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

    /// The same plane with each value replaced.
    func map(_ transform: (Float) -> Float) -> CovariatePlane {
        switch self {
        case .fixed(let values): .fixed(values.map(transform))
        case .coarse(let values, let cellCount, let cellOfPixel):
            .coarse(values: values.map(transform), cellCount: cellCount, cellOfPixel: cellOfPixel)
        case .daily(let values): .daily(values.map(transform))
        case .date(let values): .date(values.map(transform))
        }
    }

    /// Two planes joined value by value, in the smallest shape that holds both.
    func combined(
        with other: CovariatePlane, pixelCount: Int, dayCount: Int, _ join: (Float, Float) -> Float
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
            var values: [Float] = []
            values.reserveCapacity(pixelCount * dayCount)
            for day in 0..<dayCount {
                for pixel in 0..<pixelCount {
                    values.append(
                        join(
                            value(pixel: pixel, day: day, pixelCount: pixelCount),
                            other.value(pixel: pixel, day: day, pixelCount: pixelCount)))
                }
            }
            return .daily(values)
        }
    }
}
