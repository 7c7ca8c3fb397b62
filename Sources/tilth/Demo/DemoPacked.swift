import Foundation
import Tiling

/// One variable of one month as ERA5-Land files pack it: `value = stored * scale + offset`, 16 bits, with a
/// fill value.
struct DemoPacked: Sendable {
    let scale: Double
    let offset: Double
    /// [day][cell], rows from the north.
    let stored: [Int16]

    static let fill: Int16 = -32_767

    /// `values` are [day][cell]; cells without data are filled.
    init(_ values: [[Float]], hasData: [Bool]) {
        var low = Float.infinity
        var high = -Float.infinity
        for plane in values {
            for (value, isThere) in zip(plane, hasData) where isThere {
                low = min(low, value)
                high = max(high, value)
            }
        }
        let (scale, offset) = (max(1e-12, Double(high - low) / 65_530), Double(low + high) / 2)
        stored = values.flatMap { plane in
            zip(plane, hasData).map { value, isThere in
                isThere ? Int16(((Double(value) - offset) / scale).rounded()) : DemoPacked.fill
            }
        }
        self.scale = scale
        self.offset = offset
    }

    /// What a reader of the file sees, nil where it has no data.
    func value(_ index: Int) -> Double? {
        stored[index] == DemoPacked.fill ? nil : Double(stored[index]) * scale + offset
    }
}

/// The weather as its files hold it: `tp` and `e` in m of water a day, `e` negative for evaporation, `t2m` in
/// K.
struct DemoArchive: Sendable {
    struct Month: Sendable {
        let days: DayRange
        let rain, evaporation, temperature: DemoPacked
    }

    let cells: DemoCells
    let months: [Month]

    init(weather: DemoWeather, days: DayRange) {
        let cells = weather.cells
        self.cells = cells
        var months: [Month] = []
        var first = days.first
        while first <= days.last {
            let last = first + Day.dayCount(year: first.year, month: first.month) - 1
            let range = DayRange(first, through: last)
            func pack(_ plane: (Day) -> [Float]) -> DemoPacked {
                DemoPacked(range.map(plane), hasData: cells.hasData)
            }
            months.append(
                Month(
                    days: range, rain: pack { weather.rain[$0 - weather.days.first].map { $0 / 1000 } },
                    evaporation: pack { weather.evaporation[$0 - weather.days.first].map { -$0 / 1000 } },
                    temperature: pack { weather.temperature(on: $0).map { $0 + 273.15 } }))
            first = last + 1
        }
        self.months = months
    }

    /// Values of one variable on a day, [cell]; NaN where the file has no data.
    func plane(_ variable: KeyPath<Month, DemoPacked>, on day: Day) -> [Double] {
        guard let month = months.first(where: { $0.days.contains(day) }) else { return [] }
        let start = (day - month.days.first) * cells.count
        return (start..<start + cells.count).map { month[keyPath: variable].value($0) ?? .nan }
    }
}
