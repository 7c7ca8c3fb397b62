/// What `NETWORK_NETWORK_STATION_static_variables.csv` says about a station.
struct StationMetadata: Equatable {
    var climateClass: String?
    var landCover: String?
    var soil: [SoilHorizon] = []

    /// Throws one line that says why the table cannot be read.
    init(_ bytes: [UInt8], source: String) throws {
        guard var table = DelimitedText(bytes) else {
            throw StationError(source: source, problem: "is empty")
        }
        let columns = ["quantity_name", "depth_from[m]", "depth_to[m]", "value"].map {
            table.header.firstIndex(of: $0)
        }
        let found = columns.compactMap { $0 }
        guard found.count == columns.count else {
            throw StationError(
                source: source,
                problem: "is not a table of station metadata: it has no column 'quantity_name', "
                    + "'depth_from[m]', 'depth_to[m]' or 'value'")
        }
        var values: [DepthRange: [String: Double]] = [:]
        while let (_, fields) = table.next() {
            guard let largest = found.max(), fields.count > largest else { continue }
            let value = fields[found[3]].trimmed
            switch fields[found[0]].trimmed {
            case "climate classification": climateClass = value
            // Years come in ascending order: the last one is the latest.
            case "land cover classification": landCover = value
            case let name:
                guard let from = Double(fields[found[1]]), let to = Double(fields[found[2]]),
                    from >= 0, to > from, let number = Double(value)
                else { continue }
                let depth = DepthRange(from: from, to: to)
                // Of two sources for one depth the first is kept.
                if values[depth]?[name] == nil { values[depth, default: [:]][name] = number }
            }
        }
        soil = values.sorted { $0.key < $1.key }.map { depth, named in
            SoilHorizon(
                depth: depth, sandPercent: named["sand fraction"], clayPercent: named["clay fraction"],
                organicCarbonPercent: named["organic carbon"], saturationFraction: named["saturation"])
        }
    }
}

extension Station {
    func describing(_ metadata: StationMetadata) -> Station {
        Station(
            id: id, latitude: latitude, longitude: longitude, elevation: elevation,
            climateClass: metadata.climateClass, landCover: metadata.landCover, soil: metadata.soil)
    }
}
