/// From a sensor to daily values in SMCI's order: screen, fill within five days, daily mean. Means of
/// stations in one cell (`CellMean`) and the match to a reference (`MomentMatch`) follow.
public struct DailyMaking: Sendable {
    /// Values with one of these flags are removed, whether quality control found them or the source says so.
    public var removing: QualityFlags
    /// Nil to leave gaps open.
    public var fill: GapFill?
    /// Hours that a day must have, of series that have more than one a day.
    public var hoursMin: Int

    public init(removing: QualityFlags = .smci, fill: GapFill? = GapFill(), hoursMin: Int = 1) {
        self.removing = removing
        self.fill = fill
        self.hoursMin = hoursMin
    }

    /// The daily series of a sensor, and how many of its values carry each flag.
    ///
    /// Only C01-C03 are looked for in a series that is daily already: the other flags are about the course of
    /// hours, and would take days for hours.
    public func daily(_ series: Series, ancillary: Ancillary = Ancillary()) throws -> (
        daily: DailySeries, flagCounts: [QualityFlags: Int]
    ) {
        let hourly = try HourlySeries(series)
        var flags = QualityControl(of: series, ancillary: ancillary).flags(of: hourly)
        if series.isDaily { flags = flags.map { $0.intersection(.plausibility.union(.missing)) } }
        for observation in series.observations where observation.flags != .unchecked {
            // Of several values in an hour only the flags of the one that was taken count.
            let hour = observation.time.nearestHour - hourly.firstHour
            if hourly.values[hour] == observation.value { flags[hour].formUnion(observation.flags) }
        }
        var counts: [QualityFlags: Int] = [:]
        for flag in flags where !flag.contains(.missing) { counts[flag, default: 0] += 1 }
        let screened = GapFill.screened(hourly, flags: flags, removing: removing)
        let needed = series.isDaily ? 1 : hoursMin
        return (DailySeries(meanOf: fill?.filled(screened) ?? screened, hoursMin: needed), counts)
    }
}

extension Series {
    /// Whether no two of its values are less than a day apart.
    var isDaily: Bool {
        zip(observations, observations.dropFirst()).allSatisfy { $1.time.number - $0.time.number >= 1440 }
    }
}
