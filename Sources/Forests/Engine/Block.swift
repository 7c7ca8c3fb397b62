/// A block is 512 rows: 32 lines of 16 pixels, each line on one day.
///
/// The lines are eight groups of 16 pixels, 4 × 4 where the land allows, on four days; or more groups on
/// fewer days. So whatever is the same on all days, or for all pixels of a group, is decided for many rows
/// at once. (One group on 32 days was tried: weather changes from day to day, and sets fall apart.)
enum Block {
    static let lineCount = 32
    /// Pixels in a group, and rows in a line.
    static let pixelCount = 16
    static let rowCount = lineCount * pixelCount
    /// Days of a block, if there are as many; only then a fixed feature has a code for each pixel and not for
    /// each row.
    static let dayCount = 4
    static let pixelCodeCount = rowCount / dayCount
}

/// A block of a superblock: its number, and which pixels it has. Blocks of the same pixels differ in their
/// days.
struct BlockID: BitwiseCopyable {
    let number: Int
    let pixels: Int
}

/// A bit for each row of a block: 16 for each line.
typealias RowMask = SIMD32<UInt16>

extension RowMask {
    static let none = RowMask(repeating: 0)
}

/// What a feature has values for in a block.
///
/// Codes of `rows` lie pixel by pixel, 32 lines each, so that comparing one vector after the other gives one
/// bit after the other of every line; those of `pixels` as the kernel likes them.
enum BlockShape: Int {
    /// Each pixel of its groups, which have four lines each.
    case pixels
    /// Each line.
    case lines
    /// Each row.
    case rows
}

extension BlockShape {
    /// Where the code of a row lies in its block.
    @inline(__always)
    static func slotOfRow(line: Int, pixel: Int) -> Int { pixel &* Block.lineCount &+ line }
}
