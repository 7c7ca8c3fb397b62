/// A cell that counts for a pixel.
struct Tap {
    let cell: Int
    let weight: Double
}

/// The cells of a run of pixels, which are the same on all days.
struct TapRun {
    /// Neighbours with as many cells each.
    struct Stretch {
        var pixels: Range<Int>
        let firstTap: Int
        let tapCount: Int
    }

    /// Pixel after pixel.
    private(set) var taps: [Tap] = []
    private(set) var stretches: [Stretch] = []
    private var pixelCount = 0

    mutating func removeAll() {
        taps.removeAll(keepingCapacity: true)
        stretches.removeAll(keepingCapacity: true)
        pixelCount = 0
    }

    /// Takes the next pixel, whose cells `append` adds.
    mutating func addPixel(_ append: (inout [Tap]) -> Void) {
        let firstTap = taps.count
        append(&taps)
        let (pixel, tapCount) = (pixelCount, taps.count - firstTap)
        pixelCount += 1
        if let last = stretches.indices.last, stretches[last].tapCount == tapCount {
            stretches[last].pixels = stretches[last].pixels.lowerBound..<pixel + 1
        } else {
            stretches.append(Stretch(pixels: pixel..<pixel + 1, firstTap: firstTap, tapCount: tapCount))
        }
    }

    /// Joins the cells of each pixel on one day: the weighted sum, or the mean where missing cells are
    /// skipped. A pixel without cells stays as it is.
    func join(
        _ values: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, skippingMissing: Bool
    ) {
        taps.withUnsafeBufferPointer { taps in
            guard let taps = taps.baseAddress else { return }
            for stretch in stretches {
                let output = output + stretch.pixels.lowerBound
                let (taps, count) = (taps + stretch.firstTap, stretch.pixels.count)
                switch stretch.tapCount {
                case 0: continue
                // One cell: its own bits, whatever its weight.
                case 1: for pixel in 0..<count { output[pixel] = values[taps[pixel].cell] }
                case 4 where !skippingMissing: sumFour(taps, values, into: output, count: count)
                default:
                    sum(
                        taps, stretch.tapCount, values, into: output, count: count,
                        skippingMissing: skippingMissing)
                }
            }
        }
    }

    /// Hands over the cells of each pixel that has some.
    func forEachPixel(_ body: (_ pixel: Int, _ taps: Span<Tap>) -> Void) {
        for stretch in stretches where stretch.tapCount > 0 {
            for (number, pixel) in stretch.pixels.enumerated() {
                let first = stretch.firstTap + number * stretch.tapCount
                body(pixel, taps.span.extracting(first..<first + stretch.tapCount))
            }
        }
    }
}

private func sum(
    _ taps: UnsafePointer<Tap>, _ tapCount: Int, _ values: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, count: Int, skippingMissing: Bool
) {
    for pixel in 0..<count {
        var sum = 0.0
        var weightSum = 0.0
        for number in pixel * tapCount..<(pixel + 1) * tapCount {
            let value = Double(values[taps[number].cell])
            // Without skipping, a missing cell makes the sum missing by itself.
            if skippingMissing && value.isNaN { continue }
            sum += taps[number].weight * value
            weightSum += taps[number].weight
        }
        // No valid cell: 0 / 0 is missing, as it should be.
        output[pixel] = Float(skippingMissing ? sum / weightSum : sum)
    }
}

/// The same of the four cells around a pixel, where most pixels of weather lie.
private func sumFour(
    _ taps: UnsafePointer<Tap>, _ values: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>,
    count: Int
) {
    var taps = taps
    for pixel in 0..<count {
        let (a, b, c, d) = (taps[0], taps[1], taps[2], taps[3])
        let north = 0 + a.weight * Double(values[a.cell]) + b.weight * Double(values[b.cell])
        let sum = north + c.weight * Double(values[c.cell]) + d.weight * Double(values[d.cell])
        output[pixel] = Float(sum)
        taps += 4
    }
}
