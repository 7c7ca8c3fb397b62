/// Gives each of a run of pixels the class with most area under it. The taps of pixel i are
/// `starts[i]..<starts[i + 1]`; missing cells have no vote, and a pixel without taps stays as it is.
func vote(
    _ taps: Span<Tap>, starts: Span<Int>, values: Span<Float>, from firstCell: Int,
    into output: inout MutableSpan<Float>, at firstPixel: Int
) {
    var tally = ClassTally()
    for pixel in 0..<starts.count - 1 {
        if starts[pixel] == starts[pixel + 1] { continue }
        tally.removeAll()
        for number in starts[pixel]..<starts[pixel + 1] {
            tally.add(values[firstCell + taps[number].cell], area: taps[number].weight)
        }
        output[firstPixel + pixel] = tally.winner
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
