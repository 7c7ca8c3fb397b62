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

    /// Writes the values of a whole day into a plane, from cell `first` on. `values` is [step][cell], with
    /// `count` cells.
    func reduce(_ values: [Float], count: Int, into plane: inout [Float], at first: Int, team: LoopTeam) {
        plane.withUnsafeMutableBufferPointer { plane in
            guard let target = plane.baseAddress else { return }
            team.forEachRun(of: count) { cells in
                withUnsafeTemporaryAllocation(of: Double.self, capacity: cells.count) { sums in
                    guard let base = sums.baseAddress else { return }
                    sums.initialize(repeating: startValue)
                    combine(values, count: count, cells: cells, into: base)
                    close(base, count: cells.count, into: target + first + cells.lowerBound)
                }
            }
        }
    }

    /// Adds to the sums of a day that has steps elsewhere too, from cell `first` on; and writes what they are
    /// then into a plane that is not empty.
    func add(
        _ values: [Float], count: Int, to sums: inout [Double], closing plane: inout [Float], at first: Int,
        team: LoopTeam
    ) {
        sums.withUnsafeMutableBufferPointer { sums in
            plane.withUnsafeMutableBufferPointer { plane in
                guard let sums = sums.baseAddress else { return }
                let target = plane.isEmpty ? nil : plane.baseAddress
                team.forEachRun(of: count) { cells in
                    let own = sums + first + cells.lowerBound
                    combine(values, count: count, cells: cells, into: own)
                    if let target { close(own, count: cells.count, into: target + first + cells.lowerBound) }
                }
            }
        }
    }

    private func combine(
        _ values: [Float], count: Int, cells: Range<Int>, into sums: UnsafeMutablePointer<Double>
    ) {
        values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for part in parts {
                let step = base + part.position * count + cells.lowerBound
                switch statistic {
                case .min:
                    for cell in 0..<cells.count {
                        let (old, new) = (sums[cell], Double(step[cell]))
                        // A comparison with NaN is false: the order of the two keeps NaN once it is there.
                        sums[cell] = old.isNaN || old <= new ? old : new
                    }
                case .max:
                    for cell in 0..<cells.count {
                        let (old, new) = (sums[cell], Double(step[cell]))
                        sums[cell] = old.isNaN || old >= new ? old : new
                    }
                default:
                    for cell in 0..<cells.count { sums[cell] += part.weight * Double(step[cell]) }
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
