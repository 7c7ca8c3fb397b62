public import Tiling
internal import Rasters

/// The soil moisture of one pixel of a grid at one depth: the mean of the stations in it.
public struct CellMean: Sendable {
    /// One station's daily series at one depth.
    public struct Member: Sendable {
        public let station: Station
        public let depth: DepthRange
        public let daily: DailySeries

        public init(station: Station, depth: DepthRange, daily: DailySeries) {
            self.station = station
            self.depth = depth
            self.daily = daily
        }
    }

    public let pixel: Pixel
    public let depth: DepthRange
    /// In the order of their names.
    public let stations: [Station]
    public let daily: DailySeries

    /// Sorts stations into the pixels of a grid. Sensors of one station at one depth count as one station.
    /// Stations outside the grid are named in what is returned. Cells come row by row, then by depth.
    public static func cells(_ members: [Member], grid: Grid) throws -> (
        cells: [CellMean], issues: [StationIssue]
    ) {
        let (pixels, issues) = try Self.pixels(of: members.map(\.station), grid: grid)
        struct Key: Hashable {
            let pixel: Pixel
            let depth: DepthRange
        }
        var groups: [Key: [Station.ID: [Member]]] = [:]
        for member in members {
            guard let pixel = pixels[member.station.id] else { continue }
            groups[Key(pixel: pixel, depth: member.depth), default: [:]][member.station.id, default: []]
                .append(member)
        }
        let ordered = groups.sorted {
            ($0.key.pixel.row, $0.key.pixel.column, $0.key.depth)
                < ($1.key.pixel.row, $1.key.pixel.column, $1.key.depth)
        }
        let cells = ordered.compactMap { key, stations -> CellMean? in
            let sorted = stations.sorted { $0.key < $1.key }.map { $0.value }
            let means = sorted.compactMap { DailySeries.mean(of: $0.map(\.daily)) }
            guard let daily = DailySeries.mean(of: means) else { return nil }
            return CellMean(
                pixel: key.pixel, depth: key.depth, stations: sorted.map { $0[0].station }, daily: daily)
        }
        return (cells, issues)
    }

    /// The pixel of each station; those outside the grid are named, each once.
    public static func pixels(of stations: [Station], grid: Grid) throws
        -> (pixels: [Station.ID: Pixel], issues: [StationIssue])
    {
        var unique: [Station] = []
        var seen: Set<Station.ID> = []
        for station in stations where seen.insert(station.id).inserted { unique.append(station) }
        var x = unique.map(\.longitude)
        var y = unique.map(\.latitude)
        if !grid.isGeographic {
            try CoordinateTransform(from: "EPSG:4326", to: grid.crs).transform(x: &x, y: &y)
        }
        var pixels: [Station.ID: Pixel] = [:]
        var issues: [StationIssue] = []
        for (number, station) in unique.enumerated() {
            if x[number].isFinite, y[number].isFinite, let pixel = grid.pixel(x: x[number], y: y[number]) {
                pixels[station.id] = pixel
            } else {
                issues.append(
                    StationIssue(
                        source: "\(station.id)",
                        problem: "latitude \(station.latitude), longitude \(station.longitude) is outside the"
                            + " grid (x \(grid.west)...\(grid.east), y \(grid.south)...\(grid.north))",
                        isSkipped: true))
            }
        }
        return (pixels, issues)
    }
}
