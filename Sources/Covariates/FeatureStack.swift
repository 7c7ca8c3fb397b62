public import Tiling

/// All covariates of one unit: a tile (or some of its pixels) over a run of days, each in its natural shape.
public struct FeatureStack: Equatable, Sendable {
    public let tile: Tile
    /// Positions in the tile's full block, row by row; the planes' pixels are in this order.
    public let pixels: [Int]
    public let days: DayRange
    /// By covariate.
    public let planes: [String: CovariatePlane]
    /// Days on which some covariate is missing; the reasons of all covariates, ascending by day.
    public let missing: [MissingDay]
    /// The files that the values came from, by path, as they were when they were prepared.
    public let inputs: [InputFile]

    public init(
        tile: Tile, pixels: [Int], days: DayRange, planes: [String: CovariatePlane], missing: [MissingDay],
        inputs: [InputFile]
    ) {
        self.tile = tile
        self.pixels = pixels
        self.days = days
        self.planes = planes
        self.missing = missing
        self.inputs = inputs
    }

    public var pixelCount: Int { pixels.count }

    /// Why each missing day is missing.
    public var missingDays: [Day: String] {
        Dictionary(missing.map { ($0.day, $0.reason) }, uniquingKeysWith: { "\($0); \($1)" })
    }

    /// The value of a covariate at a position in `pixels` and `days`; nil for a covariate that was not
    /// gathered.
    public func value(of name: String, pixel: Int, day: Int) -> Float? {
        planes[name]?.value(pixel: pixel, day: day, pixelCount: pixelCount)
    }
}
