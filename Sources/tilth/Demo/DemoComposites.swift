import Foundation
import Tiling

/// The 16-day vegetation index as its files hold it.
struct DemoComposites: Sendable {
    /// First days of the composites, two before and two behind the period.
    let days: [Day]
    /// The composite that has holes, if the period is long enough for one.
    private let cloudyDay: Day?
    private let clouds: DemoNoise

    static let everyDays = 16
    static let noData: Int16 = -3000
    static let scale = 1e-4

    init(parameters: DemoParameters) {
        let period = parameters.period
        days = period.extended(before: 48, after: 48).filter {
            ($0.dayOfYear - 1) % DemoComposites.everyDays == 0
        }
        cloudyDay = days.filter { period.contains($0) }.dropFirst().first
        clouds = DemoNoise(seed: parameters.seed, field: "clouds")
    }

    /// The stored value of a pixel; x and y as `forEachPixel` counts them.
    func stored(_ ndvi: Float, on day: Day, x: Double, y: Double) -> Int16 {
        if day == cloudyDay, clouds.fractal(x * 0.9, y * 0.9, octaves: 4) > 0.34 {
            return DemoComposites.noData
        }
        return Int16(min(10_000, max(-2000, (Double(ndvi) * 10_000).rounded())))
    }

    /// The composites around a day, and how far the day is from the first to the second, 0..<1.
    func around(_ day: Day) -> (before: Day, after: Day, weight: Double) {
        let next = days.firstIndex { $0 > day } ?? days.count - 1
        let (before, after) = (days[next - 1], days[next])
        return (before, after, Double(day - before) / Double(after - before))
    }
}
