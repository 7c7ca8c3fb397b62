/// Each day's weighted sum of steps, in double, term by term in the rule's order: [day * cellCount + cell].
///
/// `raw` is [step * cellCount + cell], `place` the position in it of a step. Missing days are NaN. The result
/// is `raw` itself where nothing changes; otherwise its memory goes back.
func weightedSums(
    _ outcomes: [TimeRule.Outcome], of raw: consuming [Float], place: [Int: Int], cellCount: Int,
    memory: PlaneMemory = PlaneMemory()
) -> [Float] {
    if isUnchanged(outcomes, place: place, stepCount: raw.count / max(cellCount, 1)) { return raw }
    var result = memory.array(count: outcomes.count * cellCount)
    result.withUnsafeMutableBufferPointer { result in
        raw.withUnsafeBufferPointer { raw in
            guard let raw = raw.baseAddress else { return result.update(repeating: .nan) }
            for (day, outcome) in outcomes.enumerated() {
                let sums = UnsafeMutableBufferPointer(
                    rebasing: result[day * cellCount..<(day + 1) * cellCount])
                if case .terms(let terms) = outcome {
                    writeSums(terms.map { (raw + (place[$0.step] ?? 0) * cellCount, $0.weight) }, to: sums)
                } else {
                    sums.update(repeating: .nan)
                }
            }
        }
    }
    memory.giveBack(raw)
    return result
}

/// One day's sums. A missing term makes a sum NaN by itself.
private func writeSums(
    _ terms: [(values: UnsafePointer<Float>, weight: Double)], to sums: UnsafeMutableBufferPointer<Float>
) {
    guard let output = sums.baseAddress else { return }
    let cellCount = sums.count
    if terms.count == 1, terms[0].weight == 1 {
        output.update(from: terms[0].values, count: cellCount)
        return
    }
    // In vectors: cells of one width, then the rest one by one.
    let width = SIMD8<Double>.scalarCount
    var cell = 0
    if terms.count == 2 {
        // Between two steps: the same sum without the inner loop.
        let ((a, aWeight), (b, bWeight)) = (terms[0], terms[1])
        while cell + width <= cellCount {
            let sum = SIMD8() + aWeight * doubles(a + cell) + bWeight * doubles(b + cell)
            store(sum, at: output + cell)
            cell += width
        }
    }
    while cell + width <= cellCount {
        var sum = SIMD8<Double>()
        for term in terms { sum += term.weight * doubles(term.values + cell) }
        store(sum, at: output + cell)
        cell += width
    }
    while cell < cellCount {
        var sum = 0.0
        for term in terms { sum += term.weight * Double(term.values[cell]) }
        output[cell] = Float(sum)
        cell += 1
    }
}

@inline(__always)
private func doubles(_ values: UnsafePointer<Float>) -> SIMD8<Double> {
    SIMD8<Double>(UnsafeRawPointer(values).loadUnaligned(as: SIMD8<Float>.self))
}

@inline(__always)
private func store(_ sums: SIMD8<Double>, at place: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(place).storeBytes(of: SIMD8<Float>(sums), as: SIMD8<Float>.self)
}

/// Whether every day is the step of its own number, as of a source that is daily already.
private func isUnchanged(_ outcomes: [TimeRule.Outcome], place: [Int: Int], stepCount: Int) -> Bool {
    guard outcomes.count == stepCount else { return false }
    return outcomes.enumerated().allSatisfy { day, outcome in
        guard case .terms(let terms) = outcome, terms.count == 1 else { return false }
        return terms[0].weight == 1 && place[terms[0].step] == day
    }
}
