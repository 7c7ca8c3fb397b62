/// What quality control knows besides soil moisture; each may be absent, and then its flags are not given.
public struct Ancillary: Sendable {
    /// °C, at the station, at the sensor's depth.
    public var soilTemperature: HourlySeries?
    /// °C, at the station.
    public var airTemperature: HourlySeries?
    /// mm per hour, at the station.
    public var precipitation: HourlySeries?
    /// °C, of a model such as ERA5-Land.
    public var modelSoilTemperature: HourlySeries?
    /// mm per hour, of a model such as ERA5-Land.
    public var modelPrecipitation: HourlySeries?

    public init(
        soilTemperature: HourlySeries? = nil, airTemperature: HourlySeries? = nil,
        precipitation: HourlySeries? = nil, modelSoilTemperature: HourlySeries? = nil,
        modelPrecipitation: HourlySeries? = nil
    ) {
        self.soilTemperature = soilTemperature
        self.airTemperature = airTemperature
        self.precipitation = precipitation
        self.modelSoilTemperature = modelSoilTemperature
        self.modelPrecipitation = modelPrecipitation
    }

    /// What the other sensors of a station say beside one of its soil-moisture sensors: the soil temperature
    /// nearest in depth, at most 0.1 m away, the lowest air temperature sensor, and the first rain gauge.
    public init(beside sensor: Series, in station: [Series]) {
        func hourly(_ series: Series?) -> HourlySeries? { series.flatMap { try? HourlySeries($0) } }
        func distance(_ other: Series) -> Double { abs(other.depth.middle - sensor.depth.middle) }
        let soil = station.filter { $0.quantity == .soilTemperature && distance($0) <= 0.1 }
        // Heights above ground are negative depths.
        let air = station.filter { $0.quantity == .airTemperature }
        self.init(
            soilTemperature: hourly(soil.min { distance($0) < distance($1) }),
            airTemperature: hourly(air.max { $0.depth < $1.depth }),
            precipitation: hourly(station.first { $0.quantity == .precipitation }))
    }
}
