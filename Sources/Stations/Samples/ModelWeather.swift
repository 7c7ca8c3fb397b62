public import Covariates
public import Tiling

/// What covariates of a product say at stations, for the flags that hold a sensor against a model (D03, D05).
public final class ModelWeather {
    private let rain: String?
    private let temperature: String?
    private let days: DayRange
    private let reader: CovariateReader
    private var known: [Pixel: Ancillary] = [:]

    /// `rain` and `temperature` are covariates of the reader's product.
    public init(rain: String?, temperature: String?, days: DayRange, reader: CovariateReader) {
        self.rain = rain
        self.temperature = temperature
        self.days = days
        self.reader = reader
    }

    /// Empty for a station outside the grid, which is left out later.
    public func ancillary(at station: Station) throws -> Ancillary {
        let pixels = try CellMean.pixels(of: [station], grid: reader.plan.product.grid).pixels
        guard let pixel = pixels[station.id] else { return Ancillary() }
        if let ancillary = known[pixel] { return ancillary }
        let names = [rain, temperature].compactMap { $0 }
        let series = try CovariateSeries(names, at: [pixel], days: days, reader: reader)
        var ancillary = Ancillary()
        if let temperature {
            ancillary.modelSoilTemperature = try series.hourlyTemperature(temperature, at: pixel)
        }
        if let rain { ancillary.modelPrecipitation = try series.hourlyRain(rain, at: pixel) }
        known[pixel] = ancillary
        return ancillary
    }
}
