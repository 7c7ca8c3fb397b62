/// The values of one feature over a tile and a run of days, in the shape that they have in nature. NaN is
/// missing.
public enum FeaturePlane: Sendable {
    /// One value per pixel, the same every day: `[pixel]`.
    case fixed([Float])
    /// One value per cell of a coarser grid and day: `values[day * cellCount + cell]`, where
    /// `cellOfPixel[pixel]` is the cell, negative where the coarse grid has none (missing).
    case coarse(values: [Float], cellCount: Int, cellOfPixel: [Int32])
    /// One value per pixel and day: `[day * pixelCount + pixel]`.
    case daily([Float])
    /// One value per day, the same everywhere: `[day]`.
    case date([Float])

    /// The value of one pixel on one day.
    public func value(pixel: Int, day: Int, pixelCount: Int) -> Float {
        switch self {
        case .fixed(let values): values[pixel]
        case .coarse(let values, let cellCount, let cellOfPixel):
            cellOfPixel[pixel] < 0 ? .nan : values[day * cellCount + Int(cellOfPixel[pixel])]
        case .daily(let values): values[day * pixelCount + pixel]
        case .date(let values): values[day]
        }
    }

    /// Whether the arrays have the sizes that the shape asks for.
    public func fits(pixelCount: Int, dayCount: Int) -> Bool {
        switch self {
        case .fixed(let values): values.count == pixelCount
        case .coarse(let values, let cellCount, let cellOfPixel):
            values.count == cellCount * dayCount && cellOfPixel.count == pixelCount
                && cellOfPixel.allSatisfy { $0 < cellCount }
        case .daily(let values): values.count == pixelCount * dayCount
        case .date(let values): values.count == dayCount
        }
    }
}
