public import Tiling

/// All covariates of one unit: a tile (or some of its pixels) over a run of days, each in its natural shape.
public struct FeatureStack: Equatable, Sendable {
    public let tile: Tile
    /// Positions in the tile's full block, row by row; the planes' pixels are in this order.
    public let pixels: [Int]
    public let days: DayRange
    /// By covariate.
    public var planes: [String: CovariatePlane] { owned.planes }
    private let owned: OwnedPlanes
    /// Days on which some covariate is missing; the reasons of all covariates, ascending by day.
    public let missing: [MissingDay]
    /// The files that the values came from, by path, as they were when they were prepared.
    public let inputs: [InputFile]

    /// With `memory`, that is where the arrays of the planes go with the last copy of the stack.
    public init(
        tile: Tile, pixels: [Int], days: DayRange, planes: [String: CovariatePlane], missing: [MissingDay],
        inputs: [InputFile], memory: PlaneMemory? = nil
    ) {
        self.tile = tile
        self.pixels = pixels
        self.days = days
        self.owned = OwnedPlanes(planes, memory: memory)
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

/// The planes of a stack, which outlive none of its copies.
// @unchecked: nothing changes before the last reference is gone.
private final class OwnedPlanes: @unchecked Sendable, Equatable {
    private(set) var planes: [String: CovariatePlane]
    private let memory: PlaneMemory?

    init(_ planes: [String: CovariatePlane], memory: PlaneMemory?) {
        self.planes = planes
        self.memory = memory
    }

    deinit {
        guard let memory else { return }
        let last = Array(planes.values)
        // The arrays must have no other owner when they are taken again.
        planes = [:]
        memory.giveBack(last)
    }

    static func == (a: OwnedPlanes, b: OwnedPlanes) -> Bool { a.planes == b.planes }
}
