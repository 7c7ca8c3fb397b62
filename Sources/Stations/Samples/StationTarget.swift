public import Tiling

/// The daily soil moisture that a layer learns from at one place: a station, or the mean of those in a cell.
public struct StationTarget: Sendable {
    /// The stations in it; more than one only for the mean of a cell.
    public let stations: [Station]
    public let pixel: Pixel
    /// m3 m-3.
    public let daily: DailySeries

    /// The station, or the names of all in the cell, with `+` between them.
    public let id: Station.ID
    /// Mean of the stations, degrees.
    public let latitude: Double
    public let longitude: Double

    public init(stations: [Station], pixel: Pixel, daily: DailySeries) {
        precondition(!stations.isEmpty, "somebody measured it")
        self.stations = stations
        self.pixel = pixel
        self.daily = daily
        let networks = Set(stations.map(\.id.network)).sorted()
        id = Station.ID(
            network: networks.joined(separator: "+"), name: stations.map(\.id.name).joined(separator: "+"))
        latitude = stations.reduce(0) { $0 + $1.latitude } / Double(stations.count)
        longitude = stations.reduce(0) { $0 + $1.longitude } / Double(stations.count)
    }

    /// Of the first station that has one.
    public var climateClass: String? { stations.lazy.compactMap(\.climateClass).first { !$0.isEmpty } }

    /// The same place with another series.
    public func with(_ daily: DailySeries) -> StationTarget {
        StationTarget(stations: stations, pixel: pixel, daily: daily)
    }
}

extension Layer {
    /// Whether a sensor measures this layer: both its ends lie in it. A sensor that lies flat on the border
    /// of two layers belongs to the upper one. A layer without depth takes every sensor.
    func takes(_ sensor: DepthRange) -> Bool {
        guard let depth, depth.count == 2 else { return true }
        let isFlatOnTop = sensor.from == sensor.to && sensor.from == depth[0] && depth[0] > 0
        return sensor.from >= depth[0] && sensor.to <= depth[1] && !isFlatOnTop
    }
}
