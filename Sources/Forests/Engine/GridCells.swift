/// The cells of a coarse grid in a superblock, and which of them has each group of pixels or, where groups
/// straddle cells, each pixel.
struct GridCells {
    /// Their numbers in the grid, negative for pixels that have none.
    private(set) var numbers: [Int32] = []
    /// By group, or by pixel in order: the place of its cell in `numbers`.
    private(set) var cellOfPart: [Int32] = []
    private(set) var straddles = false
    /// 0, 1, 2 …: where the codes of cells lie before they go to their parts.
    private(set) var places: [Int32] = []

    /// One cell for all groups.
    init(groupCount: Int) {
        numbers = [0]
        places = [0]
        cellOfPart = [Int32](repeating: 0, count: groupCount)
    }

    init(_ cellOfPixel: [Int32], _ groups: PixelGroups) {
        straddles = cellOfPixel.withUnsafeBufferPointer { groups.straddle($0) }
        var placeOfCell: [Int32: Int32] = [:]
        var last: (number: Int32, place: Int32)?
        let partCount = straddles ? groups.pixelCount : groups.count
        cellOfPart.reserveCapacity(partCount)
        for part in 0..<partCount {
            let pixel = straddles ? groups.inOrder[part] : groups.pixels[part * Block.pixelCount]
            let number = cellOfPixel[Int(pixel)]
            if last?.number != number {
                let place = placeOfCell[number] ?? Int32(numbers.count)
                if Int(place) == numbers.count {
                    placeOfCell[number] = place
                    numbers.append(number)
                }
                last = (number, place)
            }
            cellOfPart.append(last?.place ?? 0)
        }
        places = (0..<Int32(numbers.count)).map { $0 }
    }
}
