/// The automated quality control of the International Soil Moisture Network (Dorigo et al. 2013, Vadose Zone
/// J. 12) on an hourly series: flags C01-C03 for what soil cannot hold, D01-D10 for what is dubious.
///
/// Inside, soil moisture is in % vol, as the thresholds of the paper are.
public struct QualityControl: Sendable {
    /// Metres, the upper end of the sensor; rain is only held against sensors above 0.10 m.
    public let depthFrom: Double
    /// % vol; without it C03 is not given.
    public let saturation: Double?
    public let ancillary: Ancillary

    public init(depthFrom: Double, saturation: Double? = nil, ancillary: Ancillary = Ancillary()) {
        self.depthFrom = depthFrom
        self.saturation = saturation
        self.ancillary = ancillary
    }

    /// A check of one sensor of a station, with the saturation point from its metadata.
    public init(of sensor: Series, ancillary: Ancillary = Ancillary()) {
        self.init(
            depthFrom: sensor.depth.from, saturation: sensor.station.saturation(depth: sensor.depth.middle),
            ancillary: ancillary)
    }

    /// The flags of each hour of a series in m3 m-3. No flag means good; hours without value are `missing`.
    public func flags(of series: HourlySeries) -> [QualityFlags] {
        // Rounded to what a logger can mean, so that 0.29 is 29 and not 28.999999999999996.
        let moisture = series.values.map { ($0 * 1e8).rounded() / 1e6 }
        var flags = moisture.map { $0.isNaN ? QualityFlags.missing : [] }
        func set(_ flag: QualityFlags, _ hours: some Sequence<Int>) {
            for hour in hours where !moisture[hour].isNaN { flags[hour].insert(flag) }
        }
        let hours = moisture.indices
        set(.c01, hours.filter { moisture[$0] < Self.moistureMin })
        set(.c02, hours.filter { moisture[$0] > Self.moistureMax })
        if let saturation { set(.c03, hours.filter { moisture[$0] > saturation }) }
        func frozen(_ temperature: HourlySeries?) -> [Int] {
            guard let degrees = temperature?.values(at: series.hours) else { return [] }
            return hours.filter { degrees[$0] < Self.temperatureMin }
        }
        set(.d01, frozen(ancillary.soilTemperature))
        set(.d02, frozen(ancillary.airTemperature))
        set(.d03, frozen(ancillary.modelSoilTemperature))
        if let rain = RainCheck(depthFrom: depthFrom) {
            if let measured = ancillary.precipitation?.values(at: series.hours) {
                set(.d04, rain.risesWithoutRain(moisture, totals: RainCheck.totals(ofGauge: measured)))
            }
            if let modelled = ancillary.modelPrecipitation?.values(at: series.hours) {
                set(.d05, rain.risesWithoutRain(moisture, totals: RainCheck.totals(ofModel: modelled)))
            }
        }
        let slopes = Slopes(of: moisture)
        set(.d06, SpikeCheck.spikes(moisture, slopes))
        let breaks = BreakCheck.breaks(moisture, slopes)
        set(.d07, breaks.drops)
        set(.d08, breaks.jumps)
        set(.d09, LowPlateauCheck.plateaus(moisture, drops: Set(breaks.drops)))
        set(.d10, SaturatedPlateauCheck.plateaus(moisture, slopes))
        return flags
    }

    /// % vol.
    static let moistureMin = 0.0
    /// % vol.
    static let moistureMax = 60.0
    /// °C.
    static let temperatureMin = 0.0
}
