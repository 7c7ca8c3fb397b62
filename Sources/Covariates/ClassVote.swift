/// Gives each of a run of pixels the class with most area under it. Missing cells have no vote, and a pixel
/// without cells stays as it is.
func vote(_ run: TapRun, _ values: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>) {
    var tally = ClassTally()
    run.forEachPixel { pixel, taps in
        tally.removeAll()
        for number in 0..<taps.count {
            tally.add(values[taps[number].cell], area: taps[number].weight)
        }
        output[pixel] = tally.winner
    }
}

/// Area by class, for the handful of classes under one pixel.
private struct ClassTally {
    private var classes: [(value: Float, area: Double)] = []

    /// Areas that differ by less are the same area with the noise of decimal fractions.
    private static let noise = 1e-9

    mutating func removeAll() { classes.removeAll(keepingCapacity: true) }

    mutating func add(_ value: Float, area: Double) {
        if value.isNaN { return }
        // Neighbours are mostly of one class, the one that came last.
        for number in classes.indices.reversed() where classes[number].value == value {
            classes[number].area += area
            return
        }
        classes.append((value, area))
    }

    /// Missing when nothing was added.
    var winner: Float {
        let most = classes.reduce(0) { max($0, $1.area) }
        var lowest = Float.nan
        for (value, area) in classes where area >= most * (1 - Self.noise) && !(lowest <= value) {
            lowest = value
        }
        return lowest
    }
}
