/// Random numbers that depend on the seed alone, on every machine (SplitMix64).
struct SeededShuffle {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// Fisher-Yates. Written out, because the standard library may change its own from version to version.
    mutating func shuffled<Item>(_ items: [Item]) -> [Item] {
        var items = items
        for place in items.indices.dropFirst().reversed() {
            items.swapAt(place, Int(next() % UInt64(place + 1)))
        }
        return items
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
