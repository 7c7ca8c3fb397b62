import Tiling

extension Gathering {
    /// Observed where valid; else the mean year plus the weather's departure from its own.
    mutating func filled(_ series: ContinuousSeries, for name: String) throws -> Gathered {
        let observed = try gathered(named: series.observed)
        let weather = try gathered(named: series.weather)
        let year = try coefficients(of: series.observed, for: series)
        let weatherYear = try coefficients(of: series.weather, for: series)
        let land = try reader.land(of: tile)
        let onLand = pixels.map { land[$0] }
        var missing: [Day: String] = [:]
        var values = reader.planeMemory.array(count: pixels.count * days.count)
        for (number, day) in days.enumerated() {
            var line = observed.plane.values(day: number, pixelCount: pixels.count)
            if let yearDay = day.climatologyDay(series.mode) {
                let hasGap = line.indices.contains { line[$0].isNaN && onLand[$0] }
                if let reason = weather.missing[day], hasGap {
                    missing[day] = "\(name): \(reason)"
                } else if hasGap {
                    fill(
                        &line, by: year.values(day: yearDay), share: series.share,
                        of: weather.plane.values(day: number, pixelCount: pixels.count),
                        over: weatherYear.values(day: yearDay))
                }
            } else {
                missing[day] =
                    "\(name): day 366 has no climatology as it was published; mode: corrected has one"
                line = [Float](repeating: .nan, count: pixels.count)
            }
            values.withUnsafeMutableBufferPointer { values in
                _ = values[number * pixels.count..<(number + 1) * pixels.count].update(fromContentsOf: line)
            }
        }
        return Gathered(
            plane: .daily(values), missing: missing, inputs: observed.inputs + weather.inputs,
            reachesTile: observed.reachesTile && weather.reachesTile, origins: weather.origins)
    }

    private func coefficients(
        of covariate: String, for series: ContinuousSeries
    ) throws -> HarmonicCoefficients {
        let plan = reader.plan
        guard let climatology = plan.climatologies.first(where: { $0.serves(series, covariate: covariate) })
        else { throw CovariateError.unknownCovariate(covariate) }
        return try ClimatologyFile(plan: plan, run: reader.run, climatology: climatology, tile: tile)
            .read(pixels: pixels)
    }
}

/// `mean + share * (weather - usual)` where a pixel has no value, in double.
private func fill(
    _ line: inout [Float], by mean: [Double], share: Double, of weather: [Float], over usual: [Double]
) {
    for pixel in line.indices where line[pixel].isNaN {
        let value = mean[pixel] + share * (Double(weather[pixel]) - usual[pixel])
        // One pattern of bits for missing, whatever the operands were.
        line[pixel] = value.isNaN ? .nan : Float(value)
    }
}

extension CovariatePlane {
    /// All pixels of one day, in order.
    func values(day: Int, pixelCount: Int) -> [Float] {
        switch self {
        case .fixed(let values): values
        case .daily(let values): Array(values[day * pixelCount..<(day + 1) * pixelCount])
        case .date(let values): [Float](repeating: values[day], count: pixelCount)
        case .coarse(let values, let cellCount, let cellOfPixel):
            cellOfPixel.map { values[day * cellCount + Int($0)] }
        }
    }
}
