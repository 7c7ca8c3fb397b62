/// From an hourly sensor to daily values in SMCI's order: screen, fill within five days, daily mean. Means of
/// stations in one cell (`CellMean`) and the match to a reference (`MomentMatch`) follow.
public struct DailyMaking: Sendable {
    /// Values with one of these flags are removed.
    public var removing: QualityFlags
    /// Nil to leave gaps open.
    public var fill: GapFill?
    /// Hours that a day must have.
    public var hoursMin: Int

    public init(removing: QualityFlags = .smci, fill: GapFill? = GapFill(), hoursMin: Int = 1) {
        self.removing = removing
        self.fill = fill
        self.hoursMin = hoursMin
    }

    /// The daily series of a sensor, and how many hours carry each flag.
    public func daily(_ series: Series, ancillary: Ancillary = Ancillary()) throws -> (
        daily: DailySeries, flagCounts: [QualityFlags: Int]
    ) {
        let hourly = try HourlySeries(series)
        let flags = QualityControl(of: series, ancillary: ancillary).flags(of: hourly)
        var counts: [QualityFlags: Int] = [:]
        for flag in flags where !flag.contains(.missing) { counts[flag, default: 0] += 1 }
        let screened = GapFill.screened(hourly, flags: flags, removing: removing)
        return (DailySeries(meanOf: fill?.filled(screened) ?? screened, hoursMin: hoursMin), counts)
    }
}
