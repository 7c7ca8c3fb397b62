/// A series with gaps that is filled by its climatology and the anomaly of a model's weather (Shiff, Helman
/// and Lensky 2021): where `observed` has no value, it is `TFA_observed(d) + share * (weather -
/// TFA_weather(d))`, d the day of the year, `TFA` three harmonics of the year that were fitted to each
/// pixel over `period`.
public struct ContinuousSeries: Hashable, Codable, Sendable {
    /// The covariate that has the gaps: land-surface temperature of clear skies.
    public let observed: String
    /// The covariate without gaps whose anomaly is added, in the same unit: air temperature of a model.
    public let weather: String
    /// The days that both climatologies are made of; they may reach beyond those of the run.
    public let period: DayRange
    public let mode: Mode
    public let fit: HarmonicFitting
    /// How much of the anomaly is added: 1 by day and by night, 0.5 for the mean of day and night.
    public let share: Double

    public init(
        observed: String, weather: String, period: DayRange, mode: Mode = .corrected,
        fit: HarmonicFitting? = nil, share: Double = 1
    ) {
        self.observed = observed
        self.weather = weather
        self.period = period
        self.mode = mode
        self.fit = fit ?? (mode == .published ? .published : .lsq)
        self.share = share
    }

    /// Whether the publication's choices are kept.
    public enum Mode: String, Hashable, Codable, Sendable, CaseIterable {
        /// December 31st of leap years has no climatology and is missing.
        case published
        /// December 31st of leap years is day 365.
        case corrected
    }
}

/// How the harmonics of a year are found from X(d), the mean over the years of the values of day d.
public enum HarmonicFitting: String, Hashable, Codable, Sendable, CaseIterable {
    /// H0 is the mean of X, a_p = 2/365 sum X(d) cos(2 pi p d / 365) over the days there are, and b_p with
    /// the sine: the divisor stays 365, so amplitudes shrink where days are missing.
    case published
    /// Least squares on the days there are; without 30 of them there is no climatology.
    case lsq
}

/// The hour of a local overpass, for sources that come in hours: at each cell the step whose interval, of
/// `everyHours` up to its stamp, holds `localHour - longitude / 15` UTC. Day D is that of UTC, as in MODIS
/// files.
public struct Overpass: Hashable, Codable, Sendable {
    /// Local solar time, 0..<24: 10.5 for Terra by day.
    public let localHour: Double
    /// Hours between two steps of the source, a part of 24.
    public let everyHours: Int

    public init(localHour: Double, everyHours: Int) {
        precondition(everyHours >= 1 && 24 % everyHours == 0, "a day is a whole number of steps")
        self.localHour = localHour
        self.everyHours = everyHours
    }

    /// The stamps of a day, ascending: 6, 12, 18, 24.
    public var stamps: [Int] { Array(stride(from: everyHours, through: 24, by: everyHours)) }

    /// All steps that a day needs, as a rule for what looks at a source without preparing it.
    public var stampRule: DailyRule { DailyRule(.mean, hours: everyHours...24, everyHours: everyHours) }

    /// The number of the stamp that counts at a longitude, degrees east.
    public func stampNumber(longitude: Double) -> Int {
        let turns = (localHour - longitude / 15) / 24
        let hour = (turns - turns.rounded(.down)) * 24
        let number = Int((hour / Double(everyHours)).rounded(.up)) - 1
        // Midnight itself ends the interval of the day before it, which is the last one of a day.
        return number < 0 ? stamps.count - 1 : min(number, stamps.count - 1)
    }
}

extension Overpass: CustomStringConvertible {
    /// `at the local overpass of 10.5 h, steps of 6 hours`.
    public var description: String { "at the local overpass of \(localHour) h, steps of \(everyHours) hours" }
}

extension ContinuousSeries {
    /// `lst, gaps filled by its climatology of 2000..2020 (lsq) and the anomaly of air`.
    public var words: String {
        "\(observed), gaps filled by its climatology of \(period) (\(fit.rawValue)) and "
            + (share == 1 ? "" : "\(share) of ") + "the anomaly of \(weather)"
    }
}
