/// A comparison of a set of rows with the code of a split.
struct SetSplit {
    let items: UnsafeMutablePointer<SetItem>
    let rows: UnsafeMutablePointer<RowMask>
    /// The set.
    let start: Int
    let end: Int
    /// Where the false side goes, with room for the whole set.
    let falseStart: Int
    /// The first slot that is free, with room behind it for a slot of each item.
    let freeSlot: Int
    /// Room for the items of blocks that may have rows on both sides.
    let mixed: UnsafeMutablePointer<SetItem>
    let codes: UnsafePointer<Int16>
    let bounds: UnsafePointer<CodeBounds>
    let shape: BlockShape
    /// Blocks of the same pixels are a power of two; this is its exponent.
    let pixelsShift: Int
    let code: Int16
}

/// The lowest and the highest code of a feature in a block.
struct CodeBounds: BitwiseCopyable {
    var lowest: Int16
    var highest: Int16
}

/// The sizes of the two sides of a split.
struct SetDivision {
    let trueCount: Int
    let falseCount: Int
    /// The first slot that is free now.
    let freeSlot: Int
}

/// What a processor does to sets of rows. Every kernel gives the same result.
protocol SetKernel {
    /// Where the codes of `pixels` lie in a block, by group and pixel.
    static var slotsOfPixels: [Int] { get }
    /// Divides a set: the rows whose code is at most that of the split stay at its start, the others go to
    /// `falseStart`. Blocks that lie on one side, by their bounds, are moved unseen.
    static func divide(_ split: SetSplit) -> SetDivision
    /// Adds one leaf to the true side and another to the false side.
    static func add(
        _ leaves: (ifTrue: Int32, ifFalse: Int32), _ split: SetSplit, to sums: UnsafeMutablePointer<Int32>)
    /// Writes the codes of values that follow each other, `codes[slots[i]]` for the i-th: the rank's distance
    /// to the lowest one. False as soon as a value is missing or has another rank. As many values will soon
    /// be read `ahead`.
    static func encode(
        _ values: UnsafePointer<Float>, count: Int, ahead: UnsafePointer<Float>, _ ranks: RankWindow,
        slots: UnsafePointer<Int32>, codes: UnsafeMutablePointer<Int16>
    ) -> Bool
    /// Adds a leaf to all rows of the set.
    static func add(_ leaf: Int32, to sets: RowSets, _ range: Range<Int>, sums: UnsafeMutablePointer<Int32>)
}
