import Tiling

extension QualityTest {
    /// Whether a flag keeps its value; flags that are missing do not.
    func accepts(_ flag: Float) -> Bool {
        guard let number = Int(exactly: flag) else { return false }
        let answer = bits.map { number >> $0.first & (1 << ($0.last - $0.first + 1) - 1) } ?? number
        return accepted.contains(answer) || acceptedRange?.contains(answer) == true
    }

    /// Makes values missing whose flags are against them.
    func remove(from values: inout [Float], by flags: [Float]) {
        precondition(values.count == flags.count, "a flag for each value")
        // Flags come in long runs.
        var last: (flag: Float, isAccepted: Bool) = (0, accepts(0))
        for number in values.indices {
            let flag = flags[number]
            if flag != last.flag { last = (flag, accepts(flag)) }
            if !last.isAccepted { values[number] = .nan }
        }
    }
}
