/// The land pixels of a window, in groups of up to 16 neighbours.
///
/// A coarse feature has one value for all pixels of a group if the group lies in one cell of its grid. So
/// groups are cut cell by cell wherever that leaves them well filled: along strips four pixels wide, which
/// gives squares of 4 × 4 in a cell of 12 × 12, and nearly full groups in one of 11 × 11.
struct PixelGroups {
    /// 16 pixels of the tile per group. A group with fewer repeats its first one, so that what is no row
    /// neither widens a range nor counts as missing.
    let pixels: UnsafeMutablePointer<Int32>
    /// Which of the 16 are rows to predict.
    let land: UnsafeMutablePointer<UInt16>
    private(set) var count = 0
    /// All pixels of the groups in the order of the tile, in which planes are read fast, and the place that
    /// each has in the groups.
    let inOrder: UnsafeMutablePointer<Int32>
    let places: UnsafeMutablePointer<Int32>
    private(set) var pixelCount = 0
    /// Of `inOrder`: neighbours in the tile.
    private(set) var runs: [Range<Int>] = []

    /// The pixels of each cell of the window, and the box around them.
    private struct Cell {
        let number: Int32
        var left: Int
        var right: Int
        var top: Int
        var bottom: Int
    }
    private var cells: [Cell] = []
    private static let stripWidth = 4

    /// Room for the groups of a window of so many pixels, when they are well filled.
    static func capacity(pixelCount: Int) -> Int { pixelCount / 12 + 8 }

    init(pixelCount: Int) {
        let capacity = Self.capacity(pixelCount: pixelCount)
        pixels = .allocate(capacity: capacity * Block.pixelCount)
        land = .allocate(capacity: capacity)
        inOrder = .allocate(capacity: pixelCount)
        places = .allocate(capacity: pixelCount)
    }

    func deallocate() {
        pixels.deallocate()
        land.deallocate()
        inOrder.deallocate()
        places.deallocate()
    }

    /// Cuts the land of a window into groups, cell by cell of a coarse grid if there is one.
    mutating func cut(_ window: SuperblockPlan.Window, of tile: TileInput, along cellOfPixel: [Int32]?) {
        cutGroups(window, of: tile, along: cellOfPixel)
        sort(window, tile.columns)
    }

    /// Lists the pixels in order, by way of their places in the window.
    private mutating func sort(_ window: SuperblockPlan.Window, _ columns: Int) {
        var placesInWindow = [Int32](repeating: -1, count: window.columns.count * window.rows.count)
        func placeInWindow(_ pixel: Int) -> Int {
            let (row, column) = pixel.quotientAndRemainder(dividingBy: columns)
            return (row - window.rows.lowerBound) * window.columns.count + column - window.columns.lowerBound
        }
        for group in 0..<count {
            for pixel in 0..<land[group].nonzeroBitCount {
                let place = group * Block.pixelCount + pixel
                placesInWindow[placeInWindow(Int(pixels[place]))] = Int32(place)
            }
        }
        pixelCount = 0
        for (number, place) in placesInWindow.enumerated() where place >= 0 {
            inOrder[pixelCount] = pixels[Int(place)]
            places[pixelCount] = place
            pixelCount += 1
            assert(placeInWindow(Int(pixels[Int(place)])) == number)
        }
        runs.removeAll(keepingCapacity: true)
        var start = 0
        for number in 0..<pixelCount
        where number + 1 == pixelCount || inOrder[number + 1] != inOrder[number] + 1 {
            runs.append(start..<number + 1)
            start = number + 1
        }
    }

    private mutating func cutGroups(
        _ window: SuperblockPlan.Window, of tile: TileInput, along cellOfPixel: [Int32]?
    ) {
        let capacity = Self.capacity(pixelCount: window.columns.count * window.rows.count)
        if let cellOfPixel {
            // Cells hardly larger than a group would leave groups nearly empty.
            let isWorthIt = findCells(window, of: tile, cellOfPixel, limit: capacity)
            if isWorthIt, cut(tile, cellOfPixel, limit: capacity) { return }
        }
        cells = [
            Cell(
                number: 0, left: window.columns.lowerBound, right: window.columns.upperBound - 1,
                top: window.rows.lowerBound, bottom: window.rows.upperBound - 1)
        ]
        _ = cut(tile, nil, limit: capacity)
    }

    /// False if there are more cells than the limit.
    private mutating func findCells(
        _ window: SuperblockPlan.Window, of tile: TileInput, _ cellOfPixel: [Int32], limit: Int
    ) -> Bool {
        cells.removeAll(keepingCapacity: true)
        var last = 0
        for row in window.rows {
            for column in window.columns {
                let number = cellOfPixel[row * tile.columns + column]
                if last >= cells.count || cells[last].number != number {
                    last = cells.firstIndex { $0.number == number } ?? cells.count
                    if last == cells.count {
                        guard last < limit else { return false }
                        cells.append(
                            Cell(number: number, left: column, right: column, top: row, bottom: row))
                    }
                }
                cells[last].left = min(cells[last].left, column)
                cells[last].right = max(cells[last].right, column)
                cells[last].bottom = row
            }
        }
        return true
    }

    /// False if there are more groups than the limit.
    private mutating func cut(_ tile: TileInput, _ cellOfPixel: [Int32]?, limit: Int) -> Bool {
        count = 0
        for cell in cells {
            var size = 0
            for left in stride(from: cell.left, through: cell.right, by: Self.stripWidth) {
                for row in cell.top...cell.bottom {
                    for column in left...min(left + Self.stripWidth - 1, cell.right) {
                        let pixel = row * tile.columns + column
                        guard tile.land[pixel] else { continue }
                        if let cellOfPixel, cellOfPixel[pixel] != cell.number { continue }
                        if size == 0, count == limit { return false }
                        pixels[count * Block.pixelCount + size] = Int32(pixel)
                        size += 1
                        if size == Block.pixelCount { close(&size) }
                    }
                }
            }
            if size > 0 { close(&size) }
        }
        return true
    }

    private mutating func close(_ size: inout Int) {
        let first = pixels + count * Block.pixelCount
        for rest in size..<Block.pixelCount { first[rest] = first[0] }
        land[count] = UInt16(truncatingIfNeeded: (1 << size) - 1)
        count += 1
        size = 0
    }
}

extension PixelGroups {
    /// Whether some group has pixels in more than one cell.
    func straddle(_ cellOfPixel: UnsafeBufferPointer<Int32>) -> Bool {
        (0..<count).contains { group in
            let own = pixels + group * Block.pixelCount
            let cell = cellOfPixel[Int(own[0])]
            return (1..<Block.pixelCount).contains { cellOfPixel[Int(own[$0])] != cell }
        }
    }
}
