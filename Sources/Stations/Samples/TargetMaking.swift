public import Tiling

/// Makes the targets of each layer from stations: screens, fills, takes daily means, and sorts the stations
/// into the pixels of a product's grid.
public struct TargetMaking {
    /// What the stations gave.
    public struct Result: Sendable {
        /// By layer, in the order of the stations' names (with `joinsCells`, of the cells).
        public internal(set) var targets: [String: [StationTarget]] = [:]
        /// Stations that were read, and sensors of soil moisture among their series.
        public internal(set) var stationCount = 0
        public internal(set) var sensorCount = 0
        /// Sensors that are in no layer.
        public internal(set) var sensorsInNoLayer = 0
        /// Values with each flag, before any was removed; hours, or days of tables that are daily.
        public internal(set) var flagCounts: [String: Int] = [:]
        public internal(set) var issues: [StationIssue] = []
    }

    public let grid: Grid
    public let layers: [Layer]
    public var making: DailyMaking
    /// Whether stations in one pixel become their mean.
    public var joinsCells: Bool
    /// What a model says at a station, for flags D03 and D05; see `ModelWeather`.
    public var weather: ((Station) throws -> Ancillary)?

    public init(grid: Grid, layers: [Layer], making: DailyMaking, joinsCells: Bool = false) {
        self.grid = grid
        self.layers = layers
        self.making = making
        self.joinsCells = joinsCells
    }

    /// Reads all stations; `progress` is told after each how many were read.
    public func targets(from inputs: StationInputs, progress: (Int) -> Void = { _ in }) throws -> Result {
        var result = Result()
        var members: [String: [CellMean.Member]] = [:]
        let issues = try inputs.forEachStation { series in
            result.stationCount += 1
            for sensor in series where sensor.quantity == .soilMoisture {
                result.sensorCount += 1
                let names = layers.filter { $0.takes(sensor.depth) }
                guard !names.isEmpty else {
                    result.sensorsInNoLayer += 1
                    continue
                }
                guard let daily = try daily(sensor, beside: series, into: &result) else { continue }
                for layer in names {
                    // Sensors of a layer count as one depth, so that those of a station become their mean.
                    members[layer.name, default: []].append(
                        .init(
                            station: sensor.station,
                            depth: DepthRange(from: layer.depth?.first ?? 0, to: layer.depth?.last ?? 0),
                            daily: daily))
                }
            }
            progress(result.stationCount)
        }
        result.issues = issues + result.issues
        var said = Set(result.issues)
        for layer in layers {
            let (targets, issues) = try targets(of: members[layer.name] ?? [])
            result.targets[layer.name] = targets
            result.issues += issues.filter { said.insert($0).inserted }
        }
        return result
    }

    private func daily(_ sensor: Series, beside series: [Series], into result: inout Result) throws
        -> DailySeries?
    {
        do {
            var ancillary = Ancillary(beside: sensor, in: series)
            if let model = try weather?(sensor.station) {
                ancillary.modelSoilTemperature = model.modelSoilTemperature
                ancillary.modelPrecipitation = model.modelPrecipitation
            }
            let (daily, counts) = try making.daily(sensor, ancillary: ancillary)
            for (flags, count) in counts where !flags.subtracting(.unchecked).isEmpty {
                for name in flags.subtracting(.unchecked).description.split(separator: ",") {
                    result.flagCounts[String(name), default: 0] += count
                }
            }
            if daily.validCount == 0 {
                let flags = counts.keys.reduce(into: QualityFlags()) { $0.formUnion($1) }
                let count = counts.values.reduce(0, +)
                result.issues.append(
                    StationIssue(
                        source: sensor.source,
                        problem: count == 0
                            ? "\(sensor.station.id): has no value of soil moisture"
                            : "\(sensor.station.id): no day is left of its \(count) values: their flags are "
                                + "\(flags), or days have too few hours", isSkipped: true))
            }
            return daily
        } catch let error as StationError {
            result.issues.append(
                StationIssue(source: error.source, problem: error.problem, isSkipped: true))
            return nil
        }
    }

    private func targets(of members: [CellMean.Member]) throws -> (
        targets: [StationTarget], issues: [StationIssue]
    ) {
        guard !joinsCells else {
            let (cells, issues) = try CellMean.cells(members, grid: grid)
            return (
                cells.map { StationTarget(stations: $0.stations, pixel: $0.pixel, daily: $0.daily) }, issues
            )
        }
        let (pixels, issues) = try CellMean.pixels(of: members.map(\.station), grid: grid)
        let groups = Dictionary(grouping: members, by: \.station.id).sorted { $0.key < $1.key }
        let targets = groups.compactMap { id, sensors -> StationTarget? in
            guard let pixel = pixels[id], let daily = DailySeries.mean(of: sensors.map(\.daily)) else {
                return nil
            }
            return StationTarget(stations: [sensors[0].station], pixel: pixel, daily: daily)
        }
        return (targets, issues)
    }
}
