/// A comparison of a set of rows with the code of a split.
struct SetSplit {
    let blocks: UnsafeMutablePointer<BlockID>
    let rows: UnsafeMutablePointer<RowMask>
    /// The set.
    let start: Int
    let end: Int
    /// Where the false side goes, with room for the whole set.
    let falseStart: Int
    let codes: UnsafePointer<Int16>
    let shape: BlockShape
    let groupsPerBlock: Int
    let code: Int16
}

/// The sizes of the two sides of a split.
struct SetDivision {
    let trueCount: Int
    let falseCount: Int
}

/// What a processor does to sets of rows. Every kernel gives the same result.
protocol SetKernel {
    /// Divides a set: the rows whose code is at most that of the split stay at its start, the others go to
    /// `falseStart`.
    static func divide(_ split: SetSplit) -> SetDivision
    /// Adds one leaf to the true side and another to the false side.
    static func add(
        _ leaves: (ifTrue: Int32, ifFalse: Int32), _ split: SetSplit, to sums: UnsafeMutablePointer<Int32>)
    /// Adds a leaf to all rows of the set.
    static func add(_ leaf: Int32, to sets: RowSets, _ range: Range<Int>, sums: UnsafeMutablePointer<Int32>)
}
