import Tiling

/// Smooths a source in time, cell by cell: the value at a step is that of the least-squares polynomial
/// through the valid values at most half a window away.
///
///     y(t0) = sum_i w_i x(t_i),  |t_i - t0| <= half window, x(t_i) valid
///     w_i   = sum_k p_k(0) p_k(t_i - t0) / sum_j p_k(t_j - t0)^2,  k = 0..<coefficients
///
/// p_k are the polynomials that are orthogonal on the distances of the valid values: no system of equations,
/// and nothing but + - * /, whose bits are the same on every machine. The weights depend only on which values
/// are valid, so they are made once for each such pattern.
struct SavitzkyGolay {
    let rule: Smoothing
    /// Days of the source's steps, ascending.
    let steps: [Day]
    /// Days that have a smoothed value, ascending: those of the steps, and those of expected steps between
    /// them that nothing stands for, because a composite that is not there is one more missing value. As
    /// published, January 1st is there twice: as the end of one year's series, then as the begin of the next.
    let anchors: [Day]
    /// The days of the steps that the fit of each anchor may take.
    private let series: [DayRange?]

    init(_ rule: Smoothing, everyDays: Int, steps: [Day], covariate: String) throws {
        self.rule = rule
        self.steps = steps
        let holes = SavitzkyGolay.holes(in: steps, everyDays: everyDays).filter { day in
            // Between steps that are near: the same days, however much of the source is at hand.
            let near = SavitzkyGolay.window(of: day, in: steps, rule, series: nil)
            return !near.isEmpty && steps[near.lowerBound] < day && day < steps[near.upperBound - 1]
        }
        let days = holes.isEmpty ? steps : (steps + holes).sorted()
        let candidates = SavitzkyGolay.candidates(days, mode: rule.mode)
        let counts = candidates.map {
            SavitzkyGolay.window(of: $0.day, in: steps, rule, series: $0.series).count
        }
        guard counts.allSatisfy({ $0 <= Smoothing.stepsMax }) else {
            throw CovariateError.unsupported(
                covariate: covariate,
                problem:
                    "smooth: more than \(Smoothing.stepsMax) steps lie within \(rule.halfWindowDays) days: "
                    + "choose a smaller half-window-days")
        }
        // Of a day that is there twice both are kept, or the one would stand for the other.
        let wanted = Set(zip(candidates, counts).filter { $0.1 >= rule.minimum }.map(\.0.day))
        let kept = candidates.filter { wanted.contains($0.day) }
        anchors = kept.map(\.day)
        series = kept.map(\.series)
    }

    /// The steps that count for an anchor.
    func window(ofAnchor anchor: Int) -> Range<Int> {
        SavitzkyGolay.window(of: anchors[anchor], in: steps, rule, series: series[anchor])
    }

    /// Values of some anchors: [number in `wanted` * cellCount + cell]. `raw` is [row * cellCount + cell],
    /// `row` the row of a step in it; its memory goes back.
    func smoothed(
        _ wanted: [Int], of raw: consuming [Float], row: [Int: Int], cellCount: Int,
        memory: PlaneMemory = PlaneMemory()
    ) -> [Float] {
        var result = memory.array(count: wanted.count * cellCount)
        for (number, anchor) in wanted.enumerated() {
            let starts = window(ofAnchor: anchor).map { (row[$0] ?? 0) * cellCount }
            var table = weightTable(ofAnchor: anchor)
            var output = result.mutableSpan
            smooth(
                raw.span, starts: starts.span, cellCount: cellCount, table: &table, into: &output,
                at: number * cellCount)
        }
        memory.giveBack(raw)
        return result
    }

    /// What each step weighs in a sum of anchors, for a cell whose valid steps are known; empty when an
    /// anchor has too few.
    func stepTerms(of terms: [TimeRule.Term], isValid: (Int) -> Bool) -> [TimeRule.Term] {
        var weights: [Int: Double] = [:]
        for term in terms {
            let window = window(ofAnchor: term.step)
            var pattern: UInt64 = 0
            for (bit, step) in window.enumerated() where isValid(step) { pattern |= 1 << UInt64(bit) }
            var table = weightTable(ofAnchor: term.step)
            let found = table.weights(of: pattern)
            if found.isEmpty { return [] }
            for (step, weight) in zip(window, found) where isValid(step) {
                weights[step, default: 0] += term.weight * weight
            }
        }
        return weights.sorted { $0.key < $1.key }.map { TimeRule.Term(step: $0.key, weight: $0.value) }
    }

    private func weightTable(ofAnchor anchor: Int) -> SmoothingWeights {
        SmoothingWeights(
            rule: rule,
            // Within -1...1, so that powers stay of one size.
            distances: window(ofAnchor: anchor).map {
                Double(steps[$0] - anchors[anchor]) / Double(rule.halfWindowDays)
            })
    }

