/// D04 and D05: soil moisture rises, yet there was no rain that could have reached the sensor.
struct RainCheck {
    /// mm in 24 hours that count as rain.
    let rainMin: Double

    /// Nil for sensors at 0.10 m and below, which are not checked.
    init?(depthFrom: Double) {
        guard depthFrom < Self.depthMax else { return nil }
        // A rain event wets the soil down to the sensor by half of 0.05 m3 m-3.
        rainMin = depthFrom > 0 ? depthFrom * 0.05 * 0.5 * 1000 : Self.rainMinAtSurface
    }

    /// Hours with a rise over the last hour and, over the last 24 hours, by more than twice the standard
    /// deviation, when the rain of 24 hours, mm, is known and too little.
    func risesWithoutRain(_ moisture: [Double], totals: [Double]) -> [Int] {
        moisture.indices.dropFirst(Self.hours).filter { hour in
            guard totals[hour] < rainMin, moisture[hour] - moisture[hour - 1] > 0 else { return false }
            let deviation = Moments(moisture[(hour - Self.hours)...hour]).sampleVariance.squareRoot()
            return (moisture[hour] - moisture[hour - Self.hours]).clearlyExceeds(2 * deviation)
        }
    }

    /// Rain of the last 24 hours, mm, to 0.1; hours without record count nothing, NaN when all are.
    static func totals(ofGauge rain: [Double]) -> [Double] {
        rain.indices.map { hour in
            let known = rain[max(0, hour - hours + 1)...hour].filter { !$0.isNaN }
            return known.isEmpty ? .nan : known.reduce(0, +).rounded(decimals: 1)
        }
    }

    /// Rain of the last 24 hours that the model has, mm; NaN at hours that it lacks.
    static func totals(ofModel rain: [Double]) -> [Double] {
        var known: [Double] = []
        return rain.map { value in
            guard !value.isNaN else { return .nan }
            known.append(value)
            if known.count > hours { known.removeFirst() }
            return known.reduce(0, +)
        }
    }

    static let hours = 24
    /// Metres.
    static let depthMax = 0.10
    /// mm.
    static let rainMinAtSurface = 0.2
}
