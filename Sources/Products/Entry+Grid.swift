import Tiling

/// Grids: a preset's name, or spelled out by shape or by edges.
extension Entry {
    private static let columnsMax = 100_000_000

    func grid() -> Grid? {
        if let name = word {
            if let preset = Grid.presets[name] { return preset }
            let names = Grid.presets.keys.sorted()
            return refused(
                "unknown preset '\(name)'\(Spelling.suggestion(for: name, among: names)): choose "
                    + "\(names.joined(separator: ", ")), or spell the grid out as {crs, west, east, "
                    + "south, north, pixel}"
            )
        }
        let keys = keys
        let givesShape = keys.contains("columns") || keys.contains("rows")
        let givesEdges = keys.contains("east") || keys.contains("south")
        if givesShape && givesEdges {
            return refused("gives both columns, rows and east, south: keep one of the two")
        }
        guard let section = Section(self, givesShape ? .gridByShape : .gridByEdges) else { return nil }
        let crs = section["crs"]?.text()
        let west = section["west"]?.number()
        let north = section["north"]?.number()
        let pixel = section["pixel"]?.pixelSize()
        let columns: Int?
        let rows: Int?
        if givesShape {
            columns = section["columns"]?.wholeNumber(in: 1...Self.columnsMax)
            rows = section["rows"]?.wholeNumber(in: 1...Self.columnsMax)
        } else {
            let east = section["east"]?.number()
            let south = section["south"]?.number()
            columns = pixelCount(from: west, to: east, pixel?.width, names: ("west", "east"))
            rows = pixelCount(from: south, to: north, pixel?.height, names: ("south", "north"))
        }
        guard let crs, let west, let north, let pixel, let columns, let rows else { return nil }
        let grid = Grid(
            crs: crs, west: west, north: north, pixelWidth: pixel.width, pixelHeight: pixel.height,
            columns: columns,
            rows: rows)
        return grid.isGeographic ? checkedLatitudes(of: grid) : grid
    }

    /// Degrees or metres, the same in both directions or `[width, height]`.
    private func pixelSize() -> (width: Double, height: Double)? {
        guard isList else { return positiveNumber().map { ($0, $0) } }
        guard let (first, second) = pair() else { return nil }
        guard let width = first.positiveNumber(), let height = second.positiveNumber() else { return nil }
        return (width, height)
    }

    private func pixelCount(
        from low: Double?, to high: Double?, _ pixel: Double?, names: (low: String, high: String)
    ) -> Int? {
        guard let low, let high else { return nil }
        guard low < high else {
            return refused(
                "\(names.low) \(low) must be less than \(names.high) \(high): swap or correct them")
        }
        guard let pixel else { return nil }
        let count = (high - low) / pixel
        guard count <= Double(Self.columnsMax) else {
            return refused("\(count) pixels in a row are too many")
        }
        guard abs(count - count.rounded()) <= 1e-6, count.rounded() >= 1 else {
            return refused(
                "from \(names.low) to \(names.high) there are \(count) pixels: move an edge or change "
                    + "pixel so that "
                    + "the number is whole")
        }
        return Int(count.rounded())
    }

    private func checkedLatitudes(of grid: Grid) -> Grid? {
        let slack = grid.pixelHeight
        if grid.north > 90 + slack || grid.south < -90 - slack {
            return refused(
                "runs from \(grid.south) to \(grid.north) degrees north: keep it within -90..90, and do "
                    + "not swap "
                    + "longitude and latitude")
        }
        return grid
    }
}