    private static func window(
        of day: Day, in steps: [Day], _ rule: Smoothing, series: DayRange?
    ) -> Range<Int> {
        let (from, through) = (day - rule.halfWindowDays, day + rule.halfWindowDays)
        let (lowest, highest) = (max(from, series?.first ?? from), min(through, series?.last ?? through))
        let first = steps.firstIndex { $0 >= lowest } ?? steps.count
        let end = steps[first...].firstIndex { $0 > highest } ?? steps.count
        return first..<end
    }

    /// Each day with the series that it is smoothed in: nil for all steps.
    private static func candidates(
        _ days: [Day], mode: Smoothing.Mode
    ) -> [(day: Day, series: DayRange?)] {
        guard mode == .published else { return days.map { ($0, nil) } }
        var found: [(day: Day, series: DayRange?)] = []
        for (number, day) in days.enumerated() {
            let own = Smoothing.publishedSeries(of: day.year)
            let before = Smoothing.publishedSeries(of: day.year - 1)
            if number > 0, days[number - 1].year < day.year, before?.contains(day) == true {
                found.append((day, before))
            }
            found.append((day, own))
        }
        return found
    }

    /// Steps that are due every so many days from January 1st on, and for which none came before the next.
    private static func holes(in steps: [Day], everyDays: Int) -> [Day] {
        guard let first = steps.first, let last = steps.last else { return [] }
        let due = DayRange(first, through: last).filter { ($0.dayOfYear - 1) % everyDays == 0 }
        var holes: [Day] = []
        var next = 0
        for (day, following) in zip(due, due.dropFirst()) {
            while next < steps.count, steps[next] < day { next += 1 }
            if next == steps.count || steps[next] >= following { holes.append(day) }
        }
        return holes
    }
}

/// The weights of one window, by which of its values are valid.
struct SmoothingWeights {
    let rule: Smoothing
    /// Of the steps from the anchor, in half windows.
    let distances: [Double]
    private var known: [UInt64: [Double]] = [:]

    init(rule: Smoothing, distances: [Double]) {
        self.rule = rule
        self.distances = distances
    }

    /// Bit i of the pattern says that value i is valid. A weight per value, 0 for what is missing; no weights
    /// at all when too few are valid.
    mutating func weights(of pattern: UInt64) -> [Double] {
        if let found = known[pattern] { return found }
        let made = pattern.nonzeroBitCount < rule.minimum ? [] : made(for: pattern)
        known[pattern] = made
        return made
    }

    /// The polynomials follow from p_0 = 1 by p_k+1(t) = (t - a_k) p_k(t) - b_k p_k-1(t), with
    /// a_k = sum t p_k^2 / sum p_k^2 and b_k = sum p_k^2 / sum p_k-1^2.
    private func made(for pattern: UInt64) -> [Double] {
        let valid = distances.indices.filter { pattern >> UInt64($0) & 1 == 1 }
        var weights = [Double](repeating: 0, count: distances.count)
        var (now, before) = (
            [Double](repeating: 1, count: valid.count), [Double](repeating: 0, count: valid.count)
        )
        var (nowAtAnchor, beforeAtAnchor, squaresBefore) = (1.0, 0.0, 1.0)
        for power in 0..<rule.coefficients {
            var (squares, moment) = (0.0, 0.0)
            for (number, step) in valid.enumerated() {
                squares += now[number] * now[number]
                moment += distances[step] * now[number] * now[number]
            }
            for (number, step) in valid.enumerated() {
                weights[step] += nowAtAnchor * now[number] / squares
            }
            let shift = moment / squares
            let share = power == 0 ? 0 : squares / squaresBefore
            for (number, step) in valid.enumerated() {
                let next = (distances[step] - shift) * now[number] - share * before[number]
                (before[number], now[number]) = (now[number], next)
            }
            let next = (0 - shift) * nowAtAnchor - share * beforeAtAnchor
            (beforeAtAnchor, nowAtAnchor, squaresBefore) = (nowAtAnchor, next, squares)
        }
        return weights
    }
}

/// One anchor's cells. Neighbours mostly miss the same steps, so the weights are looked up when that changes.
private func smooth(
    _ raw: Span<Float>, starts: Span<Int>, cellCount: Int, table: inout SmoothingWeights,
    into output: inout MutableSpan<Float>, at first: Int
) {
    var knownPattern: UInt64 = 0
    var weights = table.weights(of: 0)
    for cell in 0..<cellCount {
        var pattern: UInt64 = 0
        for step in 0..<starts.count where !raw[starts[step] + cell].isNaN { pattern |= 1 << UInt64(step) }
        if pattern != knownPattern {
            weights = table.weights(of: pattern)
            knownPattern = pattern
        }
        if weights.isEmpty {
            output[first + cell] = .nan
            continue
        }
        var sum = 0.0
        for step in 0..<starts.count where pattern >> UInt64(step) & 1 == 1 {
            sum += weights[step] * Double(raw[starts[step] + cell])
        }
        output[first + cell] = Float(sum)
    }
}
