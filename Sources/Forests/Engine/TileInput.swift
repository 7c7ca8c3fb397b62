/// What the engine was asked for: a tile, its days and its features.
struct TileInput: Sendable {
    let planes: [FeaturePlane]
    let columns: Int
    let rows: Int
    let days: Int
    let land: [Bool]
    /// The coarse grid that most features share: blocks are cut along its cells.
    private(set) var cellOfPixel: [Int32]?

    init(planes: [FeaturePlane], columns: Int, rows: Int, days: Int, land: [Bool]) {
        self.planes = planes
        self.columns = columns
        self.rows = rows
        self.days = days
        self.land = land
    }

    var pixelCount: Int { columns * rows }

    func check(_ forest: Forest) {
        precondition(columns >= 0 && rows >= 0 && days >= 0)
        precondition(land.count == pixelCount, "land has one value per pixel")
        precondition(planes.count == forest.features.count, "one plane per feature of the forest")
        precondition(
            planes.allSatisfy { $0.fits(pixelCount: pixelCount, dayCount: days) },
            "planes fit the tile and days")
    }

    /// The same, with the grid chosen that serves most of the features that a forest uses.
    func along(usedFeatures: [Int]) -> TileInput {
        var grids: [(cellOfPixel: [Int32], count: Int)] = []
        for case .coarse(_, _, let cellOfPixel) in usedFeatures.map({ planes[$0] }) {
            if let known = grids.firstIndex(where: { $0.cellOfPixel == cellOfPixel }) {
                grids[known].count += 1
            } else {
                grids.append((cellOfPixel, 1))
            }
        }
        var tile = self
        tile.cellOfPixel = grids.max { $0.count < $1.count }?.cellOfPixel
        return tile
    }
}

extension FeaturePlane {
    var isFixed: Bool {
        if case .fixed = self { true } else { false }
    }
}
