import Rasters
import Tiling

/// A step of a slab, and what it is multiplied by.
struct DayPart {
    let position: Int
    let weight: Double
}

/// Makes one value of the steps of a day, cell by cell: their weighted sum over a divisor, or the extreme of
/// them. What is missing in one step is missing.
///
/// Additions go in the order of `parts` for each cell, so the result does not depend on threads.
struct CellRule {
    let statistic: DailyRule.Statistic?
    let parts: [DayPart]
    let divisor: Double

    /// What sums begin with.
    var startValue: Double {
        switch statistic {
        case .min: .infinity
        case .max: -.infinity
        default: 0
        }
    }

    /// Writes the values of a whole day into a plane, from row `firstRow` on, where the slab begins.
    func reduce(_ slab: StepSlab, into plane: inout [Float], at firstRow: Int, team: LoopTeam) {
        let columns = slab.columns
        plane.withUnsafeMutableBufferPointer { plane in
            guard let target = plane.baseAddress.map({ $0 + firstRow * columns }) else { return }
            if parts.count == 1, parts[0].weight == 1, divisor == 1 {
                team.forEachRow(of: slab) {
                    slab.take(row: $0, step: parts[0].position, into: target + $0 * columns)
                }
                return
            }
            team.forEachRow(of: slab) { row in
                withUnsafeTemporaryAllocation(of: Double.self, capacity: columns) { sums in
                    guard let sums = sums.baseAddress else { return }
                    sums.initialize(repeating: startValue, count: columns)
                    combine(slab, row: row, into: sums)
                    close(sums, count: columns, into: target + row * columns)
                }
            }
        }
    }

    /// Adds to the sums of a day that has steps elsewhere too, from row `firstRow` on; and writes what they
    /// are then into a plane that is not empty. Old sums do not count for `isFirst`.
    func add(
        _ slab: StepSlab, to sums: inout [Double], isFirst: Bool, closing plane: inout [Float],
        at firstRow: Int, team: LoopTeam
    ) {
        let columns = slab.columns
        sums.withUnsafeMutableBufferPointer { sums in
            plane.withUnsafeMutableBufferPointer { plane in
                guard let sums = sums.baseAddress.map({ $0 + firstRow * columns }) else { return }
                let target = plane.isEmpty ? nil : plane.baseAddress.map { $0 + firstRow * columns }
                team.forEachRow(of: slab) { row in
                    let own = sums + row * columns
                    if isFirst { own.initialize(repeating: startValue, count: columns) }
                    combine(slab, row: row, into: own)
                    if let target { close(own, count: columns, into: target + row * columns) }
                }
            }
        }
    }

    private func combine(_ slab: StepSlab, row: Int, into sums: UnsafeMutablePointer<Double>) {
        let count = slab.columns
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { values in
            guard let step = values.baseAddress else { return }
            for part in parts {
                slab.take(row: row, step: part.position, into: step)
                switch statistic {
                case .min:
                    for cell in 0..<count {
                        let (old, new) = (sums[cell], Double(step[cell]))
                        // A comparison with NaN is false: the order of the two keeps NaN once it is there.
                        sums[cell] = old.isNaN || old <= new ? old : new
                    }
                case .max:
                    for cell in 0..<count {
                        let (old, new) = (sums[cell], Double(step[cell]))
                        sums[cell] = old.isNaN || old >= new ? old : new
                    }
                default:
                    for cell in 0..<count { sums[cell] += part.weight * Double(step[cell]) }
                }
            }
        }
    }

    /// Sums (or extremes) become the float32 values of a plane.
    private func close(
        _ sums: UnsafeMutablePointer<Double>, count: Int, into plane: UnsafeMutablePointer<Float>
    ) {
        for cell in 0..<count {
            let value = Float(sums[cell] / divisor)
            plane[cell] = value.isNaN ? .nan : value
        }
    }
}

extension LoopTeam {
    /// Rounds of some rows of a slab.
    fileprivate func forEachRow(of slab: StepSlab, _ body: (Int) -> Void) {
        let height = max(1, 8192 / max(1, slab.columns))
        forEach((slab.rows + height - 1) / height) { run in
            for row in run * height..<min((run + 1) * height, slab.rows) { body(row) }
        }
    }
}
